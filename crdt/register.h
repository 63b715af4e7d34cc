// Register with siblings. Writes that did not see each other are all kept; a write replaces all that it saw.
// Readers take the one with the highest (hlc, actor), or ask for all, so that a conflict is never silent.
// Source: the multi-value register of Shapiro et al., "A comprehensive study of Convergent and Commutative
// Replicated Data Types" (2011), with the order of Johnson and Thomas, RFC 677 (1975).
#pragma once

#include <vector>

#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/hlc.h"
#include "crdt/path.h"

namespace causeway {

/// One of the concurrent writes. Its entry stands at [type][value], the payload is hlc:u64 and the bytes.
struct Sibling {
  Hlc hlc;
  ActorId actor;
  Bytes value;
};

using Siblings = boost::container::small_vector<Sibling, 1>;

/// Appends all of them, the winner first; none if never written.
/// Errors: a failed read; internal if an entry cannot be read.
Result<void> read_register(const ObjectEntries& entries, const Place& place, Siblings& siblings);

/// Puts `value` in the place of all that is observed. Errors: a failed read.
Result<void> put_register(const ObjectEntries& entries, const Place& place, Hlc hlc, BytesView value,
                          EventWriter& changes);

/// The same where `superseded` is known to be all that is observed and stays until then: nothing, if the register is new
/// or a range removal takes the old entries.
void put_register_over(const Dots& superseded, const Place& place, Hlc hlc, BytesView value,
                       EventWriter& changes);

}  // namespace causeway
