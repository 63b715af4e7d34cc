// How the process ends: a status for scripts, and one sentence for people.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "base/result.h"

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

[[nodiscard]] inline tl::unexpected<Exit> cannot_start(const Error& error) {
  return exit_with(ExitStatus::cannot_start, error.sentence);
}

/// What is stored there may be damaged.
[[nodiscard]] inline tl::unexpected<Exit> cannot_open(const Error& error, const std::string& folder) {
  if (error.code != ErrorCode::internal) return cannot_start(error);
  return exit_with(ExitStatus::cannot_start,
                   error.sentence + "; move the data folder " + folder +
                       " away and start with an empty one: what others hold comes back from them");
}

}  // namespace causeway
