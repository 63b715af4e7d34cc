// No MDB_NOSYNC: half of the images of a power cut would not open. No MDB_WRITEMAP: a full disk would be a SIGBUS. No
// MDB_DUPSORT: the packaged version has known faults there. MDB_NOTLS: a transaction belongs to whoever holds it.
#include "storage/lmdb_state.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "storage/keys.h"
#include "storage/posix_file.h"

namespace causeway {
namespace {

constexpr unsigned environment_flags = MDB_NOTLS;
constexpr mdb_mode_t file_mode = 0640;
constexpr std::uint64_t page_bytes = 4096;

MDB_val to_val(BytesView bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
BytesView from_val(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }

bool disk_is_full(const std::string& folder) {
  struct statvfs facts{};
  constexpr std::uint64_t little_bytes = 64 << 10;
  return ::statvfs(folder.c_str(), &facts) == 0 && facts.f_bavail * facts.f_frsize < little_bytes;
}

}  // namespace

class LmdbStateStore::Reading {
 public:
  explicit Reading(const LmdbStateStore& store) : store_(store) {}
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
    if (transaction_ == nullptr) return;
    mdb_txn_reset(transaction_);
    store_.resting_.push_back(transaction_);
  }

  int begin() {
    if (store_.resting_.empty())
      return mdb_txn_begin(store_.environment_, nullptr, MDB_RDONLY, &transaction_);
    transaction_ = std::exchange(store_.resting_.back(), nullptr);
    store_.resting_.pop_back();
    return mdb_txn_renew(transaction_);
  }
  int open_cursor() { return mdb_cursor_open(transaction_, store_.database_, &cursor_); }
  int get(MDB_val& key, MDB_val& value) { return mdb_get(transaction_, store_.database_, &key, &value); }
  int seek(MDB_val& key, MDB_val& value) { return mdb_cursor_get(cursor_, &key, &value, MDB_SET_RANGE); }
  int next(MDB_val& key, MDB_val& value) { return mdb_cursor_get(cursor_, &key, &value, MDB_NEXT); }

 private:
  const LmdbStateStore& store_;
  MDB_txn* transaction_ = nullptr;
  MDB_cursor* cursor_ = nullptr;
};

Result<std::unique_ptr<LmdbStateStore>> LmdbStateStore::open(const std::string& folder,
                                                             const LmdbLimits& limits) {
  std::unique_ptr<LmdbStateStore> store(new LmdbStateStore(folder, limits));
  CW_TRY_VOID(store->open_environment());
  return store;
}

Result<void> LmdbStateStore::open_environment() {
  int code = mdb_env_create(&environment_);
  if (code == 0) code = mdb_env_set_mapsize(environment_, limits_.bytes_max / page_bytes * page_bytes);
  if (code == 0) code = mdb_env_open(environment_, folder_.c_str(), environment_flags, file_mode);
  if (code != 0) return error(code, "open the state in");
  int dead = 0;
  mdb_reader_check(environment_, &dead);
  MDB_txn* transaction = nullptr;
  code = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction);
  if (code == 0) code = mdb_dbi_open(transaction, nullptr, 0, &database_);
  if (code == 0) {
    code = mdb_txn_commit(transaction);
  } else if (transaction != nullptr) {
    mdb_txn_abort(transaction);
  }
  if (code != 0) return error(code, "open the state in");
  return sync_folder(folder_);
}

LmdbStateStore::~LmdbStateStore() {
  for (MDB_txn* transaction : resting_) mdb_txn_abort(transaction);
  if (environment_ != nullptr) mdb_env_close(environment_);
}

tl::unexpected<Error> LmdbStateStore::error(int code, const std::string& what) const {
  return fail(ErrorCode::internal, "cannot " + what + " " + folder_ + ": " + mdb_strerror(code));
}

Result<std::optional<Bytes>> LmdbStateStore::get(BytesView key) const {
  Reading reading(*this);
  MDB_val wanted = to_val(key);
  MDB_val value{};
  int code = reading.begin();
  if (code == 0) code = reading.get(wanted, value);
  if (code == MDB_NOTFOUND) return std::optional<Bytes>();
  if (code != 0) return error(code, "read the state in");
  return std::optional<Bytes>(from_val(value));
}

Result<void> LmdbStateStore::scan(BytesView from, Visitor visit) const {
  Reading reading(*this);
  MDB_val key = to_val(from);
  MDB_val value{};
  int code = reading.begin();
  if (code == 0) code = reading.open_cursor();
  if (code == 0) code = reading.seek(key, value);
  for (; code == 0; code = reading.next(key, value)) {
    if (!visit(from_val(key), from_val(value))) return {};
  }
  if (code != MDB_NOTFOUND) return error(code, "read the state in");
  return {};
}

/// A write transaction; its first failure sticks.
class LmdbStateStore::Writing final : public Transaction {
 public:
  explicit Writing(LmdbStateStore& store) : store_(store) {
    code_ = mdb_txn_begin(store.environment_, nullptr, 0, &transaction_);
    if (code_ == 0) code_ = mdb_cursor_open(transaction_, store.database_, &cursor_);
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
  ~Writing() override {
    if (transaction_ != nullptr) mdb_txn_abort(transaction_);
  }

  Result<void> put(BytesView key, BytesView value) override {
    check(key);
    MDB_val at = to_val(key);
    MDB_val bytes = to_val(value);
    return done(mdb_cursor_put(cursor_, &at, &bytes, 0));
  }
  Result<void> erase(BytesView key) override {
    check(key);
    MDB_val at = to_val(key);
    const int code = mdb_del(transaction_, store_.database_, &at, nullptr);
    return done(code == MDB_NOTFOUND ? 0 : code);
  }
  Result<void> erase_some(BytesView head, std::size_t& count) override {
    for (; count > 0; --count) {
      MDB_val key = to_val(head);
      MDB_val value{};
      const int found = mdb_cursor_get(cursor_, &key, &value, MDB_SET_RANGE);
      if (found == MDB_NOTFOUND || (found == 0 && !from_val(key).starts_with(head))) return {};
      CW_TRY_VOID(done(found));
      CW_TRY_VOID(done(mdb_cursor_del(cursor_, 0)));
    }
    return {};
  }
  /// LMDB's return code of the first failure, 0 if there was none.
  [[nodiscard]] int code() const { return code_; }
  int commit() {
    if (code_ == 0) code_ = mdb_txn_commit(std::exchange(transaction_, nullptr));
    return code_;
  }

 private:
  static void check(BytesView key) {
    CW_CHECK(!key.empty());
    CW_CHECK(key.size() <= state_key_bytes_max, "keys of the state are bounded");
  }
  Result<void> done(int code) {
    if (code_ == 0) code_ = code;
    if (code_ == 0) return {};
    return store_.error(code_, "write the state in");
  }

  LmdbStateStore& store_;
  MDB_txn* transaction_ = nullptr;
  MDB_cursor* cursor_ = nullptr;  ///< ends with its transaction
  int code_ = 0;
};

Result<void> LmdbStateStore::commit(Fill fill) {
  if (failed_) return tl::unexpected<Error>(*failed_);
  Writing writing(*this);
  const Result<void> filled = fill(writing);
  const int code = filled ? writing.commit() : writing.code();
  if (code != 0) return explain_failed_commit(code);
  return filled;
}

/// A full disk leaves the state as it was, and may have room later. After anything else nobody knows what is on the disk:
/// LMDB would carry on after a failed sync as if nothing had happened.
Result<void> LmdbStateStore::explain_failed_commit(int code) {
  const bool full =
      code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT || (code == EIO && disk_is_full(folder_));
  if (full) {
    return fail_retryable(ErrorCode::storage_full, "the disk is full: the state in " + folder_ +
                                                       " cannot grow: " + mdb_strerror(code));
  }
  failed_ = error(code, "write the state in").value();
  failed_->sentence += "; stop the node";
  return tl::unexpected<Error>(*failed_);
}

std::uint64_t LmdbStateStore::bytes_used() const {
  MDB_envinfo info{};
  MDB_stat facts{};
  mdb_env_info(environment_, &info);
  mdb_env_stat(environment_, &facts);
  return (std::uint64_t{info.me_last_pgno} + 1) * facts.ms_psize;
}

}  // namespace causeway
