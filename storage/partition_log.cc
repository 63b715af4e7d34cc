// The part of Partition that stands between log, state and memory: recovery, checkpoint, positions and trimming.
#include <algorithm>

#include "base/plant.h"
#include "storage/checkpoint.h"
#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {

Result<void> Partition::restore(const PartitionRecord* record) {
  if (record != nullptr) {
    parts_->now = *record;
    parts_->objects->restore(*record);
  }
  return parts_->marks.load(parts_->state);
}

bool Partition::dirty() const { return parts_->dirty || parts_->objects->dirty() || parts_->marks.dirty(); }

FrozenPart Partition::freeze(Sequence checkpoint) {
  FrozenPart part = freeze_objects();
  parts_->marks.freeze(part.records);
  freeze_record(part.records, checkpoint);
  parts_->dirty = false;
  return part;
}

void Partition::freeze_record(std::vector<StateWrite>& records, Sequence checkpoint) const {
  PartitionRecord record = parts_->now;
  record.state_id = parts_->objects->id();
  record.sequence = checkpoint;
  record.next_object = parts_->objects->next_object();
  record.actors = parts_->objects->actors();
  record.detached = parts_->objects->detached().all();
  Bytes key = keys::partition(id());
  Bytes value = seal_record(key, encode(record));
  records.push_back({std::move(key), std::move(value)});
}

FrozenPart Partition::freeze_objects() { return {parts_->objects->freeze(), {}}; }

void Partition::settle() { parts_->objects->settle(); }

void Partition::thaw() {
  parts_->objects->thaw();
  parts_->marks.thaw();
  parts_->dirty = true;
}

ObjectTable& Partition::table() { return *parts_->objects; }

void Partition::forget_detached(ObjectId object) {
  parts_->objects->forget_detached(object);
  parts_->dirty = true;
}

std::optional<Sequence> Partition::log_position(const VersionVector& clock) const {
  const PartitionRecord& now = parts_->now;
  if (clock.covers(now.clock)) return Sequence{parts_->log.last().value + 1};
  if (!clock.covers(now.floor) && !planted(Plant::trimmed_skipped)) return std::nullopt;
  return std::max(parts_->marks.position(clock), parts_->log.first());
}

Result<void> Partition::read_log(Sequence from, const EventLog::Visitor& visit) const {
  return parts_->log.read(id(), from, visit);
}

void Partition::void_log() {
  parts_->now.floor = parts_->now.clock;
  parts_->marks.restart(Sequence{parts_->log.last().value + 1}, parts_->now.clock);
  parts_->dirty = true;
}

void Partition::set_stable(const VersionVector& stable) { parts_->stable.join(stable); }

bool Partition::is_stable_before(Sequence sequence) const {
  const VersionVector* before = parts_->marks.clock_before(sequence);
  const VersionVector& gone = before != nullptr ? *before : parts_->now.clock;
  return parts_->stable.covers(moved_since(gone, parts_->now.floor));
}

void Partition::drop_log_before(Sequence sequence) {
  const VersionVector* before = parts_->marks.clock_before(sequence);
  const VersionVector& gone = before != nullptr ? *before : parts_->now.clock;
  if (!parts_->now.floor.covers(gone) && !planted(Plant::trim_without_floor)) {
    parts_->now.floor.join(gone);
    parts_->dirty = true;
  }
  parts_->marks.drop_before(sequence);
}

}  // namespace causeway
