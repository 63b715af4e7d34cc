// The one apply and the one merge, the same for all types. What an event does to an object: what its mutations take goes,
// and what they insert comes, under the event's dot.
#pragma once

#include <vector>

#include "crdt/entry.h"
#include "crdt/event.h"

namespace causeway {

/// Whether the mutation takes this entry, which was there before the event and belongs to the mutation's key.
bool takes(const Event& event, const Mutation& mutation, const EntryView& entry);

/// Two states of one object with their clocks: an entry stays if both have it, or if one has it and the other's
/// clock does not cover its dot. Both inputs and the result are sorted. The result's clock is the join.
std::vector<Entry> merge(const std::vector<Entry>& ours, const VersionVector& our_clock,
                         const std::vector<Entry>& theirs, const VersionVector& their_clock);

}  // namespace causeway
