#include "storage/memory_state.h"

#include "base/check.h"
#include "storage/keys.h"

namespace causeway {

Result<std::optional<Bytes>> MemoryStateStore::get(BytesView key) const {
  const auto at = records_.find(key);
  if (at == records_.end()) return std::optional<Bytes>();
  return std::optional<Bytes>(at->second);
}

Result<void> MemoryStateStore::scan(BytesView from, const Visitor& visit) const {
  ++visits_;
  for (auto at = records_.lower_bound(from); at != records_.end(); ++at) {
    if (!visit(at->first, at->second)) break;
  }
  --visits_;
  return {};
}

Result<void> MemoryStateStore::commit(const std::vector<StateWrite>& writes) {
  CW_CHECK(visits_ == 0, "nothing is committed during a visit");
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
