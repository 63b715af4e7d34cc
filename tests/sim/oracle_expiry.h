// When an object ends, said from its events alone.
#pragma once

#include <optional>
#include <vector>

#include "tests/sim/story.h"

namespace causeway::testing {

/// What an expiry entry says.
struct SetExpiry {
  std::uint64_t at_ms;  ///< since 1970, or the greatest number: never
  std::vector<Dot> on;
};
/// REQUIRES: it is the payload of one
SetExpiry expiry_of(BytesView payload);

struct Ending {
  std::optional<std::uint64_t> at_ms;  ///< since 1970; nothing: never
  std::vector<Dot> values;             ///< what expiries stand on
  std::uint64_t entries = 0;
};
/// Of an object that holds a value of this type.
Ending ending_of(const Container& object, EntryType type, const Who& clears);

}  // namespace causeway::testing
