// A node's disk: its folder, and in it the log, the state and the store that joins them.
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
#include "storage/shard_store.h"

namespace causeway {

class Disk {
 public:
  /// Opens what is there, or makes it, and recovers. Errors: as those of the parts; each says what to do.
  static Result<std::unique_ptr<Disk>> open(const std::string& path, const Limits& limits,
                                            const std::vector<PartitionId>& partitions);

  /// Called on another thread when work beside the loop has ended, from here on; nothing: not any more.
  void wake_with(const std::function<void()>& wake);

  [[nodiscard]] DataFolder& folder() { return folder_; }
  [[nodiscard]] ShardStore& store() { return *store_; }

 private:
  Disk(DataFolder folder, const Limits& limits);

  DataFolder folder_;
  // They end after the log, and before another process may have the folder.
  ThreadWorker syncing_;
  ThreadWorker preparing_;
  ThreadWorker checkpointing_;
  FileEventLog log_;
  std::unique_ptr<LmdbStateStore> state_;
  std::unique_ptr<ShardStore> store_;
};

/// What the topology's limits leave to each part.
LogLimits log_limits(const Limits& limits);
LmdbLimits state_limits(const Limits& limits);
StoreLimits store_limits(const Limits& limits);

}  // namespace causeway
