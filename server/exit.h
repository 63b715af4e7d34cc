// How the process ends: a status for scripts, and one sentence for people.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace causeway {

enum class ExitStatus : int {
  stopped = 0,         ///< as it was asked to
  usage = 2,           ///< wrong arguments, a wrong topology file
  cannot_start = 3,    ///< a busy port, a data folder that is locked, damaged or another's
  stopped_itself = 5,  ///< a write or a sync failed: going on could lose data
};

struct Exit {
  ExitStatus status = ExitStatus::stopped;
  std::string text;  ///< to stderr, unless the status is 0: then to stdout
};

template <class T>
using OrExit = tl::expected<T, Exit>;

[[nodiscard]] inline tl::unexpected<Exit> exit_with(ExitStatus status, std::string text) {
  return tl::unexpected<Exit>(Exit{status, std::move(text)});
}

}  // namespace causeway
