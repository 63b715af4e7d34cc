// The one steady clock of a process that has sockets.
#pragma once

#include <chrono>

#include "base/time.h"

namespace causeway {

inline MonoTime steady_now() {
  return MonoTime(std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace causeway
