#include "storage/partition.h"

#include <algorithm>

#include "base/check.h"
#include "base/plant.h"
#include "crdt/apply.h"
#include "crdt/codec.h"
#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {
namespace {

bool is_request(BytesView path) {
  const auto head = parse_path(path);
  return head && head->part == Part::request;
}

tl::unexpected<Error> damaged_log(const Partition& partition, Sequence sequence, const std::string& why) {
  return fail(ErrorCode::internal, "damaged log: record " + std::to_string(sequence.value) +
                                       " of partition " + std::to_string(partition.id().value) + " " + why);
}

/// Leaves out what is there.
Result<void> drop_repeated(std::vector<Entry>& inserted, const EntryReader& entries) {
  Result<void> outcome;
  std::erase_if(inserted, [&](const Entry& entry) {
    const auto dots = dots_at(entries, entry.key, entry.path);
    if (!dots) outcome = tl::unexpected<Error>(dots.error());
    return dots && std::find(dots->begin(), dots->end(), entry.dot) != dots->end();
  });
  return outcome;
}

}  // namespace

Partition::Partition(PartitionId id, StateId state_id, EventLog& log, const StateStore& state, TierBudget& budget)
    : parts_(std::make_unique<Parts>(id, state_id, log, state, budget)) {}
Partition::~Partition() = default;

PartitionId Partition::id() const { return parts_->id; }
const VersionVector& Partition::clock() const { return parts_->now.clock; }
const Hash128& Partition::digest() const { return parts_->now.digest; }
const VersionVector& Partition::floor() const { return parts_->now.floor; }
std::uint64_t Partition::entries() const { return parts_->now.entries; }
Hlc Partition::hlc() const { return parts_->now.hlc; }

const Error* Partition::damage() const { return parts_->damage ? &*parts_->damage : nullptr; }

Result<void> Partition::scan(BytesView key, BytesView prefix, const Visitor& visit) const {
  return notice(parts_->objects->scan(key, prefix, prefix, visit));
}

Result<ObjectSummary> Partition::summary(BytesView key) const {
  CW_TRY(const ObjectPin object, notice(parts_->objects->load(key)));
  return object->record.summary;
}

Result<void> Partition::objects(BytesView from, const ObjectVisitor& visit) const {
  return notice(parts_->objects->objects(
      from, [&visit](BytesView key, const ObjectRecord& record) { return visit(key, record.summary); }));
}

Result<void> Partition::walk(const std::optional<EntryPosition>& behind, const EntryVisitor& visit) const {
  Result<void> outcome;
  bool go_on = true;
  CW_TRY_VOID(objects(behind ? BytesView(behind->key) : BytesView(), [&](BytesView key, const ObjectSummary&) {
    Bytes from;
    if (behind && key == behind->key) from = behind->path + '\0';  // the next path there can be
    outcome = notice(parts_->objects->scan(
        key, from, {}, [&](const EntryView& entry) { return go_on = visit(key, entry); }));
    return outcome.has_value() && go_on;
  }));
  return outcome;
}

Result<void> Partition::apply(const Event& event, BytesView encoded, bool local) {
  CW_CHECK(is_ready(event.dot, event.deps, clock()), "events are applied in causal order, once");
  if (!parts_->tier.has_room(!local)) {
    return fail_retryable(ErrorCode::storage_full, "the disk is full: the state cannot take a checkpoint");
  }
  CW_TRY(Change change, prepare(event, false));
  CW_TRY(const Sequence sequence, parts_->log.append(id(), encoded, !local));
  if (planted(Plant::event_logged_twice) && !local) CW_TRY_VOID(parts_->log.append(id(), encoded, !local));
  carry_out_logged(event, change, sequence);
  return {};
}

Result<void> Partition::replay(const LogRecord& record) {
  const auto event = decode_event(record.bytes);
  if (!event) return damaged_log(*this, record.sequence, "is " + event.error().sentence);
  if (!is_ready(event->dot, event->deps, clock())) {
    return damaged_log(*this, record.sequence, "does not follow the events before it");
  }
  CW_TRY(Change change, prepare(*event, false));
  carry_out_logged(*event, change, record.sequence);
  return {};
}

/// All that can fail: what the event does, the objects that it touches, and how request ids come to repeat.
Result<Partition::Change> Partition::prepare(const Event& event, bool repeated) const {
  CW_TRY(Effects effects, effects_of(event, *this));
  if (repeated) CW_TRY_VOID(drop_repeated(effects.inserted, *this));
  Change change{std::move(effects), {}};
  const auto hold = [&](const std::vector<Entry>& entries) -> Result<void> {
    for (const Entry& entry : entries) {
      if (change.objects.contains(entry.key)) continue;
      CW_TRY(ObjectPin object, notice(parts_->objects->load(entry.key)));
      const BytesView key = *object->key;
      change.objects.emplace(key, Change::Touched{std::move(object), 0});
    }
    return {};
  };
  CW_TRY_VOID(hold(change.effects.erased));
  CW_TRY_VOID(hold(change.effects.inserted));

  std::map<std::pair<BytesView, BytesView>, std::int64_t> requests;  // (key, path) -> more entries
  for (const Entry& entry : change.effects.erased) {
    if (is_request(entry.path)) --requests[{entry.key, entry.path}];
  }
  for (const Entry& entry : change.effects.inserted) {
    if (is_request(entry.path)) ++requests[{entry.key, entry.path}];
  }
  for (const auto& [place, more] : requests) {
    std::int64_t before = 0;
    CW_TRY_VOID(scan(place.first, place.second, [&before, path = place.second](const EntryView& entry) {
      if (entry.path != path) return false;
      ++before;
      return true;
    }));
    change.touched(place.first).duplicate_requests += (before + more >= 2 ? 1 : 0) - (before >= 2 ? 1 : 0);
  }
  return change;
}

void Partition::carry_out_logged(const Event& event, Change& change, Sequence sequence) {
  parts_->marks.note_event(sequence, parts_->log.segment_first(sequence), parts_->now.clock);
  carry_out(event, change);
  parts_->now.sequence = sequence;
}

void Partition::carry_out(const Event& event, Change& change) {
  PartitionRecord& now = parts_->now;
  for (const Entry& entry : change.effects.erased) {
    parts_->objects->erase(*change.touched(entry.key).object, entry.path, entry.dot, entry.payload);
    if (!planted(Plant::digest_not_updated)) now.digest -= digest_of(entry.key, entry.path, entry.dot, entry.payload);
    --now.entries;
  }
  for (const Entry& entry : change.effects.inserted) {
    parts_->objects->insert(*change.touched(entry.key).object, entry.path, entry.dot, entry.payload);
    now.digest += digest_of(entry.key, entry.path, entry.dot, entry.payload);
    ++now.entries;
  }
  for (auto& [key, touched] : change.objects) {
    if (touched.duplicate_requests != 0)
      parts_->objects->add_duplicate_requests(*touched.object, touched.duplicate_requests);
  }
  now.clock.raise(event.dot);
  now.hlc = std::max(now.hlc, event.hlc);
  parts_->dirty = true;
}

}  // namespace causeway
