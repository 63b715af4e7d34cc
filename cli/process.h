// Processes in the background: started in a session of their own, known again by pid and command line.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace causeway::cli {

struct Process {
  std::string name;                    ///< of the node, or "relay"
  std::vector<std::string> arguments;  ///< the program first
  std::string log;                     ///< its output is added there
  pid_t pid = 0;                       ///< 0: not started

  /// Whether that process still runs: a pid that went to another program does not count.
  [[nodiscard]] bool is_running() const;
  /// Whether nothing is left of it: one that was killed holds its ports for a moment after it has stopped running.
  [[nodiscard]] bool has_ended() const;
};

/// Starts it detached from this terminal. Errors: unavailable, with the reason.
Result<void> start(Process& process);
/// Sends the signal, if it runs.
void send_signal(const Process& process, int signal);
/// Waits until all have ended; those that have not when the time is over.
std::vector<Process> wait_for_end(const std::vector<Process>& processes, std::chrono::milliseconds at_most);
/// If it ended: how, in words. REQUIRES: started by this process, and not asked before.
std::optional<std::string> how_it_ended(const Process& process);

/// The last lines of a file, each indented; empty if there is no file.
std::string tail_of(const std::string& path, std::size_t lines);
/// The folder that this program is in.
std::string program_folder();

}  // namespace causeway::cli
