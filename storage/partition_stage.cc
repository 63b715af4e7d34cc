// The part of Partition that builds a second state beside the first, from a peer's chunks, and puts it in its place.
#include <utility>

#include "base/check.h"
#include "base/plant.h"
#include "storage/partition_parts.h"

namespace causeway {

Result<void> Partition::take(const std::vector<Entry>& entries) {
  PartitionRecord& now = parts_->now;
  const Entry* before = nullptr;
  std::uint64_t at_path = 0;
  for (const Entry& entry : entries) {
    CW_TRY(const ObjectPin object, notice(parts_->objects->load(entry.key)));
    parts_->objects->insert(*object, entry.path, entry.dot, entry.payload);
    now.digest += digest_of(entry.key, entry.path, entry.dot, entry.payload);
    ++now.entries;
    const bool same_path = before != nullptr && before->key == entry.key && before->path == entry.path;
    at_path = same_path ? at_path + 1 : 1;
    before = &entry;
    const auto head = parse_path(entry.path);
    if (at_path == 2 && head && head->part == Part::request) parts_->objects->add_duplicate_requests(*object, 1);
  }
  return {};
}

void Partition::claim(const VersionVector& clock, Hlc hlc) {
  parts_->now.clock.join(clock);
  parts_->now.hlc = std::max(parts_->now.hlc, hlc);
}

Result<void> Partition::absorb(const Event& event) {
  CW_CHECK(is_ready(event.dot, event.deps, clock()), "events are applied in causal order, once");
  CW_TRY(Change change, prepare(event, true));
  carry_out(event, change);
  return {};
}

void Partition::exchange(Partition& staged) {
  Parts& ours = *parts_;
  Parts& theirs = *staged.parts_;
  std::swap(ours.objects, theirs.objects);
  std::swap(ours.now, theirs.now);
  std::swap(ours.damage, theirs.damage);
  // What the log leads to stays what it was: what this state covers beyond is not in it (rule 3).
  const VersionVector beyond = moved_since(ours.now.clock, theirs.now.clock);
  ours.now.floor = theirs.now.floor;
  if (!planted(Plant::merge_without_floor)) ours.now.floor.join(beyond);
  ours.now.sequence = theirs.now.sequence;
  ours.dirty = true;
}

}  // namespace causeway
