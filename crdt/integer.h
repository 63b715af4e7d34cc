// Integers as users write them, and sums that do not overflow on the way.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace causeway {

/// Wide enough for the sum of 2^63 cells of 64 bits.
using Int128 = __int128;

/// The nearest number of 64 bits.
std::int64_t saturate(Int128 value);
bool fits(Int128 value);

/// A signed number of 64 bits in its one decimal form (no "+1", "01", "-0", blanks), as in Redis.
std::optional<std::int64_t> parse_integer(BytesView text);

}  // namespace causeway
