// A checkpoint: what changed in one generation, frozen, and how it gets into the state. Written beside the loop.
#pragma once

#include <vector>

#include "storage/object_table.h"
#include "storage/state_store.h"

namespace causeway {

/// All that one checkpoint writes. It does not change, and lives until the shard has settled it.
struct Checkpoint {
  Sequence upto;  ///< of the log: all events up to here are in
  std::vector<FrozenTable> tables;
  std::vector<StateWrite> records;  ///< partitions, marks, notes, the shard's own
  std::vector<StateId> garbage;     ///< states that were replaced: some of what is left of them is purged
};

struct CheckpointOutcome {
  Result<void> stored;
  std::vector<std::pair<StateId, Blob*>> absent;  ///< removed from the state: memory may forget them
  std::vector<StateId> purged;                    ///< nothing is left of these
};

/// One transaction. Touches nothing that the shard may change meanwhile.
CheckpointOutcome write_checkpoint(const Checkpoint& checkpoint, StateStore& state);

}  // namespace causeway
