#include "storage/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace causeway {
namespace {

constexpr const char* lock_name = "causeway.lock";
constexpr const char* cluster_name = "cluster";
constexpr const char* cluster_draft_name = "cluster.new";
constexpr std::size_t id_digits = 16;

/// Makes one folder, durably. Returns whether it is new. Errors: also if something else is there.
Result<bool> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0750) == 0) {
    const std::size_t slash = path.find_last_of('/');
    CW_TRY_VOID(sync_folder(slash == std::string::npos ? "." : path.substr(0, slash + 1)));
    return true;
  }
  if (errno != EEXIST) return system_error(errno, "make the folder", path);
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return system_error(errno, "examine", path);
  if (!S_ISDIR(facts.st_mode)) return fail(ErrorCode::invalid, path + " is not a folder");
  return false;
}

Result<void> check_ours(const std::string& path) {
  CW_TRY(const std::vector<std::string> names, list_folder(path));
  if (names.empty() || std::find(names.begin(), names.end(), lock_name) != names.end()) return {};
  return fail(ErrorCode::invalid,
              "the folder " + path + " is not empty and holds no data of this program; name another one");
}

Result<PosixFile> lock(const std::string& path) {
  CW_TRY(PosixFile file, PosixFile::open(path + "/" + lock_name, O_RDWR | O_CREAT));
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(errno, "lock", file.path());
    return fail_retryable(ErrorCode::unavailable,
                          "another process uses the folder " + path + "; stop it first");
  }
  return file;
}

std::string to_digits(std::uint64_t id) {
  char buffer[id_digits];
  const auto end = std::to_chars(buffer, buffer + id_digits, id, 16).ptr;
  const std::string digits(buffer, end);
  return std::string(id_digits - digits.size(), '0') + digits;
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::string& path) {
  CW_TRY_VOID(make_folder(path));
  CW_TRY_VOID(check_ours(path));
  CW_TRY(PosixFile held, lock(path));
  CW_TRY_VOID(sync_folder(path));
  DataFolder folder(path, std::move(held));
  CW_TRY_VOID(make_folder(folder.log_path()));
  CW_TRY_VOID(make_folder(folder.state_path()));
  CW_TRY_VOID(folder.read_cluster());
  return folder;
}

Result<void> DataFolder::read_cluster() {
  const std::string path = path_ + "/" + cluster_name;
  if (::access(path.c_str(), F_OK) != 0) {
    if (errno == ENOENT) return {};
    return system_error(errno, "examine", path);
  }
  CW_TRY(const PosixFile file, PosixFile::open(path, O_RDONLY));
  CW_TRY(const std::uint64_t size, file.size());
  Bytes text;
  CW_TRY_VOID(file.read_at(0, std::min<std::uint64_t>(size, id_digits + 1), text));
  std::uint64_t id = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + std::min(text.size(), id_digits), id, 16);
  if (size != id_digits + 1 || error != std::errc() || end != text.data() + id_digits ||
      text.back() != '\n') {
    return fail(ErrorCode::invalid, path + " is damaged: it should be " + std::to_string(id_digits) +
                                        " hexadecimal digits and a line end");
  }
  cluster_ = id;
  return {};
}

Result<void> DataFolder::set_cluster(std::uint64_t cluster) {
  if (cluster_ == cluster) return {};
  if (cluster_) {
    return fail(ErrorCode::invalid, "the folder " + path_ + " belongs to cluster " + to_digits(*cluster_) +
                                        ", not to " + to_digits(cluster));
  }
  const std::string draft = path_ + "/" + cluster_draft_name;
  CW_TRY(PosixFile file, PosixFile::open(draft, O_RDWR | O_CREAT | O_TRUNC));
  CW_TRY_VOID(file.write_at(0, to_digits(cluster) + "\n"));
  CW_TRY_VOID(file.sync_data());
  CW_TRY_VOID(rename_file(draft, path_ + "/" + cluster_name));
  CW_TRY_VOID(sync_folder(path_));
  cluster_ = cluster;
  return {};
}

}  // namespace causeway
