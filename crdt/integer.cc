#include "crdt/integer.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace causeway {
namespace {

constexpr Int128 lowest = std::numeric_limits<std::int64_t>::min();
constexpr Int128 highest = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::int64_t saturate(Int128 value) { return static_cast<std::int64_t>(std::clamp(value, lowest, highest)); }

bool fits(Int128 value) { return value >= lowest && value <= highest; }

std::optional<std::int64_t> parse_integer(BytesView text) {
  const BytesView digits = text.starts_with('-') ? text.substr(1) : text;
  const bool is_zero = text == "0";
  if (digits.empty() || (digits.front() == '0' && !is_zero)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace causeway
