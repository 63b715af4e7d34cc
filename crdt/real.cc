#include "crdt/real.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/check.h"

namespace causeway {
namespace {

static_assert(std::numeric_limits<double>::is_iec559, "doubles are those of IEEE 754");

constexpr unsigned limb_bits = 64;
constexpr unsigned mantissa_bits = 52;  // that are stored
constexpr std::uint64_t mantissa_mask = (std::uint64_t{1} << mantissa_bits) - 1;
constexpr std::uint64_t exponent_mask = 0x7FF;
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Limbs>
Limbs negated(Limbs number) {
  std::uint64_t carry = 1;
  for (std::uint64_t& limb : number) {
    limb = ~limb + carry;
    carry = carry != 0 && limb == 0 ? 1 : 0;
  }
  return number;
}

/// To even if it lies between two doubles.
template <class Limbs>
double nearest(const Limbs& number) {
  std::size_t top = number.size();
  while (top > 1 && number[top - 1] == 0) --top;
  const std::size_t size = top * limb_bits - static_cast<unsigned>(std::countl_zero(number[top - 1]));
  // The bits of doubles that are not negative are in the order of these. So one without an exponent is a subnormal, and a
  // mantissa that is rounded up to a power of two carries into the exponent.
  if (size <= mantissa_bits + 1) return std::bit_cast<double>(number[0]);
  const std::size_t dropped = size - mantissa_bits - 1;
  const auto limb = [&](std::size_t at) { return at < number.size() ? number[at] : 0; };
  const std::size_t at = dropped / limb_bits;
  const unsigned __int128 window = static_cast<unsigned __int128>(limb(at + 1)) << limb_bits | limb(at);
  std::uint64_t bits = static_cast<std::uint64_t>(window >> dropped % limb_bits) & (2 * mantissa_mask + 1);
  bits += static_cast<std::uint64_t>(dropped) << mantissa_bits;

  const std::size_t half = dropped - 1;
  const std::uint64_t half_bit = std::uint64_t{1} << half % limb_bits;
  const std::uint64_t half_limb = number[half / limb_bits];
  bool is_above_half = (half_limb & (half_bit - 1)) != 0;
  for (std::size_t i = 0; i < half / limb_bits; ++i) is_above_half = is_above_half || number[i] != 0;
  if ((half_limb & half_bit) != 0 && (is_above_half || (bits & 1U) != 0)) ++bits;
  return std::bit_cast<double>(std::min(bits, std::bit_cast<std::uint64_t>(infinity)));
}

}  // namespace

// By the function that Redis calls, so that the same texts are taken.
std::optional<double> parse_real(BytesView text) {
  if (text.empty() || std::isspace(static_cast<unsigned char>(text.front())) != 0) return std::nullopt;
  const Bytes terminated(text);
  char* end = nullptr;
  errno = 0;
  const double number = std::strtod(terminated.c_str(), &end);
  if (end != terminated.c_str() + terminated.size() || std::isnan(number)) return std::nullopt;
  const bool is_lost = errno == ERANGE && (std::isinf(number) || number == 0);
  if (is_lost) return std::nullopt;
  return number;
}

void ExactSum::change(double number, bool is_taken) {
  CW_CHECK(!std::isnan(number), "only numbers have a sum");
  if (std::isinf(number)) {
    (number > 0 ? infinities_ : negative_infinities_) += is_taken ? -1 : 1;
    return;
  }
  const auto bits = std::bit_cast<std::uint64_t>(number);
  const std::uint64_t exponent = bits >> mantissa_bits & exponent_mask;
  std::uint64_t mantissa = bits & mantissa_mask;
  if (exponent > 0) mantissa |= mantissa_mask + 1;
  const std::uint64_t shift = exponent > 0 ? exponent - 1 : 0;
  const unsigned __int128 shifted = static_cast<unsigned __int128>(mantissa) << shift % limb_bits;
  std::array<std::uint64_t, 2> parts{static_cast<std::uint64_t>(shifted),
                                     static_cast<std::uint64_t>(shifted >> limb_bits)};
  const bool is_negative = std::signbit(number) != is_taken;
  std::uint64_t carry = 0;  // or borrow
  for (std::size_t at = shift / limb_bits, i = 0; at < limbs; ++at, ++i) {
    if (i >= parts.size() && carry == 0) break;
    const std::uint64_t part = i < parts.size() ? parts[i] : 0;
    const std::uint64_t before = sum_[at];
    const std::uint64_t by =
        part + carry;  // never overflows: the upper part has at most 52 bits, the lower no carry
    sum_[at] = is_negative ? before - by : before + by;
    carry = is_negative ? (before < by ? 1 : 0) : (sum_[at] < before ? 1 : 0);
  }
}

double ExactSum::value() const {
  if ((infinities_ > 0) != (negative_infinities_ > 0)) return infinities_ > 0 ? infinity : -infinity;
  const bool is_negative = sum_.back() >> (limb_bits - 1) != 0;
  const double size = nearest(is_negative ? negated(sum_) : sum_);
  return is_negative ? -size : size;
}

}  // namespace causeway
