// Hybrid logical clock (Kulkarni et al., 2014): 48 bits of wall-clock milliseconds, 16 bits that count within one.
// It orders last-writer-wins registers and never decides what is lost: that is the dots' task.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

#include "base/time.h"

namespace causeway {

struct Hlc {
  std::uint64_t value = 0;

  [[nodiscard]] std::uint64_t milliseconds() const { return value >> 16U; }
  friend constexpr auto operator<=>(const Hlc&, const Hlc&) = default;
};

class HlcClock {
 public:
  /// A stamp above every stamp given or observed before.
  Hlc next(WallTime wall) {
    last_.value = std::max(last_.value + 1, from_wall(wall));
    return last_;
  }
  /// A stamp from elsewhere: later ones from here are above it.
  void observe(Hlc seen) { last_ = std::max(last_, seen); }
  [[nodiscard]] Hlc last() const { return last_; }

 private:
  static std::uint64_t from_wall(WallTime wall) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count();
    return ms > 0 ? static_cast<std::uint64_t>(ms) << 16U : 0;
  }

  Hlc last_;
};

}  // namespace causeway
