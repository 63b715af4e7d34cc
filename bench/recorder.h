// What a load saw: how many operations, how long each took, and the same for every second of it.
#pragma once

#include <time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/histogram.h"

namespace causeway::bench {

inline std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

class Recorder {
 public:
  struct Second {
    std::uint64_t operations = 0;
    std::uint64_t p50_ns = 0;
    std::uint64_t p99_ns = 0;
    std::uint64_t max_ns = 0;
  };

  /// What is done before `from` is warm-up, and what is done after `until` counts for the times only.
  void begin(std::uint64_t from, std::uint64_t until) {
    from_ = from;
    until_ = until;
    second_end_ = from + second_ns;
  }
  /// `count` operations that were due at `due` have their answers now.
  void done(std::uint64_t now, std::uint64_t due, std::uint64_t count) {
    if (due < from_) return;
    while (now >= second_end_) end_second();
    const std::uint64_t took = now > due ? now - due : 0;
    second_.add(took, count);
    if (now <= until_) operations_ += count;
    last_ = now;
  }
  void fail(std::uint64_t count, std::string_view why) {
    errors_ += count;
    if (first_error_.empty()) first_error_ = why;
  }
  /// No done() may follow.
  void end() {
    if (second_.count() > 0) end_second();
  }

  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  [[nodiscard]] std::uint64_t errors() const { return errors_; }
  [[nodiscard]] const std::string& first_error() const { return first_error_; }
  [[nodiscard]] const Histogram& times() const { return times_; }
  [[nodiscard]] const std::vector<Second>& seconds() const { return seconds_; }
  /// From the end of the warm-up to the last answer, or to `until` if that is earlier.
  [[nodiscard]] double elapsed_s() const {
    const std::uint64_t end = std::min(last_, until_);
    return end > from_ ? static_cast<double>(end - from_) / 1e9 : 0;
  }

 private:
  static constexpr std::uint64_t second_ns = 1'000'000'000;

  void end_second() {
    seconds_.push_back({second_.count(), second_.at(0.5), second_.at(0.99), second_.max()});
    times_.add(second_);
    second_ = {};
    second_end_ += second_ns;
  }

  std::uint64_t from_ = 0;
  std::uint64_t until_ = 0;
  std::uint64_t second_end_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t errors_ = 0;
  std::string first_error_;
  Histogram second_;
  Histogram times_;
  std::vector<Second> seconds_;
};

}  // namespace causeway::bench
