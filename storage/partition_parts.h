// What a partition consists of. For storage/partition*.cc only.
#pragma once

#include "storage/log_marks.h"
#include "storage/object_table.h"
#include "storage/partition.h"
#include "storage/state_records.h"

namespace causeway {

struct Partition::Parts {
  Parts(PartitionId partition, EventLog& event_log, const StateStore& state_store, TierBudget& budget)
      : id(partition),
        log(event_log),
        state(state_store),
        tier(budget),
        objects(partition, state_store, budget),
        marks(partition) {}

  PartitionId id;
  EventLog& log;
  const StateStore& state;
  const TierBudget& tier;
  ObjectTable objects;
  LogMarks marks;
  PartitionRecord now;   ///< as of the last event applied; actors and next_object are the table's
  VersionVector stable;  ///< every member has applied it
  bool dirty = false;    ///< `now` differs from what the state has
};

}  // namespace causeway
