// The state at a clock: an ordered map of records that changes only by whole transactions, each durable on return.
// LMDB, or its twin in memory. Checksums are not its task (storage/record.h).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace causeway {

struct StateWrite {
  Bytes key;                   ///< at most 511 bytes
  std::optional<Bytes> value;  ///< none removes
};

class StateStore {
 public:
  /// Returns whether to go on. The views are valid during the visit.
  using Visitor = std::function<bool(BytesView key, BytesView value)>;

  virtual ~StateStore() = default;

  virtual Result<std::optional<Bytes>> get(BytesView key) const = 0;
  /// Visits records from `from` on (inclusive), in the order of keys.
  virtual Result<void> scan(BytesView from, const Visitor& visit) const = 0;
  /// All or nothing, durable on return. Errors: storage_full (retryable); others are final.
  virtual Result<void> commit(const std::vector<StateWrite>& writes) = 0;
  [[nodiscard]] virtual std::uint64_t bytes_used() const = 0;
};

}  // namespace causeway
