// The one apply and the one merge, the same for all types.
#pragma once

#include <vector>

#include "base/result.h"
#include "crdt/entry.h"
#include "crdt/event.h"

namespace causeway {

/// What an event does to the entries that a reader shows: to be carried out as one. An entry stands in at most one list.
struct Effects {
  std::vector<Entry> erased;
  std::vector<Entry> inserted;
};

/// REQUIRES: the reader's clock is ready for the event (is_ready), or covers it (then only repetition is applied).
/// Errors: a failed read, nothing is changed.
Result<Effects> effects_of(const Event& event, const EntryReader& entries);

/// Two states of one object with their clocks: an entry stays if both have it, or if one has it and the other's
/// clock does not cover its dot. Both inputs and the result are sorted. The result's clock is the join.
std::vector<Entry> merge(const std::vector<Entry>& ours, const VersionVector& our_clock,
                         const std::vector<Entry>& theirs, const VersionVector& their_clock);

}  // namespace causeway
