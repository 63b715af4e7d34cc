#include "storage/object_table.h"

#include "base/check.h"
#include "base/plant.h"
#include "crdt/container.h"
#include "storage/named_scan.h"
#include "storage/record.h"

namespace causeway {

ObjectTable::ObjectTable(StateId id, const StateStore& state, Tier& tier)
    : id_(id), state_(state), tier_(tier), table_(tier.slot_bytes) {}

ObjectTable::~ObjectTable() {
  table_.each([this](const Blob& blob) {
    tier_.bytes -= blob.memory();
    if (blob.generation == tier_.generation) tier_.dirty_bytes -= blob.memory();
  });
}

void ObjectTable::restore(ObjectId next_object, std::vector<ActorId> actors, bool is_empty) {
  next_object_ = next_object;
  actors_ = ActorTable(std::move(actors));
  complete_ = is_empty;
}

tl::unexpected<Error> ObjectTable::damaged(const RecordName& name) const {
  const bool is_object = name.kind == RecordKind::object;
  return damaged_record(is_object ? keys::object(id_, name.text) : keys::entry(id_, name.object, name.text),
                        "it cannot be read");
}

Result<Blob*> ObjectTable::load(const RecordName& name, std::uint64_t hash, BytesView state_key) {
  CW_TRY(const std::optional<Bytes> value, state_.get(state_key));
  if (!value) return nullptr;
  Bytes unpacked;
  const auto body = open_named(state_key, name.text, *value, unpacked);
  if (!body && planted(Plant::read_error_as_absent)) return nullptr;
  if (!body) return tl::unexpected<Error>(body.error());
  Blob* const blob = tier_.make(name, body->size());
  blob->set(*body, false);
  table_.insert(blob, hash);
  return blob;
}

/// The blob of the object, if there is one, and the hash of the key in any case are remembered.
Result<Blob*> ObjectTable::find_object(BytesView key) {
  if (last_ != nullptr && last_->is_object(key)) return last_;
  return find_object(key, object_name(key).hash());
}

Result<Blob*> ObjectTable::find_object(BytesView key, std::uint64_t hash) {
  if (last_ != nullptr && last_->is_object(key)) return last_;
  const RecordName name = object_name(key);
  Blob* found = table_.find(name, hash);
  if (found == nullptr && !complete_) {
    CW_TRY(found, load(name, hash, keys::object(id_, key)));
  }
  if (visits_ > 0) return found;
  last_ = found;
  last_hash_ = hash;
  last_is_read_ = false;
  return found;
}

Result<const EntryList*> ObjectTable::list_of(const Blob* object, EntryList& list) {
  const bool is_last = object == last_;
  EntryList& into = is_last ? last_list_ : list;
  if (is_last && last_is_read_) return &into;
  if (!into.read_object(object->body(), actors_)) return damaged(object->name());
  if (is_last) last_is_read_ = true;
  return &into;
}

Result<const ObjectRecord*> ObjectTable::record_of(const Blob* object, ObjectRecord& record) {
  const bool is_last = object == last_;
  ObjectRecord& into = is_last ? last_record_ : record;
  if (is_last && last_is_read_) return &into;
  if (!read_record(object->body(), into)) return damaged(object->name());
  if (is_last) last_is_read_ = true;
  return &into;
}

Result<Blob*> ObjectTable::find_entry(ObjectId object, BytesView path, std::uint64_t hash) {
  const RecordName name{RecordKind::entry, object, path};
  if (last_entry_ != nullptr && last_entry_->is(name)) return last_entry_;
  if (Blob* const blob = table_.find(name, hash)) return last_entry_ = blob;
  const auto spread = spreads_.find(object);
  if (spread != spreads_.end() && spread->second.complete) return nullptr;
  return load(name, hash, keys::entry(id_, object, path));
}

std::uint64_t ObjectTable::prefetch_entry(BytesView key, std::uint64_t hash, BytesView path) {
  const Blob* const object = table_.find(object_name(key), hash);
  if (object == nullptr || object->absent() || !is_spread(object->body())) return 0;
  const std::uint64_t entry_hash = RecordName{RecordKind::entry, id_of(object->body()), path}.hash();
  table_.prefetch_slot(entry_hash);
  return entry_hash;
}

ObjectTable::Spread& ObjectTable::spread_of(ObjectId object) { return spreads_[object]; }

Result<std::optional<std::span<const EntryView>>> ObjectTable::hold(BytesView key, std::uint64_t hash) {
  using Held = std::optional<std::span<const EntryView>>;
  CW_TRY(const Blob* const object, find_object(key, hash));
  if (object != nullptr && !object->absent()) {
    if (object != last_ || is_spread(object->body())) {
      ++visits_;
      return Held();
    }
    CW_TRY_VOID(list_of(object, last_list_));
    ++visits_;
    return Held(last_list_.all());
  }
  ++visits_;
  return Held(std::span<const EntryView>());
}

Result<void> ObjectTable::at(BytesView key, BytesView path, Visitor visit) {
  CW_TRY(const Blob* const object, find_object(key));
  if (object == nullptr || object->absent()) return {};
  EntryList list;
  if (!is_spread(object->body())) {
    CW_TRY(const EntryList* const all, list_of(object, list));
    ++visits_;
    for (const EntryView& entry : all->entries) {
      if (entry.path == path && !visit(entry)) break;
    }
    --visits_;
    return {};
  }
  ObjectRecord other;
  CW_TRY(const ObjectRecord* const record, record_of(object, other));
  const RecordName name{RecordKind::entry, record->id, path};
  CW_TRY(const Blob* const blob, find_entry(record->id, path, name.hash()));
  if (blob == nullptr || blob->absent()) return {};
  if (!list.read_entry(path, blob->body(), actors_)) return damaged(name);
  for (const EntryView& entry : list.entries) {
    if (!visit(entry)) break;
  }
  return {};
}

Result<void> ObjectTable::summary(BytesView key, ObjectSummary& summary) {
  CW_TRY(const Blob* const object, find_object(key));
  if (object == nullptr || object->absent()) return {};
  if (is_spread(object->body())) {
    ObjectRecord other;
    CW_TRY(const ObjectRecord* const record, record_of(object, other));
    summary = record->summary;
    return {};
  }
  EntryList list;
  CW_TRY(const EntryList* const all, list_of(object, list));
  summarize(all->all(), 0, summary);
  return {};
}

FrozenTable ObjectTable::freeze() {
  CW_CHECK(frozen_ == nullptr, "one checkpoint at a time");
  FrozenTable out{id_, {}};
  frozen_ = std::make_shared<std::vector<Blob*>>(std::exchange(changed_, {}));
  out.lists.push_back(frozen_);
  frozen_spreads_ = std::exchange(changed_spreads_, {});
  for (const ObjectId id : frozen_spreads_) {
    Spread& spread = spread_of(id);
    spread.frozen = std::make_shared<std::vector<Blob*>>(std::exchange(spread.changed, {}));
    out.lists.push_back(spread.frozen);
  }
  return out;
}

void ObjectTable::settle() {
  frozen_.reset();
  for (const ObjectId id : std::exchange(frozen_spreads_, {})) {
    Spread& spread = spread_of(id);
    spread.frozen.reset();
    if (spread.changed.empty() && !spread.complete) spreads_.erase(id);  // it says nothing
  }
}

void ObjectTable::thaw() {
  const auto take_back = [this](const std::vector<Blob*>& frozen, std::vector<Blob*>& changed) {
    for (Blob* const blob : frozen) {
      const RecordName name = blob->name();
      if (table_.find(name, name.hash()) != blob) continue;  // it has changed since
      blob->generation = tier_.generation;
      blob->place = static_cast<std::uint32_t>(changed.size());
      changed.push_back(blob);
      tier_.dirty_bytes += blob->memory();
    }
  };
  if (planted(Plant::failed_checkpoint_forgotten)) return settle();
  if (frozen_) take_back(*frozen_, changed_);
  for (const ObjectId id : frozen_spreads_) {
    Spread& spread = spread_of(id);
    if (spread.changed.empty()) changed_spreads_.push_back(id);
    take_back(*spread.frozen, spread.changed);
  }
  settle();
}

void ObjectTable::forget_absent(Blob* blob) {
  const RecordName name = blob->name();
  const std::uint64_t hash = name.hash();
  if (table_.find(name, hash) != blob || blob->generation == tier_.generation) return;
  table_.erase(blob, hash);
  tier_.retire(blob);
  last_ = last_entry_ = nullptr;
}

void ObjectTable::sweep(std::size_t slots) {
  last_ = last_entry_ = nullptr;
  table_.sweep(slots, [this](Blob& blob) {
    if (!tier_.is_clean(blob)) return false;
    const RecordName name = blob.name();
    const auto spread = name.kind == RecordKind::entry ? spreads_.find(name.object) : spreads_.end();
    const bool noted = !planted(Plant::evicted_taken_for_absent);
    if (name.kind == RecordKind::object && noted) {
      complete_ = false;
    } else if (spread != spreads_.end() && noted) {
      spread->second.complete = false;
      if (spread->second.changed.empty() && !spread->second.frozen) spreads_.erase(spread);
    }
    tier_.free(&blob);
    return true;
  });
}

Result<void> ObjectTable::count(Tally& tally) const {
  std::size_t listed = changed_.size();
  std::size_t changed = 0;
  bool right = true;
  for (const ObjectId id : changed_spreads_) {
    const auto at = spreads_.find(id);
    right = right && at != spreads_.end() && !at->second.changed.empty();
    if (right) listed += at->second.changed.size();
  }
  tally.slot_bytes += table_.memory();
  table_.each([&](const Blob& blob) {
    tally.bytes += blob.memory();
    if (blob.generation != tier_.generation) {
      right = right && (!blob.absent() || !tier_.is_clean(blob));
      return;
    }
    ++changed;
    tally.dirty_bytes += blob.memory();
    const RecordName name = blob.name();
    const auto spread = name.kind == RecordKind::entry ? spreads_.find(name.object) : spreads_.end();
    const auto* list = name.kind == RecordKind::object ? &changed_
                       : spread != spreads_.end()      ? &spread->second.changed
                                                       : nullptr;
    right = right && list != nullptr && blob.place < list->size() && (*list)[blob.place] == &blob;
  });
  if (right && changed == listed) return {};
  return fail(ErrorCode::internal, "what is listed as changed in memory is not what changed");
}

}  // namespace causeway
