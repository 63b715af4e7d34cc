// A shard's disk: its folder, and in it the log, the state and the store that joins them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ring/topology.h"
#include "server/thread_worker.h"
#include "storage/data_folder.h"
#include "storage/file_log.h"
#include "storage/lmdb_state.h"
#include "storage/reshard.h"
#include "storage/shard_store.h"

namespace causeway {

/// The files alone, not recovered.
class ShardDisk {
 public:
  /// The folders are there. Errors: as those of the parts; each says what to do.
  static Result<std::unique_ptr<ShardDisk>> open(const ShardFolder& folder, const Limits& limits);

  [[nodiscard]] ShardFiles files() { return {log_, *state_}; }
  /// Called on another thread when work beside the loop has ended, from here on; nothing: not any more.
  void wake_with(const std::function<void()>& wake);

 private:
  ShardDisk(const ShardFolder& folder, const Limits& limits);

  // They end after the log.
  ThreadWorker syncing_;
  ThreadWorker preparing_;
  FileEventLog log_;
  std::unique_ptr<LmdbStateStore> state_;
};

class Disk {
 public:
  /// Opens what is there, and recovers. Errors: as those of the parts; each says what to do.
  static Result<std::unique_ptr<Disk>> open(const ShardFolder& folder, const Limits& limits,
                                            const std::vector<PartitionId>& partitions);

  /// As ShardDisk.
  void wake_with(const std::function<void()>& wake);
  [[nodiscard]] ShardStore& store() { return *store_; }

 private:
  Disk() = default;

  std::unique_ptr<ShardDisk> files_;
  ThreadWorker checkpointing_;  ///< ends before the files do
  std::unique_ptr<ShardStore> store_;
};

/// What the topology's limits leave to each part.
LogLimits log_limits(const Limits& limits);
LmdbLimits state_limits(const Limits& limits);
StoreLimits store_limits(const Limits& limits);
/// What each of so many shards has of a node's limits. How large a value or a request may be is the same for all.
Limits shard_limits(Limits limits, std::uint32_t shards);

}  // namespace causeway
