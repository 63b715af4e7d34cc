// When a process of a deployment has ended: its ports are free then.
#include "cli/process.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace causeway::cli;

namespace {

std::vector<std::string> own_arguments() {
  std::ifstream in("/proc/self/cmdline");
  std::vector<std::string> all;
  for (std::string each; std::getline(in, each, '\0');) all.push_back(each);
  return all;
}

/// A process whose first thread is gone, as one that dies shows itself; the other waits until `end` is closed.
pid_t start_half_dead(int end, int other_end) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  setsid();
  close(other_end);
  static int waits_for = 0;
  waits_for = end;
  pthread_t thread{};
  pthread_create(
      &thread, nullptr,
      [](void*) -> void* {
        char byte = 0;
        static_cast<void>(!read(waits_for, &byte, 1));
        _exit(0);
      },
      nullptr);
  // This thread alone; pthread_exit would unwind through the test runner, which catches everything.
  syscall(SYS_exit, 0);
  __builtin_unreachable();
}

}  // namespace

TEST_CASE("a process that no longer runs has not ended as long as a thread of it holds its files") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  Process process;
  process.arguments = own_arguments();
  process.pid = start_half_dead(ends[0], ends[1]);
  REQUIRE(process.pid > 0);
  while (process.is_running()) {
  }
  CHECK_FALSE(process.has_ended());
  CHECK(wait_for_end({process}, std::chrono::milliseconds(0)).size() == 1);
  close(ends[1]);
  CHECK(wait_for_end({process}, std::chrono::seconds(10)).empty());
  CHECK(process.has_ended());
  waitpid(process.pid, nullptr, 0);
  close(ends[0]);
  CHECK(process.has_ended());
}

TEST_CASE("a process number that is another's by now has ended") {
  Process process;
  process.arguments = {"/nowhere/causewayd"};
  process.pid = getpid();
  CHECK(process.has_ended());
}
