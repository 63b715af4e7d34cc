// Random tests draw a fresh seed in each run, and say in their first line how to run again with the same one.
// ctest shows that line when a test fails, crashes or times out.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

namespace {

/// RapidCheck's parameters as the user gave them, with a seed if there was none.
std::string parameters() {
  const char* given = std::getenv("RC_PARAMS");
  std::string text = given == nullptr ? "" : given;
  if (text.find("seed=") != std::string::npos || text.find("reproduce=") != std::string::npos) return text;
  return (text.empty() ? "" : text + " ") + "seed=" + std::to_string(std::random_device{}());
}

struct Seed : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;

  void testRunStarting(const Catch::TestRunInfo&) override {
    const std::string text = parameters();
    setenv("RC_PARAMS", text.c_str(), 1);
    std::cerr << "repeat: RC_PARAMS='" << text << '\'';
    std::ifstream command("/proc/self/cmdline");
    for (std::string word; std::getline(command, word, '\0');) std::cerr << " '" << word << '\'';
    std::cerr << '\n';
  }
};

CATCH_REGISTER_LISTENER(Seed)

}  // namespace
