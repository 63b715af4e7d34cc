// The part of ObjectTable that prepares changes: what an event does is worked out on decoded entries, record by record. An edit of an
// element hangs on that of its container.
#include <algorithm>

#include "base/check.h"
#include "base/plant.h"
#include "crdt/apply.h"
#include "storage/element_name.h"
#include "storage/object_table.h"

namespace causeway {
namespace {

bool before(const EntryView& a, const EntryView& b) {
  const int order = a.path.compare(b.path);
  return order != 0 ? order < 0 : a.dot < b.dot;
}

/// A mutation as it is for paths that lack this base.
Mutation within(const Mutation& mutation, BytesView base) {
  Mutation there = mutation;
  there.path = mutation.path.substr(std::min(mutation.path.size(), base.size()));
  return there;
}

}  // namespace

ObjectTable::Edit* ObjectTable::Edits::find_among(BytesView name) const {
  if (by_name.empty()) {
    for (Edit* const edit : all) {
      if (edit->name == name) return edit;
    }
    return nullptr;
  }
  const auto at = by_name.find(name);
  return at == by_name.end() ? nullptr : at->second;
}

void ObjectTable::Edits::index() {
  if (by_name.empty()) {
    for (Edit* const each : all) by_name.emplace(each->name, each);
  } else {
    by_name.emplace(all.back()->name, all.back());
  }
}

void ObjectTable::begin_edits() {
  if (edited_ > 0) end_edits();  // of an event that was prepared and not carried out
  if (!edited_paths_.empty()) edited_paths_.clear();
  effect_ = {};
}

void ObjectTable::end_edits() {
  edited_ = 0;
  objects_.clear();
  if (borrowing_) --visits_;
  borrowing_ = false;
}

ObjectTable::Edit& ObjectTable::new_edit(Edits& among, BytesView key, BytesView name) {
  if (edited_ == edits_.size()) edits_.push_back(std::make_unique<Edit>());
  Edit& edit = *edits_[edited_++];
  edit.key = key;
  edit.name = name;
  edit.base = {};
  edit.text.clear();
  edit.blob = nullptr;
  edit.list = &edit.own_list;
  edit.record = &edit.own_record;
  edit.own_list.entries.clear();
  edit.entries_before = 0;
  edit.digest = {};
  edit.detached = {};
  edit.elements.clear();
  among.all.push_back(&edit);
  if (among.all.size() > searched_in_turn_max) among.index();
  return edit;
}

Result<ObjectTable::Edit*> ObjectTable::edit_object(BytesView key) {
  if (Edit* const known = objects_.find(key)) return known;
  CW_TRY(Blob* const blob, find_object(key));
  Edit& edit = new_edit(objects_, key, key);
  edit.form = Form::whole;
  edit.object = {};
  edit.blob = blob;
  const bool is_last = blob != nullptr && blob == last_;
  edit.hash = is_last ? last_hash_ : object_name(key).hash();
  if (blob == nullptr || blob->absent()) return &edit;
  if (is_spread(blob->body())) {
    edit.form = Form::spread;
    if (is_last) edit.record = &last_record_;
    if (!is_last || !last_is_read_) CW_TRY_VOID(record_of(blob, edit.own_record));
  } else {
    CW_TRY(const EntryList* const list, list_of(blob, edit.own_list));
    if (list == &last_list_) edit.list = &last_list_;
  }
  if (is_last && !borrowing_) {
    borrowing_ = true;
    ++visits_;  // no other object takes its place meanwhile
    last_is_read_ = false;
  }
  return &edit;
}

/// An element of a container that is edited, by its name there. Nothing is read yet.
ObjectTable::Edit& ObjectTable::new_element(Edit& container, BytesView name) {
  Edit& edit = new_edit(container.elements, container.key, name);
  edit.form = Form::path;
  if (has_fields(edit.type())) {
    edit.form = Form::whole;
    edit.before = {};
  }
  edit.object = container.is_object() ? container.record->id : container.object;
  if (!container.is_object()) edit.text = BytesView(ElementName(container.record->id, name));
  edit.is_ordered = orders_.has({edit.object, container.record->id, edit.type()});
  edit.key_before.reset();
  return edit;
}

/// The element of a container that a path leads to.
Result<ObjectTable::Edit*> ObjectTable::edit_element(Edit& container, BytesView path) {
  const std::size_t base = container.base.size();
  const std::size_t end = element_end(path, base);
  const BytesView name = path.substr(base, end - base);
  if (Edit* const known = container.elements.find(name)) return known;
  Edit& edit = new_element(container, name);
  edit.base = edit.form == Form::path ? container.base : path.substr(0, end + field_end_bytes);
  CW_TRY(edit.blob, find_element(edit.record_name(), edit.hash));
  if (edit.blob == nullptr || edit.blob->absent()) return &edit;
  const BytesView body = edit.blob->body();
  bool readable = false;
  if (edit.form == Form::path) {
    readable = edit.list->read_entry(name, body, actors_);
    edit.entries_before = edit.list->entries.size();
  } else if (is_spread(body)) {
    edit.form = Form::spread;
    readable = read_record(body, actors_, *edit.record);
    edit.before = share_of_spread(*edit.record);
  } else {
    readable = edit.list->read_field(edit.type(), body, actors_);
    edit.before = share_of_field(edit.type(), edit.list->all());
  }
  if (!readable) return damaged(edit.record_name());
  if (edit.is_ordered) edit.key_before = order_key_of(edit);
  return &edit;
}

/// The record that an entry at this path stands in.
Result<ObjectTable::Edit*> ObjectTable::edit_path(Edit& object, BytesView path) {
  Edit* edit = &object;
  while (edit->form == Form::spread) {
    CW_TRY(edit, edit_element(*edit, path));
  }
  return edit;
}

Hash128 ObjectTable::digest_in_field(BytesView key, BytesView base, const EntryView& entry) {
  path_.assign(base).append(entry.path);
  return causeway::digest_of(key, path_, entry.dot, entry.payload);
}

void ObjectTable::erase_taken(const Event& event, const Mutation& mutation, Edit& edit) {
  const auto taken = [&](const EntryView& entry) {
    if (!takes(event, mutation, entry)) return false;
    --effect_.entries;
    if (planted(Plant::digest_not_updated)) return true;
    const Hash128 digest = digest_of(edit.key, edit.base, entry);
    effect_.digest -= digest;
    edit.digest -= digest;
    return true;
  };
  auto& entries = edit.list->entries;
  entries.erase(std::remove_if(entries.begin(), entries.end(), taken), entries.end());
}

void ObjectTable::insert(const EntryView& entry, bool repeated, Edit& edit) {
  auto& entries = edit.list->entries;
  const auto at = std::lower_bound(entries.begin(), entries.end(), entry, before);
  const bool is_there = at != entries.end() && at->path == entry.path && at->dot == entry.dot;
  if (is_there && repeated) return;
  CW_CHECK(!is_there, "a dot is issued once");
  entries.insert(at, entry);
  const Hash128 digest = digest_of(edit.key, edit.base, entry);
  effect_.digest += digest;
  edit.digest += digest;
  ++effect_.entries;
}

/// The mutation's path is as those in the list.
void ObjectTable::apply(const Event& event, const Mutation& mutation, bool repeated, Edit& edit) {
  erase_taken(event, mutation, edit);
  if (mutation.form != MutationForm::insert) return;
  insert({mutation.path, event.dot, mutation.payload}, repeated, edit);
}

/// Whether a large object goes as a whole, so that none of its elements need be looked at.
bool ObjectTable::takes_all(const Event& event, const Mutation& range, const Edit& object) const {
  if (range.form != MutationForm::range || !range.path.empty() || !object.elements.all.empty()) return false;
  const EntryCounts& counts = object.record->counts;
  return counts.requests == 0 && counts.entries >= records_.tier().detached_entries_min &&
         event.observed(range).covers(object.record->dots);
}

/// From here on it is an object that is not there. What it was stays in the state, where nothing leads to it.
void ObjectTable::detach(Edit& object) {
  effect_.digest -= object.record->digest;
  effect_.entries -= object.record->counts.entries;
  object.detached = object.record->id;
  object.form = Form::whole;
  object.record = &object.own_record;
}

Result<void> ObjectTable::edit_range(const Event& event, const Mutation& mutation, Edit& object) {
  const std::size_t known = edited_paths_.size();
  CW_TRY_VOID(scan(object.key, mutation.path, mutation.path, [&](const EntryView& entry) {
    const bool is_new = edited_paths_.size() == known || edited_paths_.back() != entry.path;
    if (is_new && takes(event, mutation, entry)) edited_paths_.emplace_back(entry.path);
    return true;
  }));
  const Edit* last = nullptr;
  for (std::size_t i = known; i < edited_paths_.size(); ++i) {
    CW_TRY(Edit* const edit, edit_path(object, edited_paths_[i]));
    if (edit != last) erase_taken(event, within(mutation, edit->base), *edit);
    last = edit;
  }
  return {};
}

Result<ObjectTable::Effect> ObjectTable::prepare(const Event& event, bool repeated) {
  begin_edits();
  for (const Mutation& mutation : event.mutations) {
    CW_TRY(Edit* const object, edit_object(mutation.key));
    if (object->form == Form::whole) {
      apply(event, mutation, repeated, *object);
    } else if (takes_all(event, mutation, *object)) {
      detach(*object);
    } else if (mutation.form == MutationForm::range) {
      CW_TRY_VOID(edit_range(event, mutation, *object));
    } else {
      CW_TRY(Edit* const edit, edit_path(*object, mutation.path));
      if (edit->base.empty()) {
        apply(event, mutation, repeated, *edit);
      } else {
        apply(event, within(mutation, edit->base), repeated, *edit);
      }
    }
  }
  return effect_;
}

Result<ObjectTable::Effect> ObjectTable::prepare_take(std::span<const Entry> entries) {
  begin_edits();
  for (const Entry& entry : entries) {
    CW_TRY(Edit* const object, edit_object(entry.key));
    CW_TRY(Edit* const edit, edit_path(*object, entry.path));
    insert({BytesView(entry.path).substr(edit->base.size()), entry.dot, entry.payload}, false, *edit);
  }
  return effect_;
}

}  // namespace causeway
