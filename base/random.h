// A seeded source of random numbers, passed to whoever needs one; nothing draws from a global.
#pragma once

#include <cstdint>
#include <random>

namespace causeway {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// 64 uniform bits.
  std::uint64_t next() { return engine_(); }
  /// Uniform in [0, bound). REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  /// True with probability numerator / denominator. REQUIRES: denominator > 0.
  bool chance(std::uint64_t numerator, std::uint64_t denominator) { return below(denominator) < numerator; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace causeway
