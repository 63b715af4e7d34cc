// What a partition consists of. For storage/partition*.cc only.
#pragma once

#include "crdt/event.h"
#include "storage/due_index.h"
#include "storage/log_marks.h"
#include "storage/object_table.h"
#include "storage/partition.h"
#include "storage/state_records.h"

namespace causeway {

struct Partition::Parts {
  Parts(PartitionId partition, StateId state_id, EventLog& event_log, const StateStore& state_store,
        Tier& budget)
      : id(partition),
        log(event_log),
        state(state_store),
        tier(budget),
        objects(std::make_unique<ObjectTable>(state_id, state_store, budget)),
        marks(partition) {}

  PartitionId id;
  EventLog& log;
  const StateStore& state;
  const Tier& tier;
  Event decoded;  ///< scratch: it keeps its memory
  std::unique_ptr<ObjectTable> objects;
  DueIndex due;
  bool lists_due = false;  ///< those that are not held here list nothing
  LogMarks marks;
  PartitionRecord
      now;  ///< as of the last event applied; state_id, next_object, actors and detached are the table's
  VersionVector stable;  ///< every member has applied it
  bool dirty = false;    ///< `now` differs from what the state has
  std::optional<Error> damage;
};

template <class R>
R Partition::notice(R result) const {
  if (!result && !parts_->damage) parts_->damage = result.error();
  return result;
}

}  // namespace causeway
