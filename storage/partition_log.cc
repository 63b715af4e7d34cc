// The part of Partition that stands between log, state and memory: recovery, checkpoint, positions and trimming.
#include <algorithm>

#include "base/plant.h"
#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {

Result<void> Partition::restore() {
  const Bytes key = keys::partition(id());
  CW_TRY(const std::optional<Bytes> value, parts_->state.get(key));
  if (value) {
    CW_TRY(const BytesView body, open_record(key, *value));
    CW_TRY(parts_->now, decode_partition(key, body));
    parts_->objects.restore(parts_->now.next_object, parts_->now.actors);
  }
  return parts_->marks.load(parts_->state);
}

bool Partition::dirty() const { return parts_->dirty || parts_->objects.dirty() || parts_->marks.dirty(); }

void Partition::collect(std::vector<StateWrite>& writes, Sequence checkpoint) {
  if (!dirty()) return;
  parts_->objects.collect(writes);
  parts_->marks.collect(writes);
  PartitionRecord record = parts_->now;
  record.sequence = checkpoint;
  record.next_object = parts_->objects.next_object();
  record.actors = parts_->objects.actors();
  Bytes key = keys::partition(id());
  Bytes value = seal_record(key, encode(record));
  writes.push_back({std::move(key), std::move(value)});
}

void Partition::settle() {
  parts_->objects.settle();
  parts_->marks.settle();
  parts_->dirty = false;
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
