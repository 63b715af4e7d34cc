// The part of ObjectTable that reads in order: what is in memory, over what the state has.
#include <algorithm>

#include "base/check.h"
#include "base/plant.h"
#include "crdt/container.h"
#include "storage/named_scan.h"
#include "storage/object_table.h"
#include "storage/record.h"

namespace causeway {

/// The blobs that changed since the state was written, sorted by name, the latest of each.
struct ObjectTable::Overlay {
  std::vector<std::pair<BytesView, const Blob*>> rows;

  void add(const std::vector<Blob*>& blobs, BytesView from, BytesView prefix) {
    for (const Blob* blob : blobs) {
      const BytesView name = blob->name().text;
      if (name >= from && name.starts_with(prefix)) rows.emplace_back(name, blob);
    }
  }
  void sort() {
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second->generation > b.second->generation;
    });
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
  }
};

Result<void> ObjectTable::merge_bodies(BytesView head, const Overlay& overlay, BytesView from,
                                       BytesView prefix, BodyVisitor visit) const {
  auto next = overlay.rows.begin();
  bool go_on = true;
  const auto show_next = [&]() -> Result<void> {
    const Blob* const blob = (next++)->second;
    if (blob->absent()) return {};
    CW_TRY(go_on, visit(blob->name().text, blob->body()));
    return {};
  };
  CW_TRY_VOID(scan_named(state_, head, from, prefix, [&](BytesView name, BytesView body) -> Result<bool> {
    while (go_on && next != overlay.rows.end() && next->first < name) {
      if (auto shown = show_next(); !shown) return tl::unexpected<Error>(std::move(shown).error());
    }
    if (!go_on) return false;
    const bool is_newer = next != overlay.rows.end() && next->first == name;
    if (is_newer) {
      if (auto shown = show_next(); !shown) return tl::unexpected<Error>(std::move(shown).error());
      return go_on;
    }
    Result<bool> shown = visit(name, body);
    go_on = shown && *shown;
    return shown;
  }));
  while (go_on && next != overlay.rows.end()) CW_TRY_VOID(show_next());
  return {};
}

Result<void> ObjectTable::scan_spread(const ObjectRecord& record, BytesView from, BytesView prefix,
                                      Visitor visit) {
  Overlay overlay;
  if (const auto spread = spreads_.find(record.id); spread != spreads_.end()) {
    overlay.add(spread->second.changed, from, prefix);
    if (spread->second.frozen && !planted(Plant::frozen_overlooked))
      overlay.add(*spread->second.frozen, from, prefix);
    overlay.sort();
  }
  EntryList list;
  std::uint64_t visited = 0;
  bool go_on = true;
  CW_TRY_VOID(merge_bodies(keys::entries(id_, record.id), overlay, from, prefix,
                           [&](BytesView path, BytesView body) -> Result<bool> {
                             if (!list.read_entry(path, body, actors_)) {
                               return damaged({RecordKind::entry, record.id, path});
                             }
                             for (const EntryView& entry : list.entries) {
                               ++visited;
                               if (!(go_on = visit(entry))) break;
                             }
                             return go_on;
                           }));
  if (go_on && from.empty() && visited != record.entries) {
    return damaged_record(keys::entries(id_, record.id), "the object has " + std::to_string(record.entries) +
                                                             " entries, but " + std::to_string(visited) +
                                                             " were found");
  }
  return {};
}

Result<void> ObjectTable::scan(BytesView key, BytesView from, BytesView prefix, Visitor visit) {
  CW_TRY(const Blob* const object, find_object(key));
  if (object == nullptr || object->absent()) return {};
  if (is_spread(object->body())) {
    ObjectRecord record;
    if (!read_record(object->body(), record)) return damaged(object_name(key));
    return scan_spread(record, from, prefix, visit);
  }
  EntryList list;
  CW_TRY(const EntryList* const all, list_of(object, list));
  ++visits_;
  for (const EntryView& entry : all->entries) {
    if (entry.path < from || !entry.path.starts_with(prefix)) continue;
    if (!visit(entry)) break;
  }
  --visits_;
  return {};
}

Result<void> ObjectTable::bodies(BytesView from, BodyVisitor visit) const {
  Overlay overlay;
  overlay.add(changed_, from, {});
  if (frozen_ && !planted(Plant::frozen_overlooked)) overlay.add(*frozen_, from, {});
  overlay.sort();
  return merge_bodies(keys::objects(id_), overlay, from, {}, visit);
}

Result<void> ObjectTable::objects(BytesView from, ObjectVisitor visit) {
  EntryList list;
  ObjectRecord record;
  return bodies(from, [&](BytesView key, BytesView body) -> Result<bool> {
    if (is_spread(body)) {
      if (!read_record(body, record)) return damaged(object_name(key));
      return visit(key, record.summary);
    }
    if (!list.read_object(body, actors_)) return damaged(object_name(key));
    ObjectSummary summary;
    summarize(list.all(), 0, summary);
    return visit(key, summary);
  });
}

Result<void> ObjectTable::walk(const EntryPosition* behind, EntryVisitor visit) {
  EntryList list;
  ObjectRecord record;
  const BytesView first = behind != nullptr ? BytesView(behind->key) : BytesView();
  return bodies(first, [&](BytesView key, BytesView body) -> Result<bool> {
    Bytes from;
    if (behind != nullptr && key == behind->key) from = behind->path + '\0';  // the next path there can be
    bool go_on = true;
    const auto show = [&](const EntryView& entry) { return go_on = entry.path < from || visit(key, entry); };
    if (is_spread(body)) {
      if (!read_record(body, record)) return damaged(object_name(key));
      CW_TRY_VOID(scan_spread(record, from, {}, show));
      return go_on;
    }
    if (!list.read_object(body, actors_)) return damaged(object_name(key));
    for (const EntryView& entry : list.entries) {
      if (!show(entry)) break;
    }
    return go_on;
  });
}

Result<void> ObjectTable::check(EntryVisitor visit) {
  EntryList list;
  ObjectRecord record;
  ObjectIds ids;
  CW_TRY_VOID(bodies({}, [&](BytesView key, BytesView body) -> Result<bool> {
    if (is_spread(body)) {
      if (!read_record(body, record)) return damaged(object_name(key));
      ids.insert(record.id);
      if (auto right = check_spread(key, body, visit); !right)
        return tl::unexpected<Error>(std::move(right).error());
      return true;
    }
    if (!list.read_object(body, actors_)) return damaged(object_name(key));
    for (const EntryView& entry : list.entries) visit(key, entry);
    return true;
  }));
  // It may be stored between the two scans, which must be of one moment.
  if (tier_.is_freezing) return {};
  if (!dirty()) return find_strays(ids);
  CW_TRY(ids, stored_spreads());
  return read_stored_entries(ids);
}

Result<void> ObjectTable::check_spread(BytesView key, BytesView body, EntryVisitor visit) {
  ObjectRecord record;
  if (!read_record(body, record)) return damaged(object_name(key));
  ObjectRecord found{record.id, 0, 0, {}};
  Bytes path;
  std::size_t at_path = 0;
  CW_TRY_VOID(scan_spread(record, {}, {}, [&](const EntryView& entry) {
    ++found.entries;
    found.bytes += entry.path.size() + entry.payload.size();
    if (entry.path != path) at_path = 0;
    path = entry.path;
    count_path(found.summary, path, at_path, at_path + 1);
    const auto head = parse_path(path);
    if (at_path == 0 && head && is_live(*head)) count_element(found.summary, head->type, true);
    ++at_path;
    return visit(key, entry);
  }));
  if (write_record(found, body_) != body)
    return damaged_record(keys::object(id_, key), "its counts are not those of its entries");
  return {};
}

/// Of the large objects as the state has them.
Result<ObjectTable::ObjectIds> ObjectTable::stored_spreads() const {
  ObjectIds ids;
  ObjectRecord record;
  const Bytes head = keys::objects(id_);
  CW_TRY_VOID(scan_named(state_, head, {}, {}, [&](BytesView key, BytesView body) -> Result<bool> {
    if (!is_spread(body)) return true;
    if (!read_record(body, record)) return damaged(object_name(key));
    if (!ids.insert(record.id).second) return damaged_record(head, "two objects have one id");
    return true;
  }));
  return ids;
}

/// What was read already is passed over, object by object.
Result<void> ObjectTable::find_strays(const ObjectIds& ids) const {
  const Bytes head = keys::entries(id_);
  Result<void> outcome;
  for (std::optional<Bytes> from = head; from && outcome;) {
    const Bytes start = *std::exchange(from, std::nullopt);
    CW_TRY_VOID(state_.scan(start, [&](BytesView key, BytesView) {
      if (!key.starts_with(head)) return false;
      const auto object = keys::parse_entry_object(key);
      if (!object || !ids.contains(*object)) {
        outcome = damaged_record(key, "it is an entry of no object");
      } else {
        from = keys::entries(id_, ObjectId{object->value + 1});
      }
      return false;
    }));
  }
  return outcome;
}

/// Also of what has changed in memory since, and would not be read.
Result<void> ObjectTable::read_stored_entries(const ObjectIds& ids) const {
  Result<void> outcome;
  const Bytes head = keys::entries(id_);
  CW_TRY_VOID(state_.scan(head, [&](BytesView key, BytesView value) {
    if (!key.starts_with(head)) return false;
    const auto object = keys::parse_entry_object(key);
    const auto body = open_record(key, value);
    if (!body) outcome = tl::unexpected<Error>(body.error());
    if (!object || !ids.contains(*object)) outcome = damaged_record(key, "it is an entry of no object");
    return outcome.has_value();
  }));
  return outcome;
}

}  // namespace causeway
