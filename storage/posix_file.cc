#include "storage/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>
#include <utility>

namespace causeway {

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

Result<void> PosixFile::write_at(std::uint64_t offset, const std::vector<BytesView>& parts) {
  std::vector<iovec> left;
  for (const BytesView part : parts) {
    if (!part.empty()) left.push_back({const_cast<char*>(part.data()), part.size()});
  }
  for (std::size_t at = 0; at < left.size();) {
    const int count = static_cast<int>(std::min<std::size_t>(left.size() - at, IOV_MAX));
    ssize_t written = ::pwritev(descriptor_, &left[at], count, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(errno, "write", path_);
    offset += static_cast<std::uint64_t>(written);
    while (written > 0) {
      const std::size_t taken = std::min(left[at].iov_len, static_cast<std::size_t>(written));
      left[at].iov_base = static_cast<char*>(left[at].iov_base) + taken;
      left[at].iov_len -= taken;
      written -= static_cast<ssize_t>(taken);
      if (left[at].iov_len == 0) ++at;
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

Result<void> PosixFile::sync_data() {
  if (::fdatasync(descriptor_) != 0) return system_error(errno, "sync", path_);
  return {};
}

Result<void> PosixFile::allocate(std::uint64_t bytes) {
  const int error_number = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes));
  if (error_number != 0)
    return system_error(error_number, "allocate " + std::to_string(bytes) + " bytes for", path_);
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
