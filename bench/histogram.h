// A log-linear histogram of times (as HdrHistogram's): 64 steps an octave, so that a percentile is right within 1.6%.
// Adding costs a few instructions and never allocates. (Debian 12 packages no HdrHistogram for C or C++.)
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace causeway::bench {

class Histogram {
 public:
  void add(std::uint64_t value, std::uint64_t times = 1) {
    counts_[index_of(value)] += times;
    count_ += times;
    sum_ += value * times;
    max_ = std::max(max_, value);
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t max() const { return max_; }
  [[nodiscard]] double mean() const {
    return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }
  /// The least value that `part` (0 to 1) of all do not exceed; 0 if there is none.
  [[nodiscard]] std::uint64_t at(double part) const {
    if (count_ == 0) return 0;
    const auto rank =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(part * static_cast<double>(count_) + 0.5));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= rank) return std::min(max_, highest_of(i));
    }
    return max_;
  }

 private:
  static constexpr unsigned step_bits = 6;
  static constexpr std::uint64_t steps = std::uint64_t{1} << step_bits;

  static std::size_t index_of(std::uint64_t value) {
    if (value < steps) return value;
    const auto octave = static_cast<unsigned>(std::bit_width(value)) - 1 - step_bits;
    return (std::size_t{octave} + 1) * steps + ((value >> octave) - steps);
  }
  static std::uint64_t highest_of(std::size_t index) {
    if (index < steps) return index;
    const auto octave = static_cast<unsigned>(index / steps - 1);
    return ((steps + index % steps + 1) << octave) - 1;
  }

  std::array<std::uint64_t, (65 - step_bits) * steps> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace causeway::bench
