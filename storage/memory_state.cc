#include "storage/memory_state.h"

#include "base/check.h"
#include "storage/keys.h"

namespace causeway {

Result<std::optional<Bytes>> MemoryStateStore::get(BytesView key) const {
  const auto at = records_.find(key);
  if (at == records_.end()) return std::optional<Bytes>();
  return std::optional<Bytes>(at->second);
}

class MemoryStateStore::Collecting final : public Transaction {
 public:
  explicit Collecting(const MemoryStateStore& store) : store_(store) {}

  Result<void> put(BytesView key, BytesView value) override {
    writes.insert_or_assign(Bytes(key), Bytes(value));
    return {};
  }
  Result<void> erase(BytesView key) override {
    writes.insert_or_assign(Bytes(key), std::nullopt);
    return {};
  }
  Result<void> erase_some(BytesView head, std::size_t& count) override {
    for (auto at = store_.records_.lower_bound(head);
         at != store_.records_.end() && at->first.starts_with(head) && count > 0; ++at) {
      writes.insert_or_assign(at->first, std::nullopt);
      --count;
    }
    return {};
  }

  std::map<Bytes, std::optional<Bytes>> writes;

 private:
  const MemoryStateStore& store_;
};

Result<void> MemoryStateStore::scan(BytesView from, Visitor visit) const {
  for (auto at = records_.lower_bound(from); at != records_.end(); ++at) {
    if (!visit(at->first, at->second)) break;
  }
  return {};
}

Result<void> MemoryStateStore::commit(Fill fill) {
  Collecting collected(*this);
  CW_TRY_VOID(fill(collected));
  const auto& writes = collected.writes;
  ++commits_;
  if (fail_next_commit_ || failed_) {
    fail_next_commit_ = false;
    failed_ = true;
    return fail(ErrorCode::internal, "the state could not be written; stop the node");
  }
  std::uint64_t bytes = bytes_used_;
  for (const auto& [key, value] : writes) {
    CW_CHECK(!key.empty());
    CW_CHECK(key.size() <= state_key_bytes_max, "keys of the state are bounded");
    const auto at = records_.find(key);
    if (at != records_.end()) bytes -= key.size() + at->second.size();
    if (value) bytes += key.size() + value->size();
  }
  if (bytes > bytes_max_ && bytes > bytes_used_) {
    return fail_retryable(ErrorCode::storage_full, "the disk is full: the state cannot grow");
  }
  for (const auto& [key, value] : writes) {
    if (value) {
      records_.insert_or_assign(key, *value);
    } else {
      records_.erase(key);
    }
  }
  bytes_used_ = bytes;
  return {};
}

bool MemoryStateStore::damage(BytesView key, std::size_t bit) {
  const auto at = records_.find(key);
  if (at == records_.end() || at->second.empty()) return false;
  char& byte = at->second[bit / 8 % at->second.size()];
  byte = static_cast<char>(byte ^ (1 << bit % 8));
  return true;
}

void MemoryStateStore::wipe() {
  records_.clear();
  bytes_used_ = 0;
  failed_ = false;
}

}  // namespace causeway
