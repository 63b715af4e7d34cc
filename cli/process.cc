#include "cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "cli/globals.h"

namespace causeway::cli {
namespace {

constexpr auto poll_every = std::chrono::milliseconds(20);

/// As /proc shows it: each argument ended by a zero byte.
std::string command_line(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& each : arguments) text += each + '\0';
  return text;
}

struct SpawnAttributes {
  SpawnAttributes() {
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
  }
  ~SpawnAttributes() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t actions{};
};

}  // namespace

bool Process::is_running() const {
  if (pid <= 0) return false;
  const auto shown = read_file("/proc/" + std::to_string(pid) + "/cmdline");
  return shown && *shown == command_line(arguments);
}

bool Process::has_ended() const {
  if (pid <= 0) return true;
  const auto shown = read_file("/proc/" + std::to_string(pid) + "/cmdline");
  if (!shown) return true;
  if (!shown->empty()) return *shown != command_line(arguments);  // else the number is another's by now
  if (getsid(pid) != pid) return true;                            // each was started in a session of its own
  // It has given back its memory, and perhaps not yet its files and ports.
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return true;
  pollfd end{fd, POLLIN, 0};
  const bool ended = poll(&end, 1, 0) != 0;
  close(fd);
  return ended;
}

Result<void> start(Process& process) {
  SpawnAttributes spawn;
  posix_spawnattr_setflags(&spawn.attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigdefault(&spawn.attributes, &all);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&spawn.attributes, &none);
  posix_spawn_file_actions_addopen(&spawn.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&spawn.actions, STDOUT_FILENO, process.log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&spawn.actions, STDOUT_FILENO, STDERR_FILENO);

  std::vector<char*> argv;
  for (std::string& each : process.arguments) argv.push_back(each.data());
  argv.push_back(nullptr);
  const int rc = posix_spawn(&process.pid, argv[0], &spawn.actions, &spawn.attributes, argv.data(), environ);
  if (rc == 0) return {};
  process.pid = 0;
  return fail_retryable(ErrorCode::unavailable,
                        "cannot start " + process.name + " (" + argv[0] + "): " + std::strerror(rc));
}

void send_signal(const Process& process, int signal) {
  if (process.is_running()) kill(process.pid, signal);
}

std::vector<Process> wait_for_end(const std::vector<Process>& processes, std::chrono::milliseconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  std::vector<Process> left = processes;
  for (;;) {
    std::erase_if(left, [](const Process& each) { return each.has_ended(); });
    if (left.empty() || std::chrono::steady_clock::now() >= deadline) return left;
    std::this_thread::sleep_for(poll_every);
  }
}

std::optional<std::string> how_it_ended(const Process& process) {
  int status = 0;
  if (waitpid(process.pid, &status, WNOHANG) != process.pid) return std::nullopt;
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit status " + std::to_string(WEXITSTATUS(status));
}

std::string tail_of(const std::string& path, std::size_t lines) {
  std::ifstream in(path);
  std::deque<std::string> last;
  for (std::string line; std::getline(in, line);) {
    last.push_back(std::move(line));
    if (last.size() > lines) last.pop_front();
  }
  std::string text;
  for (const std::string& line : last) text += "  " + line + '\n';
  return text;
}

std::string program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

}  // namespace causeway::cli
