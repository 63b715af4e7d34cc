// Register with siblings. Writes that did not see each other are all kept; a write replaces all that it saw.
// Readers take the one with the highest (hlc, actor), or ask for all, so that a conflict is never silent.
// Source: the multi-value register of Shapiro et al., "A comprehensive study of Convergent and Commutative
// Replicated Data Types" (2011), with the order of Johnson and Thomas, RFC 677 (1975).
#pragma once

#include <vector>

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

/// All of them, the winner first; none if never written.
/// Errors: a failed read; internal if an entry cannot be read.
Result<std::vector<Sibling>> read_register(const EntryReader& entries, const Place& place);

/// The mutation that puts `value` in the place of all that is observed.
Result<Update> put_register(const EntryReader& entries, const Place& place, Hlc hlc, BytesView value);

/// The same where nothing is to be superseded: the register is new, or a range removal takes the old entries.
Update new_register(const Place& place, Hlc hlc, BytesView value);

}  // namespace causeway
