// The part of ObjectTable that brings what changed into the state.
#include <unordered_set>

#include "base/plant.h"
#include "storage/named_scan.h"
#include "storage/object_table.h"
#include "storage/record.h"

namespace causeway {

void ObjectTable::collect(std::vector<StateWrite>& writes) {
  for (const auto& [key, object] : dirty_) collect_object(*object, writes);
}

void ObjectTable::collect_object(const Object& object, std::vector<StateWrite>& writes) {
  Bytes object_key = keys::object(id_, *object.key);
  if (object.record.entries > 0) {
    Bytes value = seal_record(object_key, named_body(*object.key, encode(object.record)));
    writes.push_back({std::move(object_key), std::move(value)});
  } else if (object.in_state) {
    writes.push_back({std::move(object_key), std::nullopt});
  }
  for (const auto& [name, slot] : object.changed) {
    if (slot.removed && planted(Plant::checkpoint_keeps_removed)) continue;
    Bytes key =
        keys::entry(id_, object.record.id, name.path, {actors_.number(name.dot.actor), name.dot.counter});
    std::optional<Bytes> value;
    if (!slot.removed) value = seal_record(key, named_body(name.path, slot.payload));
    writes.push_back({std::move(key), std::move(value)});
  }
}

void ObjectTable::settle() {
  for (const auto& [key, object] : dirty_) settle_object(*object);
  dirty_.clear();
}

void ObjectTable::settle_object(Object& object) {
  budget_.dirty_bytes -= object_bytes(*object.key);
  while (!object.changed.empty()) {
    auto node = object.changed.extract(object.changed.begin());
    const std::size_t bytes = slot_bytes(node.key(), node.mapped());
    budget_.dirty_bytes -= bytes;
    if (object.whole && !node.mapped().removed) {
      object.stored.insert(std::move(node));
      continue;
    }
    object.bytes -= bytes;
    if (!object.whole) continue;
    if (const auto at = object.stored.find(node.key()); at != object.stored.end()) {
      object.bytes -= slot_bytes(at->first, at->second);
      object.stored.erase(at);
    }
  }
  object.in_state = object.record.entries > 0;
  if (!object.in_state) {
    object.record = {};
    object.whole = true;
  }
  object.dirty = false;
  budget_.clean.enter(object);
}

Result<void> ObjectTable::find_strays() const {
  std::unordered_set<ObjectId> ids;
  const Bytes objects_head = keys::objects(id_);
  CW_TRY_VOID(scan_named(state_, objects_head, {}, {}, [&](std::vector<NamedRecord>& group) -> Result<bool> {
    for (const NamedRecord& stored : group) {
      CW_TRY(const ObjectRecord record, decode_object(objects_head + stored.name, stored.body));
      ids.insert(record.id);
    }
    return true;
  }));
  Result<void> outcome;
  const Bytes entries_head = keys::entries(id_);
  CW_TRY_VOID(state_.scan(entries_head, [&](BytesView key, BytesView value) {
    if (!key.starts_with(entries_head)) return false;
    const auto object = keys::parse_entry_object(key);
    const auto body = open_record(key, value);  // also of what is cached, and would not be read
    if (!body) outcome = tl::unexpected<Error>(body.error());
    if (!object || !ids.contains(*object)) outcome = damaged_record(key, "it is an entry of no object");
    return outcome.has_value();
  }));
  return outcome;
}

}  // namespace causeway
