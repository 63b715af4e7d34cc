// The part of Partition that proves itself: everything derived, computed anew from the entries.
#include <algorithm>
#include <unordered_set>

#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {
namespace {

tl::unexpected<Error> differs(PartitionId id, const std::string& what) {
  return fail(ErrorCode::internal,
              "partition " + std::to_string(id.value) + " is not what its entries say: " + what);
}

}  // namespace

Result<void> Partition::verify() const {
  Hash128 sum;
  std::uint64_t count = 0;
  CW_TRY_VOID(notice(parts_->objects->check([&](BytesView key, const EntryView& entry) {
    sum += digest_of(key, entry.path, entry.dot, entry.payload);
    ++count;
    return true;
  })));
  if (count != entries())
    return differs(id(), "it has " + std::to_string(count) + " entries, not " + std::to_string(entries()));
  if (sum != digest()) return differs(id(), "its digest");
  return {};
}

}  // namespace causeway
