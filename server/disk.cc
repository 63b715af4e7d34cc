#include "server/disk.h"

#include <algorithm>
#include <filesystem>
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

Disk::Disk(DataFolder folder, const Limits& limits)
    : folder_(std::move(folder)), log_(folder_.log_path(), log_limits(limits), syncing_, preparing_) {}

Result<std::unique_ptr<Disk>> Disk::open(const std::string& path, const Limits& limits,
                                         const std::vector<PartitionId>& partitions) {
  const auto parent = std::filesystem::absolute(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (error) {
    return fail(ErrorCode::invalid, "cannot make the folder " + parent.string() + ": " + error.message() +
                                        "; give a data folder that can be written with --data");
  }
  CW_TRY(DataFolder folder, DataFolder::open(path));
  std::unique_ptr<Disk> disk(new Disk(std::move(folder), limits));
  CW_TRY(disk->state_, LmdbStateStore::open(disk->folder_.state_path(), state_limits(limits)));
  CW_TRY(disk->store_, ShardStore::open(disk->log_, *disk->state_, partitions, store_limits(limits),
                                             disk->checkpointing_));
  return disk;
}

void Disk::wake_with(const std::function<void()>& wake) {
  syncing_.wake_with(wake);
  preparing_.wake_with(wake);
  checkpointing_.wake_with(wake);
}

}  // namespace causeway
