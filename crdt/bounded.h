// Bounded counter: never below 0, in any partition. Who adds gains the right to subtract as much; an actor subtracts within
// the rights that it holds, which nobody else can spend, and may give some of them to another. So what all may still subtract is
// what the counter holds, whoever can be reached. A delete forgets what it saw, exactly; what is subtracted concurrently
// with it is taken from what is added later, and reads say 0 until then.
// Source: Balegas et al., "Extending Eventually Consistent Cloud Databases for Enforcing Numeric Invariants" (2015),
// over the cells of crdt/counter.h.
#pragma once

#include <utility>
#include <vector>

#include "crdt/counter.h"

namespace causeway {

/// What an actor gave to another, or left to it when it ended. Its entry stands at [bounded][right][from][to] (actors big-endian), one
/// for each gift, of the event of its giver, or its heir; the payload is the amount:varint.
struct Gift {
  ActorId from;
  ActorId to;
  std::uint64_t amount = 0;
};

struct BoundedState {
  CounterState counter;
  std::vector<Gift> gifts;

  /// What the actor may subtract. Below 0 only after a delete.
  [[nodiscard]] Int128 rights(ActorId actor) const;
  /// Of all actors that hold some, most first; ties by actor.
  [[nodiscard]] std::vector<std::pair<ActorId, Int128>> holders() const;
};

/// Into a new state. Cost: the actors that wrote it, and the gifts. Errors: a failed read; internal if an entry cannot be read.
Result<void> read_bounded(const ObjectEntries& entries, const Place& place, BoundedState& state);

/// Gives so much of an actor's rights away. REQUIRES: it holds them, and is the issuer or has left them to it.
void give_rights(const Place& place, const Gift& gift, EventWriter& changes);

}  // namespace causeway
