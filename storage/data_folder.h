// The folder of one node. One process at a time, one cluster for ever:
//
//   causeway.lock   held with flock while a process uses the folder; its presence says that the folder is ours
//   cluster         the cluster's id, 16 hexadecimal digits and a line end; absent until the node belongs to one
//   shards/1/       of the second shard: log/ (storage/file_log.h) and state/ (storage/lmdb_state.h)
//   shards.new/     the same for another number of shards, not finished, or replaced (storage/reshard.h): of no use
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/posix_file.h"

namespace causeway {

/// Where one shard keeps its data.
struct ShardFolder {
  std::string path;
  [[nodiscard]] std::string log() const { return path + "/log"; }
  [[nodiscard]] std::string state() const { return path + "/state"; }
};

class DataFolder {
 public:
  /// Opens the folder, or makes it if it is absent or empty: then for so many shards. Errors: invalid (not empty and not ours, not a folder, damaged),
  /// unavailable (another process uses it), internal or storage_full from the system.
  static Result<DataFolder> open(const std::string& path, std::uint32_t shards_if_empty = 1);

  [[nodiscard]] std::optional<std::uint64_t> cluster() const { return cluster_; }
  /// Says, durably, to which cluster the folder belongs. Errors: invalid if it belongs to another.
  Result<void> set_cluster(std::uint64_t cluster);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// For how many shards the data is laid out.
  [[nodiscard]] std::uint32_t shards() const { return shards_; }
  /// Of a shard: 0 to shards() - 1. Its folders are there.
  [[nodiscard]] ShardFolder shard(std::uint32_t k) const;

  /// Empty folders for another number of shards; what was begun before is dropped.
  Result<std::vector<ShardFolder>> begin_change(std::uint32_t shards);
  /// They take the place of those that are, which go. A crash leaves the one or the other. REQUIRES: they are durable.
  Result<void> finish_change();

 private:
  DataFolder(std::string path, PosixFile lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  Result<void> read_cluster();
  Result<void> find_shards(std::uint32_t shards_if_empty);

  std::string path_;
  PosixFile lock_;  ///< locked as long as it is open
  std::optional<std::uint64_t> cluster_;
  std::uint32_t shards_ = 0;
};

}  // namespace causeway
