// Lays the data of a node out for another number of shards: each partition moves, as it is, into the log and the state of
// the shard that holds it from now on. State ids and log sequences are local to a shard: they are given anew.
#pragma once

#include <optional>
#include <span>

#include "base/function_ref.h"
#include "storage/event_log.h"
#include "storage/state_store.h"

namespace causeway {

/// What a shard has on the disk.
struct ShardFiles {
  EventLog& log;
  StateStore& state;
};

struct ReshardPlan {
  /// The place in `to` of the shard that holds the partition.
  FunctionRef<std::size_t(PartitionId)> home;
  /// The partition that a note is about; nothing: all shards want it.
  FunctionRef<std::optional<PartitionId>(BytesView note)> note_is_about;
};

/// Fills empty logs and states from others, which stay as they are; durable on return. What fails halfway is of no use.
/// REQUIRES: `from` is recovered, and its log holds nothing that its state does not (ShardStore::checkpoint); `to` is
/// recovered and empty. Errors: damage, storage_full, the system's.
Result<void> reshard(std::span<const ShardFiles> from, std::span<const ShardFiles> to,
                     const ReshardPlan& plan);

}  // namespace causeway
