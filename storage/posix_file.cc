#include "storage/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>
#include <utility>

namespace causeway {
namespace {

constexpr std::size_t parts_at_once = 64;
static_assert(parts_at_once <= IOV_MAX);

}  // namespace

tl::unexpected<Error> system_error(int error_number, const std::string& what, const std::string& path) {
  const std::string sentence = "cannot " + what + " " + path + ": " + std::strerror(error_number);
  const bool full = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
  return full ? fail_retryable(ErrorCode::storage_full, sentence) : fail(ErrorCode::internal, sentence);
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

PosixFile& PosixFile::operator=(PosixFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

PosixFile::~PosixFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<PosixFile> PosixFile::open(const std::string& path, int flags) {
  PosixFile file;
  file.descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, 0640);
  if (file.descriptor_ < 0) return system_error(errno, "open", path);
  file.path_ = path;
  return file;
}

Result<void> PosixFile::write_at(std::uint64_t offset, std::span<const BytesView> parts) {
  std::array<iovec, parts_at_once> left;
  std::size_t skipped = 0;  // of the first part
  while (!parts.empty()) {
    std::size_t count = 0;
    for (; count < std::min(parts.size(), left.size()); ++count) {
      left[count] = {const_cast<char*>(parts[count].data()), parts[count].size()};
    }
    left[0] = {static_cast<char*>(left[0].iov_base) + skipped, left[0].iov_len - skipped};
    const ssize_t written = ::pwritev(descriptor_, left.data(), static_cast<int>(count), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(errno, "write", path_);
    offset += static_cast<std::uint64_t>(written);
    skipped += static_cast<std::size_t>(written);
    for (; !parts.empty() && skipped >= parts.front().size(); parts = parts.subspan(1)) {
      skipped -= parts.front().size();
    }
  }
  return {};
}

Result<void> PosixFile::read_at(std::uint64_t offset, std::size_t count, Bytes& out) const {
  out.resize(count);
  for (std::size_t done = 0; done < count;) {
    const ssize_t got =
        ::pread(descriptor_, out.data() + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(errno, "read", path_);
    if (got == 0)
      return fail(ErrorCode::internal,
                  "cannot read " + path_ + ": it ends at " + std::to_string(offset + done));
    done += static_cast<std::size_t>(got);
  }
  return {};
}

Result<void> PosixFile::sync_data() const {
  if (::fdatasync(descriptor_) != 0) return system_error(errno, "sync", path_);
  return {};
}

Result<void> PosixFile::allocate(std::uint64_t bytes) {
  const int error_number = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes));
  if (error_number != 0)
    return system_error(error_number, "allocate " + std::to_string(bytes) + " bytes for", path_);
  return {};
}

Result<void> PosixFile::truncate(std::uint64_t bytes) {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) return system_error(errno, "cut", path_);
  return {};
}

Result<std::uint64_t> PosixFile::size() const {
  struct stat facts{};
  if (::fstat(descriptor_, &facts) != 0) return system_error(errno, "examine", path_);
  return static_cast<std::uint64_t>(facts.st_size);
}

Result<void> sync_folder(const std::string& path) {
  CW_TRY(const PosixFile folder, PosixFile::open(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(folder.descriptor()) != 0) return system_error(errno, "sync", path);
  return {};
}

Result<std::vector<std::string>> list_folder(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) return system_error(errno, "open", path);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) return system_error(errno, "list", path);
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error(errno, "rename", from);
  return {};
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return system_error(errno, "remove", path);
  return {};
}

}  // namespace causeway
