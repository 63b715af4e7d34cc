// What a partition consists of. For storage/partition*.cc only.
#pragma once

#include <map>

#include "crdt/apply.h"
#include "storage/log_marks.h"
#include "storage/object_table.h"
#include "storage/partition.h"
#include "storage/state_records.h"

namespace causeway {

struct Partition::Parts {
  Parts(PartitionId partition, StateId state_id, EventLog& event_log, const StateStore& state_store, TierBudget& budget)
      : id(partition),
        log(event_log),
        state(state_store),
        tier(budget),
        objects(std::make_unique<ObjectTable>(state_id, state_store, budget)),
        marks(partition) {}

  PartitionId id;
  EventLog& log;
  const StateStore& state;
  const TierBudget& tier;
  std::unique_ptr<ObjectTable> objects;
  LogMarks marks;
  PartitionRecord now;   ///< as of the last event applied; state_id, actors and next_object are the table's
  VersionVector stable;  ///< every member has applied it
  bool dirty = false;    ///< `now` differs from what the state has
  std::optional<Error> damage;
};

/// What an event will do, with all that it touches held in memory.
struct Partition::Change {
  struct Touched {
    ObjectPin object;
    std::int64_t duplicate_requests = 0;
  };

  Touched& touched(BytesView key) { return objects.find(key)->second; }

  Effects effects;
  std::map<BytesView, Touched> objects;  ///< by the objects' own keys
};

template <class R>
R Partition::notice(R result) const {
  if (!result && !parts_->damage) parts_->damage = result.error();
  return result;
}

}  // namespace causeway
