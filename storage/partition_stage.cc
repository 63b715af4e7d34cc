// The part of Partition that builds a second state beside the first, from a peer's chunks, and puts it in its place.
#include <utility>

#include <algorithm>
#include "base/check.h"
#include "base/plant.h"

#include "storage/partition_parts.h"

namespace causeway {

Result<void> Partition::take(const std::vector<Entry>& entries) {
  for (auto from = entries.begin(); from != entries.end();) {
    const auto upto =
        std::find_if(from, entries.end(), [&](const Entry& entry) { return entry.key != from->key; });
    CW_TRY(const ObjectTable::Effect effect, notice(parts_->objects->prepare_take({from, upto})));
    parts_->objects->carry_out();
    for (auto entry = from; entry != upto; ++entry) {
      note_due(entry->key, entry->path, entry->payload, 0);
    }
    parts_->now.digest += effect.digest;
    parts_->now.entries += effect.entries;
    from = upto;
  }
  return {};
}

void Partition::claim(const VersionVector& clock, Hlc hlc) {
  parts_->now.clock.join(clock);
  parts_->now.hlc = std::max(parts_->now.hlc, hlc);
}

Result<void> Partition::absorb(const Event& event) {
  CW_CHECK(is_ready(event.dot, event.deps, clock()), "events are applied in causal order, once");
  CW_TRY(const ObjectTable::Effect effect, notice(parts_->objects->prepare(event, true)));
  carry_out(event, effect.digest, effect.entries);
  return {};
}

void Partition::exchange(Partition& staged) {
  Parts& ours = *parts_;
  Parts& theirs = *staged.parts_;
  std::swap(ours.objects, theirs.objects);
  std::swap(ours.now, theirs.now);
  std::swap(ours.due, theirs.due);
  std::swap(ours.damage, theirs.damage);
  // What the log leads to stays what it was: what this state covers beyond is not in it (rule 3).
  const VersionVector beyond = moved_since(ours.now.clock, theirs.now.clock);
  ours.now.floor = theirs.now.floor;
  if (!planted(Plant::merge_without_floor)) ours.now.floor.join(beyond);
  ours.now.sequence = theirs.now.sequence;
  ours.dirty = true;
}

}  // namespace causeway
