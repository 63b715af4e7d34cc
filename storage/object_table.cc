#include "storage/object_table.h"

#include <algorithm>

#include "base/check.h"
#include "base/plant.h"
#include "storage/named_scan.h"
#include "storage/record.h"

namespace causeway {
namespace {

void add_live(ObjectSummary& summary, EntryType type, bool inserted) {
  auto at = std::lower_bound(summary.live.begin(), summary.live.end(), type,
                             [](const auto& row, EntryType wanted) { return row.first < wanted; });
  if (at == summary.live.end() || at->first != type) at = summary.live.insert(at, {type, 0});
  at->second += inserted ? 1 : std::uint64_t{0} - 1;
  if (at->second == 0) summary.live.erase(at);
}

EntryView view_of(const Slots::value_type& slot) {
  return {slot.first.path, slot.first.dot, slot.second.payload};
}

}  // namespace

ObjectTable::ObjectTable(StateId id, const StateStore& state, TierBudget& budget)
    : id_(id), state_(state), budget_(budget) {}

ObjectTable::~ObjectTable() {
  for (auto& [key, object] : objects_) {
    if (!object.dirty) {
      budget_.clean.leave(object);
      continue;
    }
    budget_.dirty_bytes -= object_bytes(key);
    for (const auto& [name, slot] : object.changed) budget_.dirty_bytes -= slot_bytes(name, slot);
  }
}

void ObjectTable::restore(ObjectId next_object, std::vector<ActorId> actors) {
  next_object_ = next_object;
  actors_ = ActorTable(std::move(actors));
}

Result<ObjectPin> ObjectTable::load(BytesView key) {
  if (const auto at = objects_.find(key); at != objects_.end()) {
    if (!at->second.dirty) budget_.clean.touch(at->second);
    return ObjectPin(at->second);
  }
  Object read;
  CW_TRY_VOID(read_object(key, read));
  const auto at = objects_.emplace(Bytes(key), std::move(read)).first;
  Object& object = at->second;
  object.table = this;
  object.key = &at->first;
  object.bytes += object_bytes(key);
  budget_.clean.enter(object);
  ObjectPin pin(object);
  budget_.clean.shrink();
  return pin;
}

Result<void> ObjectTable::read_object(BytesView key, Object& object) const {
  const Bytes state_key = keys::object(id_, key);
  CW_TRY(const std::optional<Bytes> value, state_.get(state_key));
  if (!value) {
    object.whole = true;
    return {};
  }
  if (planted(Plant::read_error_as_absent) && !open_named(state_key, key, *value)) {
    object.whole = true;
    return {};
  }
  CW_TRY(const BytesView body, open_named(state_key, key, *value));
  CW_TRY(object.record, decode_object(state_key, body));
  object.in_state = true;
  if (object.record.entries > budget_.whole_entries_max || object.record.bytes > budget_.whole_bytes_max)
    return {};
  return read_whole(object);
}

Result<void> ObjectTable::read_whole(Object& object) const {
  CW_TRY_VOID(scan_state(object.record.id, {}, {}, [&object](const EntryView& entry) {
    const auto at = object.stored.emplace_hint(object.stored.end(), EntryName{Bytes(entry.path), entry.dot},
                                               Slot{Bytes(entry.payload), false});
    object.bytes += slot_bytes(at->first, at->second);
    return true;
  }));
  if (object.stored.size() != object.record.entries) {
    return damaged_record(keys::entries(id_, object.record.id),
                          "the object has " + std::to_string(object.record.entries) + " entries, but " +
                              std::to_string(object.stored.size()) + " were found");
  }
  object.whole = true;
  return {};
}

Result<void> ObjectTable::scan_state(ObjectId object, BytesView from, BytesView prefix,
                                     const Visitor& visit) const {
  struct Read {
    Bytes path;
    Dot dot;
    Bytes payload;
  };
  std::vector<Read> sorted;
  const Bytes head = keys::entries(id_, object);
  return scan_named(state_, head, from, prefix, [&](std::vector<NamedRecord>& group) -> Result<bool> {
    sorted.clear();
    for (NamedRecord& record : group) {
      const auto local = keys::parse_dot(record.suffix);
      const auto actor = local ? actors_.actor(local->actor) : std::nullopt;
      if (!actor) return damaged_record(head + record.name, "its dot is not one of this partition");
      sorted.push_back({std::move(record.name), {*actor, local->counter}, std::move(record.body)});
    }
    // The state orders dots by the numbers of actors, readers by the actors.
    std::sort(sorted.begin(), sorted.end(), EntryOrder{});
    return std::all_of(sorted.begin(), sorted.end(),
                       [&visit](const Read& read) { return visit({read.path, read.dot, read.payload}); });
  });
}

Result<void> ObjectTable::scan_stored(const Object& object, BytesView from, BytesView prefix,
                                      const Visitor& visit) const {
  if (!object.whole) return scan_state(object.record.id, from, prefix, visit);
  for (auto at = object.stored.lower_bound(EntryView{from, {}, {}}); at != object.stored.end(); ++at) {
    if (!at->first.path.starts_with(prefix) || !visit(view_of(*at))) break;
  }
  return {};
}

Result<void> ObjectTable::scan(BytesView key, BytesView from, BytesView prefix, const Visitor& visit) {
  CW_TRY(const ObjectPin object, load(key));
  auto next = object->changed.lower_bound(EntryView{from, {}, {}});
  const auto is_in_range = [&] {
    return next != object->changed.end() && next->first.path.starts_with(prefix);
  };
  bool go_on = true;
  bool missed = false;
  const auto show_next = [&] {
    missed = next->second.removed;  // what was removed has its place among what is stored
    go_on = !missed && visit(view_of(*next));
    ++next;
  };
  CW_TRY_VOID(scan_stored(*object, from, prefix, [&](const EntryView& stored) {
    while (go_on && is_in_range() && EntryOrder{}(next->first, stored)) show_next();
    if (!go_on) return false;
    if (is_in_range() && !EntryOrder{}(stored, next->first)) {
      ++next;  // the same entry: removed since
      return true;
    }
    return go_on = visit(stored);
  }));
  while (go_on && is_in_range()) show_next();
  if (missed) return damaged_record(keys::entries(id_, object->record.id), "an entry is missing");
  return {};
}

Result<void> ObjectTable::objects(BytesView from, const ObjectVisitor& visit) {
  auto next = dirty_.lower_bound(from);
  bool go_on = true;
  const auto show_dirty = [&] {
    if (next->second->record.entries > 0) go_on = visit(next->first, next->second->record);
    ++next;
  };
  const Bytes head = keys::objects(id_);
  CW_TRY_VOID(scan_named(state_, head, from, {}, [&](std::vector<NamedRecord>& group) -> Result<bool> {
    for (const NamedRecord& stored : group) {
      while (go_on && next != dirty_.end() && next->first < stored.name) show_dirty();
      if (!go_on) return false;
      if (next != dirty_.end() && next->first == stored.name) {
        show_dirty();
      } else {
        CW_TRY(const ObjectRecord record, decode_object(head + stored.name, stored.body));
        go_on = visit(stored.name, record);
      }
      if (!go_on) return false;
    }
    return true;
  }));
  while (go_on && next != dirty_.end()) show_dirty();
  return {};
}

void ObjectTable::make_dirty(Object& object) {
  CW_CHECK(object.pins <= 1, "nobody visits an object that changes");
  if (object.dirty) return;
  budget_.clean.leave(object);
  object.dirty = true;
  dirty_.emplace(*object.key, &object);
  budget_.dirty_bytes += object_bytes(*object.key);
}

void ObjectTable::change_bytes(Object& object, std::size_t added, std::size_t taken) {
  object.bytes += added - taken;
  budget_.dirty_bytes += added - taken;
}

void ObjectTable::count(Object& object, BytesView path, std::size_t payload_bytes, bool inserted) {
  const std::uint64_t bytes = path.size() + payload_bytes;
  object.record.entries += inserted ? 1 : std::uint64_t{0} - 1;
  object.record.bytes += inserted ? bytes : std::uint64_t{0} - bytes;
  const auto head = parse_path(path);
  if (head && is_live(*head)) add_live(object.record.summary, head->type, inserted);
}

void ObjectTable::insert(Object& object, BytesView path, const Dot& dot, BytesView payload) {
  make_dirty(object);
  if (object.record.id.value == 0) object.record.id = ObjectId{next_object_.value++};
  const auto [at, is_new] =
      object.changed.try_emplace(EntryName{Bytes(path), dot}, Slot{Bytes(payload), false});
  CW_CHECK(is_new, "a dot is issued once");
  change_bytes(object, slot_bytes(at->first, at->second), 0);
  count(object, path, payload.size(), true);
}

void ObjectTable::erase(Object& object, BytesView path, const Dot& dot, BytesView payload) {
  make_dirty(object);
  count(object, path, payload.size(), false);
  const EntryView name{path, dot, {}};
  if (const auto at = object.changed.find(name); at != object.changed.end()) {
    CW_CHECK(!at->second.removed, "an entry is removed once");
    change_bytes(object, 0, slot_bytes(at->first, at->second));
    object.changed.erase(at);  // not stored yet: nobody will know that it was
    return;
  }
  const auto at = object.changed.emplace(EntryName{Bytes(path), dot}, Slot{{}, true}).first;
  change_bytes(object, slot_bytes(at->first, at->second), 0);
}

void ObjectTable::add_duplicate_requests(Object& object, std::int64_t more) {
  make_dirty(object);
  object.record.summary.duplicate_requests += static_cast<std::uint64_t>(more);
}

void ObjectTable::forget(Object& object) {
  CW_CHECK(!object.dirty, "the next checkpoint needs it");
  CW_CHECK(object.pins == 0, "somebody holds it");
  objects_.erase(objects_.find(*object.key));
}

}  // namespace causeway
