// The part of Partition that proves itself: everything derived, computed anew from the entries.
#include "crdt/forget.h"
#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {
namespace {

tl::unexpected<Error> differs(PartitionId id, const std::string& what) {
  return fail(ErrorCode::internal,
              "partition " + std::to_string(id.value) + " is not what its entries say: " + what);
}

}  // namespace

Result<void> Partition::check(EntryVisitor visit) const {
  CW_TRY(const ObjectTable::Effect found, notice(parts_->objects->check(visit)));
  if (found.entries != entries()) {
    return differs(id(),
                   "it has " + std::to_string(found.entries) + " entries, not " + std::to_string(entries()));
  }
  if (found.digest != digest()) return differs(id(), "its digest");
  return {};
}

Result<void> Partition::verify() const {
  bool listed = true;
  CW_TRY_VOID(check([&](BytesView key, const EntryView& entry) {
    if (parts_->lists_due && due_of(entry.path, entry.payload)) listed = listed && parts_->due.lists(key);
    return true;
  }));
  if (!listed) return differs(id(), "an object with entries that may be forgotten is not listed");
  return {};
}

Result<void> Partition::verify_and_list() {
  list_due();
  return check([&](BytesView key, const EntryView& entry) {
    note_due(key, entry.path, entry.payload, 0);
    return true;
  });
}

}  // namespace causeway
