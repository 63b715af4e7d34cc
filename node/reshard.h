// A node whose number of shards has changed since its last run: its data moves to the new ones (storage/reshard.h), and so
// does what it knows of others. Each new shard takes a new actor; if none of the old ones may have lost anything, nothing
// but that has happened; else all recover as after a loss.
#pragma once

#include <span>
#include <vector>

#include "ring/configuration.h"
#include "storage/reshard.h"
#include "storage/shard_store.h"

namespace causeway {

struct NewShard {
  NodeId id;
  ShardFiles files;  ///< empty
};

/// `old` are the files of all shards of the last run, not yet recovered. `boot_id` and `seed` as in NodeOptions.
/// Errors: as of storage/reshard.h; damage of what is there.
Result<void> reshard_node(std::span<const ShardFiles> old, std::span<const NewShard> now, BytesView boot_id,
                          std::uint64_t seed);

}  // namespace causeway
