// The state in LMDB: one environment, synced commits. Every error of a commit but a full disk is final.
#pragma once

#include <lmdb.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/state_store.h"

namespace causeway {

struct LmdbLimits {
  std::uint64_t bytes_max = std::uint64_t{1}
                            << 40U;  ///< the file never gets larger; so much address space is taken
};

class LmdbStateStore final : public StateStore {
 public:
  /// Opens the folder, which is there and which nobody else uses (storage/data_folder.h).
  static Result<std::unique_ptr<LmdbStateStore>> open(const std::string& folder, const LmdbLimits& limits);
  LmdbStateStore(const LmdbStateStore&) = delete;
  LmdbStateStore& operator=(const LmdbStateStore&) = delete;
  ~LmdbStateStore() override;

  Result<std::optional<Bytes>> get(BytesView key) const override;
  Result<void> scan(BytesView from, Visitor visit) const override;
  using StateStore::commit;
  /// From any one thread at a time, also while another reads.
  Result<void> commit(Fill fill) override;
  [[nodiscard]] std::uint64_t bytes_used() const override;

 private:
  /// A read transaction: renewed from those at rest, and put back to rest.
  class Reading;
  class Writing;

  LmdbStateStore(std::string folder, const LmdbLimits& limits)
      : folder_(std::move(folder)), limits_(limits) {}

  Result<void> open_environment();
  [[nodiscard]] tl::unexpected<Error> error(int code, const std::string& what) const;
  Result<void> explain_failed_commit(int code);

  std::string folder_;
  LmdbLimits limits_;
  MDB_env* environment_ = nullptr;
  MDB_dbi database_ = 0;
  mutable std::vector<MDB_txn*> resting_;  ///< read transactions that were reset
  std::optional<Error> failed_;            ///< a commit that failed for good: the node stops
};

}  // namespace causeway
