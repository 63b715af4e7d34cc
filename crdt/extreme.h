// Max and min register. A number is written only if it goes beyond all that it saw (above in a max register, below in a min register),
// and takes their place; what is read is the extreme of those that were written concurrently. So the value is the extreme of all
// numbers ever written, except those that only a delete saw last. A number that does not go beyond is not issued.
// Source: the lattice of numbers under max, as in Shapiro et al. (2011), with the delete of this store's objects.
#pragma once

#include <cstdint>
#include <optional>

#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/path.h"

namespace causeway {

/// A number stands at [type][value], and its payload is u64, the number modulo 2^64.
struct ExtremeState {
  std::optional<std::int64_t> value;  ///< nothing: none was written
  Dots dots;                          ///< of the entries, sorted
};

/// The register at this place, of the place's type, into a new state. Errors: a failed read; internal if an entry cannot be read.
Result<void> read_extreme(const ObjectEntries& entries, const Place& place, ExtremeState& state);

/// Writes the number if it goes beyond what is observed. The value after. Errors: as read_extreme.
Result<std::int64_t> reach_extreme(const ObjectEntries& entries, const Place& place, std::int64_t number,
                                   EventWriter& changes);

}  // namespace causeway
