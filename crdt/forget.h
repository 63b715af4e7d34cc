// What of an object's entries may be forgotten: executed requests (rule 12), what resets forgot of counter cells (rule 10),
// removes that win (crdt/remove_wins_set.h), and objects whose time has come (rule 14). Nothing goes by time alone: only what is
// settled does, so that nothing can arrive any more that would need it. Forgetting is an event like any other.
#pragma once

#include <optional>
#include <span>

#include "base/function_ref.h"
#include "crdt/entry.h"
#include "crdt/path.h"
#include "crdt/version_vector.h"

namespace causeway {

struct Context;

/// What the one who forgets knows to be settled (sync/settled.h).
struct SettledFacts {
  const VersionVector& clock;
  std::uint64_t wall_ms = 0;  ///< by clocks that were sent no earlier
  FunctionRef<bool(ActorId, const Dot&)> has_seen;
  FunctionRef<bool(ActorId)> has_ended;
  ActorId self;  ///< who forgets: its own cells are as it sees them
};

/// When an entry can be forgotten at the earliest.
struct Due {
  std::uint64_t ms = 0;    ///< since 1970; 0: as soon as that is settled
  bool is_expiry = false;  ///< it is the object's expiry, which stands at one path
};
/// Nothing: the entry is not of a kind that is forgotten, or cannot be read.
std::optional<Due> due_of(BytesView path, BytesView payload);
/// A glance that tells of most entries that they are not: of values and cells of objects.
inline bool may_be_due(BytesView path) {
  if (path.size() < 2) return false;
  const auto type = static_cast<EntryType>(path[0]);
  const auto part = static_cast<Part>(path[1]);
  return type == EntryType::expiry || (part != Part::value && part != Part::cell);
}

/// Of all entries at one path, which is of such a kind, but no expiry: those that may be forgotten now.
/// Errors: a failed read; internal if an entry cannot be read.
Result<Dots> forgettable(const ObjectEntries& entries, BytesView key, std::span<const EntryView> at_path,
                         const SettledFacts& facts);

/// Writes what removes of the entries at one path what may go. Returns when the rest of them is due, in milliseconds since 1970, or
/// nothing, if there is none. REQUIRES: the context is of their object.
Result<std::optional<std::uint64_t>> forget(const Context& context, std::span<const EntryView> at_path,
                                            const SettledFacts& facts);

}  // namespace causeway
