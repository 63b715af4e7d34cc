#include "server/disk.h"

#include <algorithm>
#include <utility>

namespace causeway {

// The log is trimmed at log_bytes and may grow by half until it is; what is left of the disk belongs to the state.
LogLimits log_limits(const Limits& limits) {
  constexpr std::uint64_t segments_at_least = 8;
  LogLimits log;
  log.disk_bytes_max = std::min(limits.disk_bytes / 2, limits.log_bytes + limits.log_bytes / 2);
  log.segment_bytes = std::clamp<std::uint64_t>(log.disk_bytes_max / segments_at_least,
                                                std::uint64_t{1} << 20U, log.segment_bytes);
  return log;
}

LmdbLimits state_limits(const Limits& limits) {
  LmdbLimits state;
  state.bytes_max = limits.disk_bytes - log_limits(limits).disk_bytes_max;
  return state;
}

// Half of the memory holds entries; the rest is for queues, buffers and what the system caches.
StoreLimits store_limits(const Limits& limits) {
  StoreLimits store;
  store.dirty_bytes_max = limits.memory_bytes / 8;
  store.tier_bytes_max = limits.memory_bytes / 2;
  store.log_bytes_max = limits.log_bytes;
  return store;
}

Limits shard_limits(Limits limits, std::uint32_t shards) {
  for (std::uint64_t* const bytes : {&limits.log_bytes, &limits.disk_bytes, &limits.memory_bytes})
    *bytes /= shards;
  return limits;
}

ShardDisk::ShardDisk(const ShardFolder& folder, const Limits& limits)
    : log_(folder.log(), log_limits(limits), syncing_, preparing_) {}

Result<std::unique_ptr<ShardDisk>> ShardDisk::open(const ShardFolder& folder, const Limits& limits) {
  std::unique_ptr<ShardDisk> disk(new ShardDisk(folder, limits));
  CW_TRY(disk->state_, LmdbStateStore::open(folder.state(), state_limits(limits)));
  return disk;
}

void ShardDisk::wake_with(const std::function<void()>& wake) {
  syncing_.wake_with(wake);
  preparing_.wake_with(wake);
}

Result<std::unique_ptr<Disk>> Disk::open(const ShardFolder& folder, const Limits& limits,
                                         const std::vector<PartitionId>& partitions) {
  std::unique_ptr<Disk> disk(new Disk);
  CW_TRY(disk->files_, ShardDisk::open(folder, limits));
  const ShardFiles files = disk->files_->files();
  CW_TRY(disk->store_,
         ShardStore::open(files.log, files.state, partitions, store_limits(limits), disk->checkpointing_));
  return disk;
}

void Disk::wake_with(const std::function<void()>& wake) {
  files_->wake_with(wake);
  checkpointing_.wake_with(wake);
}

}  // namespace causeway
