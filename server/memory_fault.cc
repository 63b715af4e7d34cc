#include "server/memory_fault.h"

#include <unistd.h>

#include <csignal>

namespace causeway {
namespace {

std::string& words() {
  static std::string text;
  return text;
}

/// Only what a signal handler may do. The signal comes again, and then has its default effect.
void explain(int /*number*/) {
  const std::string& text = words();
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void explain_memory_faults(const std::string& folder) {
  words() = "causewayd: a memory fault: the state in " + folder + " is damaged or was cut short, unless this is a bug; "
            "move the data folder away and start with an empty one: what others hold comes back from them\n";
  struct sigaction action{};
  action.sa_handler = explain;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGBUS, &action, nullptr);
  ::sigaction(SIGSEGV, &action, nullptr);
}

}  // namespace causeway
