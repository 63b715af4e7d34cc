// The state's twin in memory: for tests and the simulator. It stands for the disk: it outlives the stores opened on it.
#pragma once

#include <cstdint>
#include <limits>
#include <map>

#include "storage/state_store.h"

namespace causeway {

/// A copy is a backup, and an assignment restores it.
class MemoryStateStore final : public StateStore {
 public:
  explicit MemoryStateStore(std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max())
      : bytes_max_(bytes_max) {}

  Result<std::optional<Bytes>> get(BytesView key) const override;
  Result<void> scan(BytesView from, Visitor visit) const override;
  using StateStore::commit;
  Result<void> commit(Fill fill) override;
  [[nodiscard]] std::uint64_t bytes_used() const override { return bytes_used_; }

  /// How often something was committed, or tried.
  [[nodiscard]] std::uint64_t commits() const { return commits_; }

  /// The process died or the power failed: what was committed stays, a failure is forgotten.
  void crash() { failed_ = false; }
  /// The next commit fails for good, as after a failed sync: nothing of it is kept.
  void fail_next_commit() { fail_next_commit_ = true; }
  void set_bytes_max(std::uint64_t bytes_max) { bytes_max_ = bytes_max; }
  /// Flips one bit of the stored value. Returns whether there is one.
  bool damage(BytesView key, std::size_t bit);
  void wipe();

 private:
  class Collecting;

  std::map<Bytes, Bytes, std::less<>> records_;
  std::uint64_t bytes_used_ = 0;
  std::uint64_t bytes_max_;
  std::uint64_t commits_ = 0;
  bool fail_next_commit_ = false;
  bool failed_ = false;
};

}  // namespace causeway
