// Set, add-wins. A member is present if an add of it was seen by no remove: a remove takes exactly the adds that it
// saw, and a concurrent add survives it. An add replaces the adds that it saw, and is always issued, also of a
// member that is present, since it must win over a remove elsewhere.
// Source: the optimised OR-set of Bieniusa et al., "An optimized conflict-free replicated set" (2012).
#pragma once

#include <vector>

#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/path.h"

namespace causeway {

/// A member's entries stand at [type][value]member, with an empty payload: one, or one per concurrent add.

/// How many entries of the member are observed and superseded; 0 if it is absent. An absent one is not removed.
Result<std::uint64_t> add_member(const ObjectEntries& entries, const Place& place, BytesView member,
                                 EventWriter& changes);
Result<std::uint64_t> remove_member(const ObjectEntries& entries, const Place& place, BytesView member,
                                    EventWriter& changes);
Result<bool> has_member(const ObjectEntries& entries, const Place& place, BytesView member);

/// Visits each member once, in the order of bytes.
Result<void> scan_members(const ObjectEntries& entries, const Place& place,
                          FunctionRef<void(BytesView)> visit);

}  // namespace causeway
