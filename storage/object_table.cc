#include "storage/object_table.h"

#include "crdt/container.h"
#include "storage/element_name.h"
#include "storage/record.h"

namespace causeway {

void ObjectTable::restore(const PartitionRecord& record) {
  next_object_ = record.next_object;
  actors_ = ActorTable(record.actors);
  detached_.restore(record.detached);
  records_.restore(record.entries == 0);
}

tl::unexpected<Error> ObjectTable::damaged(const RecordName& name) const {
  const bool is_object = name.kind == RecordKind::object;
  return damaged_record(is_object ? keys::object(id(), name.text) : keys::entry(id(), name.object, name.text),
                        "it cannot be read");
}

/// The blob of the object, if there is one, and the hash of the key in any case are remembered.
Result<Blob*> ObjectTable::find_another(BytesView key, std::uint64_t hash) {
  CW_TRY(Blob* const found, records_.find(object_name(key), hash));
  if (visits_ > 0) return found;
  last_ = found;
  last_hash_ = hash;
  last_is_read_ = false;
  return found;
}

/// Gives the hash of the name as well.
Result<Blob*> ObjectTable::find_element(const RecordName& name, std::uint64_t& hash) {
  if (last_element_ == nullptr || !last_element_->is(name)) {
    hash = name.hash();
    CW_TRY(Blob* const found, records_.find(name, hash));
    if (found == nullptr) return nullptr;
    last_element_ = found;
    last_element_hash_ = hash;
  }
  hash = last_element_hash_;
  return last_element_;
}

Result<const EntryList*> ObjectTable::list_of(const Blob* object, EntryList& list) {
  const bool is_last = object == last_;
  EntryList& into = is_last ? last_list_ : list;
  if (is_last && last_is_read_) return &into;
  if (!into.read_object(object->body(), actors_)) return damaged(object->name());
  if (is_last) last_is_read_ = true;
  return &into;
}

Result<const SpreadRecord*> ObjectTable::record_of(const Blob* object, SpreadRecord& record) {
  const bool is_last = object == last_;
  SpreadRecord& into = is_last ? last_record_ : record;
  if (is_last && last_is_read_) return &into;
  if (!read_record(object->body(), actors_, into)) return damaged(object->name());
  if (is_last) last_is_read_ = true;
  return &into;
}

Result<const EntryList*> ObjectTable::entries_of(const Container& container, EntryList& list) {
  if (container.base == 0) return list_of(container.blob, list);
  if (!list.read_field(container.type, container.blob->body(), actors_))
    return damaged(container.blob->name());
  return &list;
}

Result<void> ObjectTable::descend(BytesView key, BytesView path, Container& at) {
  CW_TRY(at.blob, find_object(key));
  while (at.is_there() && at.is_spread()) {
    (at.base == 0 ? at.object : at.field) = id_of(at.blob->body());
    const auto end = complete_field(path, at.base);
    if (!end) break;
    const ElementName name(at.field, path.substr(at.base, *end - at.base));
    at.type = static_cast<EntryType>(path[at.base]);
    at.base = *end + field_end_bytes;
    std::uint64_t hash = 0;
    CW_TRY(at.blob, find_element({RecordKind::entry, at.object, name}, hash));
  }
  return {};
}

std::uint64_t ObjectTable::prefetch_element(BytesView key, std::uint64_t hash, BytesView name) {
  const Blob* const object = records_.find_here(object_name(key), hash);
  if (object == nullptr || object->absent() || !is_spread(object->body())) return 0;
  const std::uint64_t element = RecordName{RecordKind::entry, id_of(object->body()), name}.hash();
  records_.prefetch_slot(element);
  return element;
}

Result<std::optional<std::span<const EntryView>>> ObjectTable::hold(BytesView key, std::uint64_t hash) {
  using Held = std::optional<std::span<const EntryView>>;
  const bool is_last = last_ != nullptr && last_->is_object(key);
  CW_TRY(const Blob* const object, is_last ? Result<Blob*>(last_) : find_another(key, hash));
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
  if (!is_spread(object->body())) {
    EntryList own;
    CW_TRY(const EntryList* const list, list_of(object, own));
    ++visits_;
    for (const EntryView& entry : list->entries) {
      if (entry.path == path && !visit(entry)) break;
    }
    --visits_;
    return {};
  }
  if (path.empty() || has_fields(static_cast<EntryType>(path[0]))) return at_in_field(key, path, visit);
  return at_element({RecordKind::entry, id_of(object->body()), path}, path, path, visit);
}

/// The entries of the record of a path, which is called `name` in its container.
Result<void> ObjectTable::at_element(const RecordName& record, BytesView name, BytesView path,
                                     Visitor visit) {
  std::uint64_t hash = 0;
  CW_TRY(const Blob* const blob, find_element(record, hash));
  if (blob == nullptr || blob->absent()) return {};
  EntryList list;
  if (!list.read_entry(name, blob->body(), actors_)) return damaged(record);
  for (const EntryView& entry : list.entries) {
    if (!visit({path, entry.dot, entry.payload})) break;
  }
  return {};
}

Result<void> ObjectTable::at_in_field(BytesView key, BytesView path, Visitor visit) {
  Container container;
  CW_TRY_VOID(descend(key, path, container));
  if (!container.is_there()) return {};
  const BytesView there = path.substr(container.base);
  if (container.is_spread()) {
    if (there.empty() || has_fields(static_cast<EntryType>(there[0]))) return {};  // no path
    const ElementName text(container.field, there);
    return at_element({RecordKind::entry, container.object, text}, there, path, visit);
  }
  EntryList own;
  CW_TRY(const EntryList* const list, entries_of(container, own));
  for (const EntryView& entry : list->entries) {
    if (entry.path == there && !visit({path, entry.dot, entry.payload})) break;
  }
  return {};
}

Result<void> ObjectTable::summary(BytesView key, BytesView base, ObjectSummary& summary) {
  if (!base.empty()) return summary_of_field(key, base, summary);
  CW_TRY(const Blob* const object, find_object(key));
  if (object == nullptr || object->absent()) return {};
  if (is_spread(object->body())) {
    SpreadRecord own;
    CW_TRY(const SpreadRecord* const record, record_of(object, own));
    summary = record->summary;
    return {};
  }
  EntryList own;
  CW_TRY(const EntryList* const list, list_of(object, own));
  summarize(list->all(), 0, summary);
  return {};
}

Result<void> ObjectTable::summary_of_field(BytesView key, BytesView base, ObjectSummary& summary) {
  Container container;
  CW_TRY_VOID(descend(key, base, container));
  if (!container.is_there()) return {};
  if (container.is_spread()) {
    if (container.base != base.size()) return {};  // no base
    SpreadRecord record;
    if (!read_record(container.blob->body(), actors_, record)) return damaged(container.blob->name());
    summary = record.summary;
    return {};
  }
  EntryList own;
  CW_TRY(const EntryList* const list, entries_of(container, own));
  const BytesView there = base.substr(container.base);
  summarize(below(list->all(), there), there.size(), summary);
  return {};
}

void ObjectTable::forget_absent(Blob* blob) {
  records_.forget_absent(blob);
  forget_last();
}

void ObjectTable::sweep(std::size_t slots) {
  forget_last();
  records_.sweep(slots);
  if (orders_swept_ == records_.sweeps()) return;
  orders_swept_ = records_.sweeps();
  orders_.sweep();
}

}  // namespace causeway
