// Expiry: when an object ends. Of concurrent ones the longest counts, and a PERSIST counts over all. An expiry belongs to the
// value that it was set on: to what a string or register held, to what anything else was created as. So a SET that
// did not see it is not expired by it, one that saw it ends it, and where a value stands that has none nothing expires.
// Source: rule 14 of this store's design.
#pragma once

#include <boost/container/small_vector.hpp>
#include <limits>
#include <optional>

#include "crdt/forget.h"
#include "crdt/object.h"

namespace causeway {

/// In milliseconds since 1970, rounded down.
inline std::uint64_t wall_ms(WallTime wall) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(wall.time_since_epoch()).count();
  return ms > 0 ? static_cast<std::uint64_t>(ms) : 0;
}

/// Never: the expiry was taken away.
inline constexpr std::uint64_t never_ms = std::numeric_limits<std::uint64_t>::max();
/// No expiry is later, in milliseconds since 1970.
inline constexpr std::uint64_t expiry_ms_max = std::uint64_t{1} << 52U;

/// One of the concurrent ones. Its entry stands at [expiry][value] of the object; the payload is at_ms:u64 and what it was set
/// on, (actor:u64 counter:varint) ….
struct Expiry {
  Dot dot;
  std::uint64_t at_ms = 0;  ///< since 1970, or never_ms
  Dots on;
};

/// What is known of the end of an object.
struct ExpiryState {
  boost::container::small_vector<Expiry, 1> all;
  Dots values;            ///< what expiries are set on, as it stands
  bool on_value = false;  ///< that is the value of a string or a register; else it is the marker

  /// When it ends, in milliseconds since 1970; nothing: never.
  [[nodiscard]] std::optional<std::uint64_t> ends_ms() const;
  [[nodiscard]] bool has_ended(WallTime wall) const;
};

/// Of the object that the context works on, into a new state. Errors: a failed read; internal if an entry cannot be read.
Result<void> read_expiry(const Context& context, const ObjectState& object, ExpiryState& expiry);

// What follows writes to the context's changes.

/// In the place of all that are observed. `on`: see above.
Result<void> set_expiry(const Context& context, std::uint64_t at_ms, const Dots& on);
/// The object as it stands ends then. REQUIRES: it exists.
Result<void> expire_at(const Context& context, const ObjectState& object, std::uint64_t at_ms);
/// The object ends no more. False: it has no end, and nothing is written.
Result<bool> persist(const Context& context, const ObjectState& object);
/// Removes all that are observed.
Result<void> clear_expiry(const Context& context);

/// When the entry is due to be looked at (crdt/forget.h); nothing if it cannot be read.
std::optional<std::uint64_t> due_of_expiry(BytesView payload);

/// Removes the object, if it has expired and that is settled, by clocks that were sent after its end: no longer expiry can
/// follow. Otherwise the expiries that say nothing any more. Returns when what is left is due; nothing: nothing is left, or will be
/// once the changes are applied.
Result<std::optional<std::uint64_t>> end_expired(const Context& context, const SettledFacts& facts);

}  // namespace causeway
