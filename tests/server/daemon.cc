#include "tests/server/daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "net/steady_clock.h"

namespace causeway::test {
namespace {

constexpr Micros deadline = 60s;

std::string beside_the_tests(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (std::string& each : strings) list.push_back(each.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

Folder::Folder() {
  const char* base = std::getenv("TMPDIR");
  path_ = std::string(base == nullptr ? "/tmp" : base) + "/causeway-test-XXXXXX";
  REQUIRE(mkdtemp(path_.data()) != nullptr);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
  return path(name);
}

Daemon::Daemon(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
  int out[2];
  int err[2];
  REQUIRE((pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0));
  out_ = Fd(out[0]);
  err_ = Fd(err[0]);
  const Fd out_of_child(out[1]);
  const Fd err_of_child(err[1]);

  std::vector<std::string> words{beside_the_tests("causewayd")};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment;
  for (char** each = environ; *each != nullptr; ++each) variables.emplace_back(*each);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out_of_child.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err_of_child.get(), STDERR_FILENO);
  const int rc = posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                             pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  INFO(words[0]);
  REQUIRE(rc == 0);
}

Daemon::~Daemon() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

/// Waits for more on either pipe; false at the end of both, or at the deadline.
bool Daemon::read_more() {
  if (!out_ && !err_) return false;
  pollfd items[2] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
  if (::poll(items, 2,
             static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(deadline).count())) <=
      0) {
    return false;
  }
  const auto take = [](Fd& from, const pollfd& item, std::string& into) {
    if (item.revents == 0) return;
    char buffer[4096];
    const ssize_t count = read(from.get(), buffer, sizeof buffer);
    if (count > 0) {
      into.append(buffer, static_cast<std::size_t>(count));
    } else {
      from = Fd();
    }
  };
  take(out_, items[0], output_);
  take(err_, items[1], errors_);
  return out_ || err_;
}

bool Daemon::tells(const std::string& text) {
  const MonoTime end = steady_now() + deadline;
  while (errors_.find(text) == std::string::npos) {
    if (!read_more() || steady_now() > end) return false;
  }
  return true;
}

bool Daemon::says(const std::string& text) {
  const bool told = tells(text);
  INFO(errors_);
  CHECK(told);
  return told;
}

void Daemon::signal(int number) const { REQUIRE(kill(pid_, number) == 0); }

int Daemon::wait() {
  while (read_more()) continue;
  int status = 0;
  REQUIRE(waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace causeway::test
