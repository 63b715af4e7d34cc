// The part of ObjectTable that changes objects: what an event does is worked out on decoded entries, object by object, and
// then packed again.
#include <algorithm>

#include "base/check.h"
#include "base/plant.h"
#include "crdt/apply.h"
#include "crdt/container.h"
#include "storage/object_table.h"

namespace causeway {
namespace {

constexpr std::size_t records_searched_in_turn_max = 8;

bool before(const EntryView& a, const EntryView& b) {
  const int order = a.path.compare(b.path);
  return order != 0 ? order < 0 : a.dot < b.dot;
}

std::size_t bytes_of(const EntryList& list) {
  std::size_t bytes = 0;
  for (const EntryView& entry : list.entries) bytes += entry.path.size() + entry.payload.size();
  return bytes;
}

}  // namespace

void ObjectTable::begin_edits() {
  end_edits();  // of an event that was prepared and not carried out
  edited_paths_.clear();
  effect_ = {};
}

void ObjectTable::end_edits() {
  edited_ = 0;
  if (borrowing_) --visits_;
  borrowing_ = false;
}

Result<ObjectTable::ObjectEdit*> ObjectTable::edit_object(BytesView key) {
  for (std::size_t i = 0; i < edited_; ++i) {
    if (edits_[i].key == key) return &edits_[i];
  }
  if (edited_ == edits_.size()) edits_.emplace_back();
  ObjectEdit& object = edits_[edited_];
  object.key = key;
  object.edited = 0;
  object.by_path.clear();
  object.spread = false;
  object.list = &object.own_list;
  object.record = &object.own_record;
  object.own_list.entries.clear();
  CW_TRY(object.blob, find_object(key));
  const bool is_last = object.blob != nullptr && object.blob == last_;
  object.hash = is_last ? last_hash_ : object_name(key).hash();
  if (object.blob != nullptr && !object.blob->absent()) {
    object.spread = is_spread(object.blob->body());
    if (object.spread) {
      CW_TRY(const ObjectRecord* const record, record_of(object.blob, object.own_record));
      if (record == &last_record_) object.record = &last_record_;
    } else {
      CW_TRY(const EntryList* const list, list_of(object.blob, object.own_list));
      if (list == &last_list_) object.list = &last_list_;
    }
    if (is_last && !borrowing_) {
      borrowing_ = true;
      ++visits_;  // no other object takes its place meanwhile
      last_is_read_ = false;
    }
  }
  ++edited_;
  return &object;
}

Result<ObjectTable::RecordEdit*> ObjectTable::edit_record(ObjectEdit& object, BytesView path) {
  if (object.edited <= records_searched_in_turn_max) {
    for (std::size_t i = 0; i < object.edited; ++i) {
      if (object.records[i]->path == path) return object.records[i].get();
    }
  } else {
    if (object.by_path.empty()) {
      for (std::size_t i = 0; i < object.edited; ++i)
        object.by_path.emplace(object.records[i]->path, object.records[i].get());
    }
    if (const auto at = object.by_path.find(path); at != object.by_path.end()) return at->second;
  }
  const RecordName name{RecordKind::entry, object.record->id, path};
  const std::uint64_t hash = name.hash();
  CW_TRY(Blob* const blob, find_entry(object.record->id, path, hash));
  RecordEdit& record = object.add(path, hash);
  record.blob = blob;
  const bool is_there = blob != nullptr && !blob->absent();
  if (is_there && !record.list.read_entry(path, blob->body(), actors_)) {
    --object.edited;
    return damaged(name);
  }
  record.before = record.list.entries.size();
  record.bytes_before = bytes_of(record.list);
  if (!object.by_path.empty()) object.by_path.emplace(path, &record);
  return &record;
}

ObjectTable::RecordEdit& ObjectTable::ObjectEdit::add(BytesView path, std::uint64_t path_hash) {
  if (edited == records.size()) records.push_back(std::make_unique<RecordEdit>());
  RecordEdit& edit = *records[edited++];
  edit.path = path;
  edit.hash = path_hash;
  edit.blob = nullptr;
  edit.before = edit.bytes_before = 0;
  edit.list.entries.clear();
  return edit;
}

void ObjectTable::erase_taken(const Event& event, const Mutation& mutation, EntryList& list) {
  const auto taken = [&](const EntryView& entry) {
    if (!takes(event, mutation, entry)) return false;
    if (!planted(Plant::digest_not_updated)) {
      effect_.digest -= digest_of(mutation.key, entry.path, entry.dot, entry.payload);
    }
    --effect_.entries;
    return true;
  };
  list.entries.erase(std::remove_if(list.entries.begin(), list.entries.end(), taken), list.entries.end());
}

void ObjectTable::insert(BytesView key, const EntryView& entry, bool repeated, EntryList& list) {
  const auto at = std::lower_bound(list.entries.begin(), list.entries.end(), entry, before);
  const bool is_there = at != list.entries.end() && at->path == entry.path && at->dot == entry.dot;
  if (is_there && repeated) return;
  CW_CHECK(!is_there, "a dot is issued once");
  list.entries.insert(at, entry);
  effect_.digest += digest_of(key, entry.path, entry.dot, entry.payload);
  ++effect_.entries;
}

void ObjectTable::apply(const Event& event, const Mutation& mutation, bool repeated, EntryList& list) {
  erase_taken(event, mutation, list);
  if (mutation.form != MutationForm::insert) return;
  insert(mutation.key, {mutation.path, event.dot, mutation.payload}, repeated, list);
}

Result<void> ObjectTable::edit_range(const Event& event, const Mutation& mutation, ObjectEdit& object) {
  std::vector<Bytes> paths;
  CW_TRY_VOID(scan_spread(*object.record, mutation.path, mutation.path, [&](const EntryView& entry) {
    if (takes(event, mutation, entry) && (paths.empty() || paths.back() != entry.path))
      paths.emplace_back(entry.path);
    return true;
  }));
  for (Bytes& path : paths) {
    CW_TRY(RecordEdit* const record, edit_record(object, edited_paths_.emplace_back(std::move(path))));
    erase_taken(event, mutation, record->list);
  }
  return {};
}

Result<ObjectTable::Effect> ObjectTable::prepare(const Event& event, bool repeated) {
  begin_edits();
  for (const Mutation& mutation : event.mutations) {
    CW_TRY(ObjectEdit* const object, edit_object(mutation.key));
    if (!object->spread) {
      apply(event, mutation, repeated, *object->list);
    } else if (mutation.form == MutationForm::range) {
      CW_TRY_VOID(edit_range(event, mutation, *object));
    } else {
      CW_TRY(RecordEdit* const record, edit_record(*object, mutation.path));
      apply(event, mutation, repeated, record->list);
    }
  }
  return effect_;
}

Result<ObjectTable::Effect> ObjectTable::prepare_take(std::span<const Entry> entries) {
  begin_edits();
  for (const Entry& entry : entries) {
    CW_TRY(ObjectEdit* const object, edit_object(entry.key));
    EntryList* list = object->list;
    if (object->spread) {
      CW_TRY(RecordEdit* const record, edit_record(*object, entry.path));
      list = &record->list;
    }
    insert(entry.key, {entry.path, entry.dot, entry.payload}, false, *list);
  }
  return effect_;
}

void ObjectTable::carry_out() {
  for (std::size_t i = 0; i < edited_; ++i) {
    ObjectEdit& object = edits_[i];
    if (object.spread) {
      carry_out_spread(object);
    } else {
      carry_out_whole(object);
    }
  }
  end_edits();
}

void ObjectTable::carry_out_whole(ObjectEdit& object) {
  const auto& entries = object.list->entries;
  const auto nests = [](const EntryView& entry) {
    return has_fields(static_cast<EntryType>(entry.path[0]));  // elements of several paths have no records yet
  };
  const bool stays =
      std::any_of(entries.begin(), entries.end(), nests) || entries.size() <= tier_.whole_entries_max || bytes_of(*object.list) <= tier_.whole_bytes_max;
  if (stays) {
    if (entries.empty() && (object.blob == nullptr || object.blob->absent())) return;
    put_object(object, entries.empty() ? BytesView() : write_object(*object.list, actors_, body_),
               entries.empty());
    return;
  }
  // It has grown too large to be written whole with each change: each of its paths gets a record.
  *object.record = {ObjectId{next_object_.value++}, 0, 0, {}};
  spread_of(object.record->id).complete = true;
  for (const EntryView& entry : entries) {
    if (object.edited == 0 || object.records[object.edited - 1]->path != entry.path) {
      object.add(entry.path, RecordName{RecordKind::entry, object.record->id, entry.path}.hash());
    }
    object.records[object.edited - 1]->list.entries.push_back(entry);
  }
  carry_out_spread(object);
}

void ObjectTable::carry_out_spread(ObjectEdit& object) {
  ObjectRecord& record = *object.record;
  Spread& spread = spread_of(record.id);
  if (spread.changed.empty() && object.edited > 0) changed_spreads_.push_back(record.id);
  for (std::size_t i = 0; i < object.edited; ++i) {
    RecordEdit& edit = *object.records[i];
    record.entries += edit.list.entries.size() - edit.before;
    record.bytes += bytes_of(edit.list) - edit.bytes_before;
    if (edit.list.entries.size() != edit.before) {
      count_path(record.summary, edit.path, edit.before, edit.list.entries.size());
      const auto head = parse_path(edit.path);
      const bool lives = !edit.list.entries.empty();
      if (head && is_live(*head) && lives != (edit.before > 0)) count_element(record.summary, head->type, lives);
    }
    if (edit.list.entries.empty() && (edit.blob == nullptr || edit.blob->absent())) continue;
    put({RecordKind::entry, record.id, edit.path}, edit.hash, edit.blob,
        write_entry(edit.path, edit.list.all(), actors_, body_), edit.list.entries.empty(), spread.changed);
  }
  if (spread.changed.empty() && object.edited > 0) changed_spreads_.pop_back();  // nothing came of it
  const bool is_empty = record.entries == 0;
  if (is_empty) spread.complete = false;  // its id is done with: nothing of it need be kept
  put_object(object, is_empty ? BytesView() : write_record(record, body_), is_empty);
  // What was read of it last is by now what it says.
  last_is_read_ = last_ != nullptr && !is_empty && object.record == &last_record_;
}

/// It is the object that was found last, unless it is one of several.
void ObjectTable::put_object(ObjectEdit& object, BytesView body, bool absent) {
  Blob* const blob = put(object_name(object.key), object.hash, object.blob, body, absent, changed_);
  last_ = edited_ == 1 ? blob : nullptr;
  last_hash_ = object.hash;
  last_is_read_ = false;
}

Blob* ObjectTable::put(const RecordName& name, std::uint64_t hash, Blob* old, BytesView body, bool absent,
                       std::vector<Blob*>& changed) {
  const bool is_fresh = old != nullptr && old->generation == tier_.generation;
  if (is_fresh && old->fits(body.size())) {
    old->set(body, absent);
    return old;
  }
  last_ = last_entry_ = nullptr;
  if (is_fresh) {
    Blob* const blob = tier_.make(name, body.size());
    blob->set(body, absent);
    blob->generation = old->generation;
    blob->place = old->place;
    changed[blob->place] = blob;
    table_.replace(old, blob, hash);
    tier_.dirty_bytes += blob->memory() - old->memory();
    tier_.free(old);
    return blob;
  }
  Blob* blob = old;
  const bool is_clean = old != nullptr && tier_.is_clean(*old);
  const bool in_place = is_clean || (old != nullptr && planted(Plant::frozen_changed_in_place));
  if (!in_place || !old->fits(body.size())) {
    blob = tier_.make(name, body.size());
    if (old == nullptr) {
      table_.insert(blob, hash);
    } else {
      table_.replace(old, blob, hash);
    }
  }
  blob->set(body, absent);
  if (old != nullptr && blob != old) {
    if (is_clean) {
      tier_.free(old);
    } else {
      tier_.retire(old);
    }
  }
  blob->generation = tier_.generation;
  blob->place = static_cast<std::uint32_t>(changed.size());
  changed.push_back(blob);
  tier_.dirty_bytes += blob->memory();
  return blob;
}

}  // namespace causeway
