// The folder of one node. One process at a time, one cluster for ever:
//
//   causeway.lock   held with flock while a process uses the folder; its presence says that the folder is ours
//   cluster         the cluster's id, 16 hexadecimal digits and a line end; absent until the node belongs to one
//   log/ state/     storage/file_log.h, storage/lmdb_state.h
#pragma once

#include <optional>
#include <string>

#include "storage/posix_file.h"

namespace causeway {

class DataFolder {
 public:
  /// Opens the folder, or makes it if it is absent or empty. Errors: invalid (not empty and not ours, not a folder, damaged),
  /// unavailable (another process uses it), internal or storage_full from the system.
  static Result<DataFolder> open(const std::string& path);

  [[nodiscard]] std::optional<std::uint64_t> cluster() const { return cluster_; }
  /// Says, durably, to which cluster the folder belongs. Errors: invalid if it belongs to another.
  Result<void> set_cluster(std::uint64_t cluster);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string log_path() const { return path_ + "/log"; }
  [[nodiscard]] std::string state_path() const { return path_ + "/state"; }

 private:
  DataFolder(std::string path, PosixFile lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  Result<void> read_cluster();

  std::string path_;
  PosixFile lock_;  ///< locked as long as it is open
  std::optional<std::uint64_t> cluster_;
};

}  // namespace causeway
