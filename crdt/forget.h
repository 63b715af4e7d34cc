// What of an object's entries may be forgotten: executed requests (rule 12), what resets forgot of counter cells (rule 10),
// and removes that win (crdt/remove_wins_set.h). Nothing goes by time alone: only what is settled does, so that nothing can
// arrive any more that would need it.
// Forgetting is an event like any other, and removes entries by their dots.
#pragma once

#include <optional>
#include <span>

#include "base/function_ref.h"
#include "crdt/entry.h"
#include "crdt/version_vector.h"

namespace causeway {

/// What the one who forgets knows to be settled (sync/settled.h).
struct SettledFacts {
  const VersionVector& clock;
  std::uint64_t wall_ms = 0;  ///< by clocks that were sent no earlier
  FunctionRef<bool(ActorId, const Dot&)> has_seen;
  FunctionRef<bool(ActorId)> has_ended;
  ActorId self;  ///< who forgets: its own cells are as it sees them
};

/// When an entry can be forgotten at the earliest, in milliseconds since 1970; 0: as soon as that is settled. Nothing: it is
/// not of the kind that is, or cannot be read.
std::optional<std::uint64_t> due_of(BytesView path, BytesView payload);

/// Of all entries at one path: those that may be forgotten now.
/// Errors: a failed read; internal if an entry cannot be read.
Result<Dots> forgettable(const ObjectEntries& entries, BytesView key, std::span<const EntryView> at_path,
                         const SettledFacts& facts);

}  // namespace causeway
