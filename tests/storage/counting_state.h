// A state in memory that counts what is read of it.
#pragma once

#include "storage/memory_state.h"

namespace causeway::testing {

class CountingState final : public StateStore {
 public:
  Result<std::optional<Bytes>> get(BytesView key) const override {
    ++gets;
    return state.get(key);
  }
  Result<void> scan(BytesView from, Visitor visit) const override {
    return state.scan(from, [&](BytesView key, BytesView value) {
      ++scanned;
      return visit(key, value);
    });
  }
  Result<void> commit(Fill fill) override { return state.commit(fill); }
  [[nodiscard]] std::uint64_t bytes_used() const override { return state.bytes_used(); }

  void forget() const { gets = scanned = 0; }

  MemoryStateStore state;
  mutable std::size_t gets = 0;
  mutable std::size_t scanned = 0;  ///< records that were shown
};

}  // namespace causeway::testing
