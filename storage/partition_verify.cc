// The part of Partition that proves itself: everything derived, computed anew from the entries.
#include <algorithm>
#include <unordered_set>

#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {
namespace {

/// Computes an object's record from its entries, visited in order.
class Recount {
 public:
  void add(const EntryView& entry) {
    ++record_.entries;
    record_.bytes += entry.path.size() + entry.payload.size();
    const auto head = parse_path(entry.path);
    if (head && is_live(*head)) ++live_[head->type];
    repeats_ = entry.path == path_ ? repeats_ + 1 : 1;
    path_ = entry.path;
    if (repeats_ == 2 && head && head->part == Part::request) ++record_.summary.duplicate_requests;
  }

  [[nodiscard]] bool matches(const ObjectRecord& record) const {
    return record.entries == record_.entries && record.bytes == record_.bytes &&
           record.summary.duplicate_requests == record_.summary.duplicate_requests &&
           std::equal(
               live_.begin(), live_.end(), record.summary.live.begin(), record.summary.live.end(),
               [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; });
  }
  [[nodiscard]] std::uint64_t entries() const { return record_.entries; }

 private:
  ObjectRecord record_;
  std::map<EntryType, std::uint64_t> live_;
  Bytes path_;
  std::uint64_t repeats_ = 0;
};

tl::unexpected<Error> differs(PartitionId id, const std::string& what) {
  return fail(ErrorCode::internal,
              "partition " + std::to_string(id.value) + " is not what its entries say: " + what);
}

}  // namespace

Result<void> Partition::verify() const {
  Hash128 sum;
  std::uint64_t count = 0;
  std::unordered_set<ObjectId> ids;
  Result<void> outcome;
  const auto recount = [&](BytesView key, const ObjectRecord& record) -> Result<void> {
    Recount found;
    CW_TRY_VOID(scan(key, {}, [&](const EntryView& entry) {
      sum += digest_of(key, entry.path, entry.dot, entry.payload);
      found.add(entry);
      return true;
    }));
    count += found.entries();
    if (!found.matches(record)) return differs(id(), "the counts of object " + to_hex(key));
    if (!ids.insert(record.id).second) return differs(id(), "two objects have one id");
    return {};
  };
  CW_TRY_VOID(notice(parts_->objects->objects({}, [&](BytesView key, const ObjectRecord& record) {
    outcome = recount(key, record);
    return outcome.has_value();
  })));
  CW_TRY_VOID(outcome);
  if (count != entries())
    return differs(id(), "it has " + std::to_string(count) + " entries, not " + std::to_string(entries()));
  if (sum != digest()) return differs(id(), "its digest");
  return notice(parts_->objects->find_strays());
}

}  // namespace causeway
