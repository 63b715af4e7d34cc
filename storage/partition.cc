#include "storage/partition.h"

#include <algorithm>

#include "base/check.h"
#include "base/plant.h"
#include "crdt/apply.h"
#include "crdt/codec.h"
#include "crdt/container.h"
#include "crdt/forget.h"
#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {
namespace {

tl::unexpected<Error> damaged_log(const Partition& partition, Sequence sequence, const std::string& why) {
  return fail(ErrorCode::internal, "damaged log: record " + std::to_string(sequence.value) +
                                       " of partition " + std::to_string(partition.id().value) + " " + why);
}

}  // namespace

Partition::Partition(PartitionId id, StateId state_id, EventLog& log, const StateStore& state, Tier& tier)
    : parts_(std::make_unique<Parts>(id, state_id, log, state, tier)) {}
Partition::~Partition() = default;

PartitionId Partition::id() const { return parts_->id; }
const VersionVector& Partition::clock() const { return parts_->now.clock; }
const Hash128& Partition::digest() const { return parts_->now.digest; }
const VersionVector& Partition::floor() const { return parts_->now.floor; }
std::uint64_t Partition::entries() const { return parts_->now.entries; }
Hlc Partition::hlc() const { return parts_->now.hlc; }

DueIndex& Partition::due() const { return parts_->due; }

void Partition::list_due() { parts_->lists_due = true; }

void Partition::note_due(BytesView key, BytesView path, BytesView payload, std::uint64_t earliest_ms) {
  if (const auto due = due_of(path, payload))
    parts_->due.note(key, {std::max(due->ms, earliest_ms), due->is_expiry});
}

const Error* Partition::damage() const { return parts_->damage ? &*parts_->damage : nullptr; }

Partition::Held::~Held() {
  if (table_ != nullptr) table_->release();
}

Result<Partition::Held> Partition::hold(BytesView key, std::uint64_t hash) const {
  auto entries = parts_->objects->hold(key, hash);
  if (!entries) return tl::unexpected<Error>(notice(std::move(entries)).error());
  return Held(*parts_->objects, *entries);
}

Result<void> Partition::at(BytesView key, BytesView path, Visitor visit) const {
  return notice(parts_->objects->at(key, path, visit));
}

Result<void> Partition::scan(BytesView key, BytesView prefix, Visitor visit) const {
  return notice(parts_->objects->scan(key, prefix, prefix, visit));
}

Result<void> Partition::scan_from(BytesView key, BytesView from, Visitor visit) const {
  return notice(parts_->objects->scan(key, from, {}, visit));
}

Result<void> Partition::summary(BytesView key, BytesView base, ObjectSummary& summary) const {
  return notice(parts_->objects->summary(key, base, summary));
}

Result<const ElementOrder*> Partition::order(const Place& place, ElementOrder& scratch) const {
  return notice(parts_->objects->order(place, scratch));
}

Result<void> Partition::objects(BytesView from, ObjectVisitor visit) const {
  return notice(parts_->objects->objects(from, visit));
}

Result<void> Partition::walk(const std::optional<EntryPosition>& behind, EntryVisitor visit) const {
  return notice(parts_->objects->walk(behind ? &*behind : nullptr, visit));
}

void Partition::prefetch_slot(std::uint64_t hash) const { parts_->objects->prefetch_slot(hash); }
void Partition::prefetch_blob(std::uint64_t hash) const { parts_->objects->prefetch_blob(hash); }
std::uint64_t Partition::prefetch_element(BytesView key, std::uint64_t hash, BytesView name) const {
  return parts_->objects->prefetch_element(key, hash, name);
}

Result<void> Partition::apply(const Event& event, bool local) {
  CW_CHECK(is_ready(event.dot, event.deps, clock()), "events are applied in causal order, once");
  if (!parts_->tier.has_room(!local)) {
    return fail_retryable(ErrorCode::storage_full, "the disk is full: the state cannot take a checkpoint");
  }
  CW_TRY(const ObjectTable::Effect effect, notice(parts_->objects->prepare(event, false)));
  CW_TRY(const Sequence sequence, parts_->log.append(id(), event.bytes, !local));
  if (planted(Plant::event_logged_twice) && !local)
    CW_TRY_VOID(parts_->log.append(id(), event.bytes, !local));
  carry_out_logged(event, effect.digest, effect.entries, sequence);
  return {};
}

Result<void> Partition::replay(const LogRecord& record) {
  if (record.sequence <= parts_->now.sequence && !planted(Plant::replayed_what_is_stored)) return {};
  Event& event = parts_->decoded;
  if (const auto read = decode_event(record.bytes, event); !read) {
    return damaged_log(*this, record.sequence, "is " + read.error().sentence);
  }
  if (!is_ready(event.dot, event.deps, clock())) {
    return damaged_log(*this, record.sequence, "does not follow the events before it");
  }
  CW_TRY(const ObjectTable::Effect effect, notice(parts_->objects->prepare(event, false)));
  carry_out_logged(event, effect.digest, effect.entries, record.sequence);
  return {};
}

void Partition::carry_out_logged(const Event& event, const Hash128& digest, std::uint64_t entries,
                                 Sequence sequence) {
  parts_->marks.note_event(sequence, parts_->log.segment_first(sequence), parts_->now.clock);
  carry_out(event, digest, entries);
  parts_->now.sequence = sequence;
}

void Partition::carry_out(const Event& event, const Hash128& digest, std::uint64_t entries) {
  PartitionRecord& now = parts_->now;
  parts_->objects->carry_out();
  now.digest += digest;
  now.entries += entries;
  now.clock.raise(event.dot);
  now.hlc = std::max(now.hlc, event.hlc);
  parts_->dirty = true;
  if (!parts_->lists_due) return;
  for (const Mutation& mutation : event.mutations) {
    // What waits only to be settled is not before its event has gone round.
    if (mutation.form == MutationForm::insert && may_be_due(mutation.path))
      note_due(mutation.key, mutation.path, mutation.payload, event.hlc.milliseconds());
  }
}

}  // namespace causeway
