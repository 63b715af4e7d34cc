// The state at a clock: an ordered map of records that changes only by whole transactions, each durable on return.
// LMDB, or its twin in memory. Checksums are not its task (storage/record.h).
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/function_ref.h"
#include "base/result.h"

namespace causeway {

struct StateWrite {
  Bytes key;                   ///< at most 511 bytes
  std::optional<Bytes> value;  ///< none removes
};

class StateStore {
 public:
  /// What fills a transaction. Keys in their order are quickest.
  class Transaction {
   public:
    virtual ~Transaction() = default;
    virtual Result<void> put(BytesView key, BytesView value) = 0;
    virtual Result<void> erase(BytesView key) = 0;
    /// Erases records whose keys begin with `head`, but no more than `count`, which goes down.
    virtual Result<void> erase_some(BytesView head, std::size_t& count) = 0;
  };
  using Fill = FunctionRef<Result<void>(Transaction&)>;
  /// Returns whether to go on. The views are valid during the visit.
  using Visitor = FunctionRef<bool(BytesView key, BytesView value)>;

  virtual ~StateStore() = default;

  virtual Result<std::optional<Bytes>> get(BytesView key) const = 0;
  /// Visits records from `from` on (inclusive), in the order of keys.
  virtual Result<void> scan(BytesView from, Visitor visit) const = 0;
  /// All or nothing, durable on return; beside the loop that reads, if need be. Errors: storage_full (retryable); others
  /// are final.
  virtual Result<void> commit(Fill fill) = 0;
  Result<void> commit(const std::vector<StateWrite>& writes) {
    return commit([&writes](Transaction& transaction) -> Result<void> {
      for (const StateWrite& write : writes) {
        CW_TRY_VOID(write.value ? transaction.put(write.key, *write.value) : transaction.erase(write.key));
      }
      return {};
    });
  }
  [[nodiscard]] virtual std::uint64_t bytes_used() const = 0;
};

}  // namespace causeway
