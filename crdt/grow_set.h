// Grow-only set. A member that was added stays: nothing removes it but a delete of the whole object, which takes what it saw. An add of
// what is there changes nothing, and claims nothing: it is not issued.
// Source: the G-set of Shapiro et al. (2011).
#pragma once

#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/path.h"

namespace causeway {

/// A member's entries stand as those of an add-wins set (crdt/set.h), and are read like them. Whether the member is new.
/// Errors: a failed read.
Result<bool> grow_by(const ObjectEntries& entries, const Place& place, BytesView member,
                     EventWriter& changes);

}  // namespace causeway
