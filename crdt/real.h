// Doubles as users write them, and sums of them that depend on no order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace causeway {

/// A double in the forms that Redis takes: decimal, hexadecimal ("0x1p3"), "inf". Nothing if it is none, not a number, or too
/// large or too small for a double.
std::optional<double> parse_real(BytesView text);

/// Adds up doubles exactly, and rounds once, to the nearest. So the sum is the same in every order, what is taken away again
/// leaves nothing behind, and no sum on the way overflows.
class ExactSum {
 public:
  // REQUIRES: a number. At most 2^62 of them.
  void add(double number) { change(number, false); }
  /// Undoes add(number), also of an infinity.
  void take(double number) { change(number, true); }

  /// Infinite if the sum is too large for a double, or something infinite was added; infinities of both signs leave the rest, as
  /// if neither had been added. Never -0.
  [[nodiscard]] double value() const;

 private:
  void change(double number, bool is_taken);

  // One large number in units of 2^-1074, the least double, in two's complement, least significant limb first: the greatest
  // double has 2,098 bits; 62 more, and a sign, are room for sums.
  static constexpr std::size_t limbs = 34;

  std::array<std::uint64_t, limbs> sum_{};
  std::int64_t infinities_ = 0;
  std::int64_t negative_infinities_ = 0;
};

}  // namespace causeway
