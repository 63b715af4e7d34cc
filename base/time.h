// Points in time, without a clock: who needs the time is told it.
#pragma once

#include <chrono>
#include <cstdint>

namespace causeway {

using Micros = std::chrono::microseconds;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;

/// The tag of steady time, from an arbitrary origin; it never goes back while a process lives.
struct MonotonicTag {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = Micros;
};
/// The tag of wall-clock time since 1970-01-01 UTC; it may jump.
struct WallTag {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = Micros;
};
using MonoTime = std::chrono::time_point<MonotonicTag, Micros>;
using WallTime = std::chrono::time_point<WallTag, Micros>;

/// What a turn is told about the time.
struct Now {
  MonoTime mono;
  WallTime wall;
};

}  // namespace causeway
