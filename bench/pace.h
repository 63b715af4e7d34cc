// When operations are due: in a closed loop whenever an answer came; in an open loop at a fixed rate, whatever the server
// does. Times are then taken from the moment an operation was due, not from when it could be sent: a server that stalls
// for a second is charged with all that were due in that second (coordinated omission).
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "bench/recorder.h"

namespace causeway::bench {

struct RunOptions {
  double seconds = 5;
  double warmup_s = 0;
  std::uint64_t operations =
      std::numeric_limits<std::uint64_t>::max();  ///< ends earlier, once so many were begun
  double rate = 0;                                ///< operations a second; 0: closed loop
};

class Pace {
 public:
  explicit Pace(const RunOptions& options)
      : left_(options.operations),
        step_ns_(options.rate > 0 ? 1e9 / options.rate : 0),
        begin_(now_ns()),
        from_(begin_ + static_cast<std::uint64_t>(options.warmup_s * 1e9)),
        until_(from_ + static_cast<std::uint64_t>(options.seconds * 1e9)) {}

  [[nodiscard]] bool open() const { return step_ns_ > 0; }
  [[nodiscard]] std::uint64_t from() const { return from_; }
  [[nodiscard]] std::uint64_t until() const { return until_; }
  [[nodiscard]] bool over(std::uint64_t now) const { return left_ == 0 || now >= until_; }
  /// How many of `count` may still begin.
  std::uint64_t take(std::uint64_t count) {
    const std::uint64_t taken = std::min(count, left_);
    left_ -= taken;
    return taken;
  }

  /// Open loop: when the next is due.
  [[nodiscard]] std::uint64_t due() const {
    return begin_ + static_cast<std::uint64_t>(step_ns_ * static_cast<double>(started_));
  }
  void start_one() { ++started_; }

 private:
  std::uint64_t left_;
  double step_ns_;
  std::uint64_t begin_;
  std::uint64_t from_;
  std::uint64_t until_;
  std::uint64_t started_ = 0;
};

/// After the last operation has begun, answers are awaited for so long.
inline constexpr std::uint64_t drain_ns = 60'000'000'000;

}  // namespace causeway::bench
