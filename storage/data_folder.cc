#include "storage/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>

namespace causeway {
namespace {

constexpr const char* lock_name = "causeway.lock";
constexpr const char* cluster_name = "cluster";
constexpr const char* cluster_draft_name = "cluster.new";
constexpr const char* shards_name = "shards";
constexpr const char* shards_draft_name = "shards.new";
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

/// It may be absent.
Result<void> remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return error ? Result<void>(system_error(error.value(), "remove", path)) : Result<void>();
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

Result<DataFolder> DataFolder::open(const std::string& path, std::uint32_t shards_if_empty) {
  CW_TRY_VOID(make_folder(path));
  CW_TRY_VOID(check_ours(path));
  CW_TRY(PosixFile held, lock(path));
  CW_TRY_VOID(sync_folder(path));
  DataFolder folder(path, std::move(held));
  CW_TRY_VOID(folder.find_shards(shards_if_empty));
  CW_TRY_VOID(folder.read_cluster());
  return folder;
}

Result<void> DataFolder::find_shards(std::uint32_t shards_if_empty) {
  if (::access((path_ + "/log").c_str(), F_OK) == 0) {
    return fail(
        ErrorCode::invalid, "the folder " + path_ +
                                " was laid out by an earlier version, which this one cannot read; move it "
                                "away and " "start with an empty one: what others hold comes back from them");
  }
  CW_TRY_VOID(remove_tree(path_ + "/" + shards_draft_name));
  if (::access((path_ + "/" + shards_name).c_str(), F_OK) != 0) {
    if (errno != ENOENT) return system_error(errno, "examine", path_ + "/" + shards_name);
    CW_TRY_VOID(begin_change(shards_if_empty));
    return finish_change();
  }
  CW_TRY(const std::vector<std::string> names, list_folder(path_ + "/" + shards_name));
  shards_ = static_cast<std::uint32_t>(names.size());
  return {};
}

ShardFolder DataFolder::shard(std::uint32_t k) const {
  return {path_ + "/" + shards_name + "/" + std::to_string(k)};
}

Result<std::vector<ShardFolder>> DataFolder::begin_change(std::uint32_t shards) {
  const std::string draft = path_ + "/" + shards_draft_name;
  CW_TRY_VOID(remove_tree(draft));
  CW_TRY_VOID(make_folder(draft));
  std::vector<ShardFolder> folders;
  for (std::uint32_t k = 0; k < shards; ++k) {
    folders.push_back({draft + "/" + std::to_string(k)});
    CW_TRY_VOID(make_folder(folders.back().path));
    CW_TRY_VOID(make_folder(folders.back().log()));
    CW_TRY_VOID(make_folder(folders.back().state()));
  }
  return folders;
}

Result<void> DataFolder::finish_change() {
  const std::string draft = path_ + "/" + shards_draft_name;
  const std::string place = path_ + "/" + shards_name;
  CW_TRY(const std::vector<std::string> names, list_folder(draft));
  if (shards_ == 0) {
    CW_TRY_VOID(rename_file(draft, place));
  } else if (::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) != 0) {
    return system_error(errno, "exchange with " + place, draft);
  }
  CW_TRY_VOID(sync_folder(path_));
  shards_ = static_cast<std::uint32_t>(names.size());
  return remove_tree(draft);
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
