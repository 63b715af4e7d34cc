// A checkpoint: what changed in one generation, frozen, and how it gets into the state. Written beside the loop, in several
// transactions, for the memory and the time of one grow with its size. A partition is never parted: its records, its marks
// and its clock are of one transaction, so that a crash between two leaves each partition as it was, or as it was frozen.
// The last one claims the whole: until then the log is needed from where the checkpoint before ended.
#pragma once

#include <compare>
#include <vector>

#include "storage/record_table.h"
#include "storage/state_store.h"

namespace causeway {

/// What becomes of one partition; or of a state that is being built beside, which has no record yet.
struct FrozenPart {
  FrozenTable table;
  std::vector<StateWrite> records;  ///< the partition's own, and its marks
};

/// Records that nothing leads to: of a state that was replaced, or, with an object, its elements.
struct Garbage {
  StateId state;
  ObjectId object;

  friend auto operator<=>(const Garbage&, const Garbage&) = default;
};

/// All that one checkpoint writes. It does not change, and lives until the shard has settled it.
struct Checkpoint {
  Sequence upto;                     ///< of the log: all events up to here are in
  std::size_t packed_bytes_min = 0;  ///< see StoreLimits
  std::vector<FrozenPart> parts;
  std::vector<StateWrite> records;  ///< of the last transaction: notes, the shard's own
  std::vector<Garbage> garbage;     ///< some of what is left of it is purged
};

/// Of one transaction.
struct CheckpointOutcome {
  Result<void> stored;
  std::size_t next = 0;                           ///< the first part that is not written yet
  bool ended = false;                             ///< it was the last one
  std::vector<std::pair<StateId, Blob*>> absent;  ///< removed from the state: memory may forget them
  std::vector<Garbage> purged;                    ///< nothing is left of these
};

/// One transaction: parts from `from` on, until they make up `bytes_max`, but one at least. Touches nothing that the shard
/// may change meanwhile.
CheckpointOutcome write_piece(const Checkpoint& checkpoint, std::size_t from, std::size_t bytes_max,
                              StateStore& state);

}  // namespace causeway
