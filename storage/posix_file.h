// Files and folders of the operating system, for the disk engines: errors as values, with what and where.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace causeway {

/// The error for errno after `what` failed on `path`: storage_full (retryable) if the disk is full, else internal.
[[nodiscard]] tl::unexpected<Error> system_error(int error_number, const std::string& what,
                                                 const std::string& path);

class PosixFile {
 public:
  PosixFile() = default;
  PosixFile(PosixFile&& other) noexcept;
  PosixFile& operator=(PosixFile&& other) noexcept;
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile();

  /// Flags as of open(2); the file is closed on exec.
  static Result<PosixFile> open(const std::string& path, int flags);

  /// Writes the parts, one behind the other.
  Result<void> write_at(std::uint64_t offset, std::span<const BytesView> parts);
  Result<void> write_at(std::uint64_t offset, BytesView bytes) { return write_at(offset, {&bytes, 1}); }
  /// Errors: also if the file ends before.
  Result<void> read_at(std::uint64_t offset, std::size_t count, Bytes& out) const;
  /// fdatasync.
  Result<void> sync_data() const;
  /// Reserves blocks up to `bytes`. Errors: storage_full.
  Result<void> allocate(std::uint64_t bytes);
  /// Cuts the file off behind `bytes`, or makes it longer without reserving.
  Result<void> truncate(std::uint64_t bytes);
  [[nodiscard]] Result<std::uint64_t> size() const;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// After the file was renamed.
  void set_path(std::string path) { path_ = std::move(path); }

 private:
  int descriptor_ = -1;
  std::string path_;
};

/// Makes what was created, renamed or removed in the folder durable.
Result<void> sync_folder(const std::string& path);
/// The names in a folder, sorted.
Result<std::vector<std::string>> list_folder(const std::string& path);
Result<void> rename_file(const std::string& from, const std::string& to);
Result<void> remove_file(const std::string& path);

}  // namespace causeway
