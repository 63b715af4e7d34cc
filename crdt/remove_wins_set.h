// Set, remove-wins. A member is present if an add of it is left and no remove: an operation on a member replaces all adds and
// removes of it that it saw, and of those that did not see each other a remove wins. So a remove is always issued, also of a
// member that nobody here knows, since it has to win over an add elsewhere. Deleting the set takes back the adds and the
// removes that the delete saw, alike; what it did not see survives.
// Source: the remove-wins set in Baquero, Almeida and Shoker, "Pure Operation-Based Replicated Data Types" (2017).
#pragma once

#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/forget.h"
#include "crdt/path.h"

namespace causeway {

// A member is a field that holds a disable-wins flag (crdt/flag.h): an add enables it, a remove disables it. The entry that a
// remove leaves has to stay as long as an add may arrive that did not see it. Once the remove is settled none can: each
// actor's later operations have seen it, and what any of them did before is here. Then an event may take all that is at the
// member, if all removes there are settled: what they win over goes with them, for it would come to life. Who operates on the
// member concurrently with that event has seen the removes as well, and has replaced them.

/// Whether the member is present. Errors: a failed read; internal if an entry cannot be read.
Result<bool> has_member_in(const ObjectEntries& entries, const Place& place, BytesView member);

/// Adds the member, or removes it: whether it was present. Errors: as above.
Result<bool> change_member(const ObjectEntries& entries, const Place& place, BytesView member, bool add,
                           EventWriter& changes);

/// Visits each member that is present once, in the order of bytes. Errors: a failed read.
Result<void> scan_members_in(const ObjectEntries& entries, const Place& place,
                             FunctionRef<void(BytesView member)> visit);

/// Whether an entry is what a remove has left.
bool is_removal(const PathHead& head, BytesView payload);
/// Of what stands at this path, of a member: all of it, if it is removed and may be forgotten; else nothing.
Result<Dots> forgettable_member(const ObjectEntries& entries, BytesView key, BytesView path,
                                const SettledFacts& facts);

}  // namespace causeway
