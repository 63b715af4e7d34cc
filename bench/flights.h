// Operations that are under way on one connection, oldest first; their answers come in that order.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/recorder.h"

namespace causeway::bench {

class Flights {
 public:
  void start(std::uint64_t due, std::uint64_t count) {
    if (end_ - begin_ == ring_.size()) grow();
    ring_[end_++ & (ring_.size() - 1)] = {due, count};
    under_way_ += count;
  }
  /// `count` answers have come.
  void land(std::uint64_t count, std::uint64_t now, Recorder& recorder) {
    while (count > 0 && begin_ != end_) {
      Flight& first = ring_[begin_ & (ring_.size() - 1)];
      const std::uint64_t landed = std::min(count, first.count);
      recorder.done(now, first.due, landed);
      first.count -= landed;
      count -= landed;
      under_way_ -= landed;
      if (first.count == 0) ++begin_;
    }
  }
  [[nodiscard]] std::uint64_t under_way() const { return under_way_; }

 private:
  struct Flight {
    std::uint64_t due;
    std::uint64_t count;
  };

  void grow() {
    std::vector<Flight> larger(ring_.size() * 2);
    for (std::size_t i = begin_; i != end_; ++i)
      larger[i & (larger.size() - 1)] = ring_[i & (ring_.size() - 1)];
    ring_.swap(larger);
  }

  std::vector<Flight> ring_ = std::vector<Flight>(64);  ///< a power of two
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t under_way_ = 0;
};

}  // namespace causeway::bench
