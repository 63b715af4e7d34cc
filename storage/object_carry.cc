// The part of ObjectTable that carries out what was prepared: elements first, then what their container's record says of them.
#include <algorithm>

#include "base/plant.h"
#include "crdt/container.h"
#include "storage/element_name.h"
#include "storage/object_table.h"

namespace causeway {
namespace {

/// Whether a field of a value of this type may have records of its own: what it holds is then not at hand where it is asked whether it
/// lives, or where it stands.
bool may_spread(EntryType type) {
  return type != EntryType::remove_wins_set && type != EntryType::sorted_set;
}

std::size_t bytes_of(std::span<const EntryView> entries) {
  std::size_t bytes = 0;
  for (const EntryView& entry : entries) bytes += entry.path.size() + entry.payload.size();
  return bytes;
}

bool is_absent(const Blob* blob) { return blob == nullptr || blob->absent(); }

}  // namespace

ObjectTable::Share ObjectTable::share_of_path(const std::optional<PathHead>& head, std::size_t entries) {
  Share share;
  share.counts.entries = entries;
  if (!head || entries == 0) return share;
  share.lives = is_live(*head);
  share.tallies = is_tally(*head) ? 1 : 0;
  share.expiries = head->type == EntryType::expiry ? 1 : 0;
  if (head->part == Part::request) {
    share.counts.requests = entries;
    share.duplicates = entries >= 2 ? 1 : 0;
  }
  return share;
}

ObjectTable::Share ObjectTable::share_of_field(EntryType type, std::span<const EntryView> entries) {
  Share share;
  BytesView last;
  for (const EntryView& entry : entries) {
    const Share one = share_of_path(parse_path(entry.path), 1);
    share.counts.add(one.counts, {});
    if (entry.path != last) share.tallies += one.tallies;
    last = entry.path;
  }
  share.lives = is_live_field(type, entries);
  return share;
}

/// Of a field that is spread: it lives if something in it does.
ObjectTable::Share ObjectTable::share_of_spread(const SpreadRecord& record) {
  return {record.counts, record.summary.tallies, 0, 0, !record.summary.live.empty()};
}

/// What becomes of a container's record when an element changes.
void ObjectTable::add(SpreadRecord& record, EntryType type, const Share& after, const Share& before) {
  record.counts.add(after.counts, before.counts);
  record.summary.tallies += after.tallies - before.tallies;
  record.summary.expiries += after.expiries - before.expiries;
  record.summary.duplicate_requests += after.duplicates - before.duplicates;
  if (after.lives != before.lives) count_element(record.summary, type, after.lives);
}

/// The same of what stands at one path.
void ObjectTable::add_path(SpreadRecord& record, const Edit& element) {
  for (const EntryView& entry : element.list->entries) record.dots.raise(entry.dot);
  const std::size_t entries = element.list->entries.size();
  if (entries == element.entries_before) return;
  const auto head = parse_path(element.name);
  add(record, element.type(), share_of_path(head, entries), share_of_path(head, element.entries_before));
}

void ObjectTable::add_field(SpreadRecord& record, const Edit& element) {
  const EntryType type = element.type();
  if (element.form == Form::spread) {
    record.dots.join(element.record->dots);
    return add(record, type, share_of_spread(*element.record), element.before);
  }
  for (const EntryView& entry : element.list->entries) record.dots.raise(entry.dot);
  add(record, type, share_of_field(type, element.list->all()), element.before);
}

void ObjectTable::carry_out() {
  for (Edit* const object : objects_.all) {
    carry_out_elements(*object);
    put(*object);
  }
  end_edits();
}

/// All below a record, of which then only its own body is left to put.
void ObjectTable::carry_out_elements(Edit& edit) {
  if (edit.form == Form::spread) {
    edit.digest += put_elements(edit);
  } else if (edit.form == Form::whole && !stays_whole(edit)) {
    spread_out(edit);
    put_elements(edit);  // most of them were there before: they change nothing
  }
}

/// Gives the sum of what the changes to the elements are to the digest. What they were made of may be gone then.
Hash128 ObjectTable::put_elements(Edit& container) {
  SpreadRecord& record = *container.record;
  Hash128 digest;
  for (Edit* const element : container.elements.all) {
    if (element->form == Form::path) {
      add_path(record, *element);
    } else {
      carry_out_elements(*element);
      add_field(record, *element);
    }
    digest += element->digest;
    if (element->is_ordered) {
      orders_.change({element->object, record.id, element->type()}, element->key_before,
                     order_key_of(*element));
    }
    put(*element);
  }
  record.digest += digest;
  return digest;
}

bool ObjectTable::stays_whole(const Edit& edit) const {
  const Tier& tier = records_.tier();
  const auto entries = edit.list->all();
  return entries.size() <= tier.whole_entries_max || bytes_of(entries) <= tier.whole_bytes_max ||
         (!edit.is_object() && !may_spread(edit.type()));
}

/// It has grown too large to be written whole with each change: each of its elements gets a record.
void ObjectTable::spread_out(Edit& edit) {
  SpreadRecord& record = *edit.record;
  record = {};
  record.id = ObjectId{next_object_.value++};
  if (edit.is_object()) records_.begin_elements(record.id);
  edit.form = Form::spread;
  each_element(edit.list->all(), 0, [&](std::span<const EntryView> entries) {
    const BytesView first = entries.front().path;
    const BytesView name = first.substr(0, element_end(first, 0));
    Edit& element = new_element(edit, name);
    element.hash = element.record_name().hash();
    element.base = edit.base;
    if (element.form == Form::whole) {
      element.base = edited_paths_.emplace_back(Bytes(edit.base).append(name).append(field_end));
    }
    const std::size_t cut = element.base.size() - edit.base.size();
    for (const EntryView& entry : entries) {
      element.digest += digest_of(edit.key, edit.base, entry);
      element.list->entries.push_back({entry.path.substr(cut), entry.dot, entry.payload});
    }
  });
}

BytesView ObjectTable::body_of(const Edit& edit) {
  switch (edit.form) {
    case Form::path: return write_entry(edit.name, edit.list->all(), actors_, body_);
    case Form::spread: return write_record(*edit.record, actors_, body_);
    case Form::whole: break;
  }
  return edit.is_object() ? write_object(*edit.list, actors_, body_)
                          : write_field(edit.type(), edit.list->all(), actors_, body_);
}

void ObjectTable::put(const Edit& edit) {
  const bool is_spread = edit.form == Form::spread;
  const bool is_empty = is_spread ? edit.record->counts.entries == 0 : edit.list->entries.empty();
  if (is_empty && is_absent(edit.blob)) return;
  const BytesView body = is_empty ? BytesView() : body_of(edit);
  if (edit.is_object()) return put_object(edit, body, is_empty);
  last_element_ = records_.put(edit.record_name(), edit.hash, edit.blob, body, is_empty);
  last_element_hash_ = edit.hash;
}

/// Nothing that is known of an object's elements is of use any more.
void ObjectTable::drop_elements(ObjectId object) {
  records_.end_elements(object);
  orders_.drop(object);
}

/// It is the object that was found last, unless it is one of several.
void ObjectTable::put_object(const Edit& edit, BytesView body, bool is_empty) {
  if (edit.form == Form::spread && is_empty) drop_elements(edit.record->id);
  if (edit.detached.value != 0) {
    drop_elements(edit.detached);
    if (!planted(Plant::detached_forgotten)) detached_.add(edit.detached);
  }
  Blob* const blob = records_.put(object_name(edit.key), edit.hash, edit.blob, body, is_empty);
  last_ = objects_.all.size() == 1 ? blob : nullptr;
  last_hash_ = edit.hash;
  // What was read of it last is by now what it says, if it is this record.
  last_is_read_ = last_ != nullptr && !is_empty && edit.form == Form::spread && edit.record == &last_record_;
}

}  // namespace causeway
