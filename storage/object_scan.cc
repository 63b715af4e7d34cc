// The part of ObjectTable that reads in order.
#include "base/check.h"
#include "crdt/container.h"
#include "storage/element_name.h"
#include "storage/object_table.h"
#include "storage/record.h"

namespace causeway {
namespace {

/// What a path, or a leading part of one, is in the container with this base: nothing if it stands before or behind all of it.
BytesView inside(BytesView path, BytesView base) {
  return path.starts_with(base) ? path.substr(base.size()) : BytesView();
}

/// The name of the first record that may have a path at or behind this one: that of the field that it is in. (A last 00 may be the
/// beginning of a field's end.)
BytesView first_name(BytesView path) {
  if (path.empty() || !has_fields(static_cast<EntryType>(path[0]))) return path;
  if (const auto end = complete_field(path, 0)) return path.substr(0, *end);
  return path.ends_with('\0') ? path.substr(0, path.size() - 1) : path;
}

}  // namespace

/// One scan of an object that is spread, from container to container.
class ObjectTable::Scan {
 public:
  /// REQUIRES: from begins with prefix, and both with base, where it starts.
  Scan(ObjectTable& table, ObjectId object, BytesView base, BytesView from, BytesView prefix, Visitor visit)
      : table_(table), object_(object), from_(from), prefix_(prefix), visit_(visit), path_(base) {}

  /// Visits the entries of the container whose base it has come to; 0: the object. Returns whether to go on.
  Result<bool> visit(const SpreadRecord& record, ObjectId field) {
    const BytesView from = inside(from_, path_);
    const BytesView prefix = inside(prefix_, path_);
    const std::uint64_t visited_before = visited_;
    const ElementName first(field, first_name(from));
    const ElementName all(field, first_name(prefix));
    const std::size_t head_bytes = BytesView(all).size() - first_name(prefix).size();
    CW_TRY_VOID(table_.records_.visit_elements(object_, first, all,
                                               [&](BytesView text, BytesView body) -> Result<bool> {
                                                 if (field.value == 0 && is_in_field(text)) return false;
                                                 return show(text, text.substr(head_bytes), body);
                                               }));
    if (go_on_ && from.empty() && visited_ - visited_before != record.counts.entries) {
      return damaged_record(keys::entries(table_.id(), object_),
                            "a container has " + std::to_string(record.counts.entries) + " entries, but " +
                                std::to_string(visited_ - visited_before) + " were found");
    }
    return go_on_;
  }

 private:
  Result<bool> show(BytesView text, BytesView name, BytesView body) {
    const auto damaged = [&] { return table_.damaged({RecordKind::entry, object_, text}); };
    if (name.empty()) return damaged();
    const auto type = static_cast<EntryType>(name[0]);
    EntryList list;
    if (!has_fields(type)) {
      if (!list.read_entry(name, body, table_.actors_)) return damaged();
      return show(list);
    }
    const std::size_t base_bytes = path_.size();
    path_.append(name).append(field_end);
    if (is_spread(body)) {
      SpreadRecord record;
      if (!read_record(body, table_.actors_, record)) return damaged();
      CW_TRY_VOID(visit(record, record.id));
    } else {
      if (!list.read_field(type, body, table_.actors_)) return damaged();
      show(list);
    }
    path_.resize(base_bytes);
    return go_on_;
  }

  bool show(const EntryList& list) {
    const std::size_t base_bytes = path_.size();
    for (const EntryView& entry : list.entries) {
      ++visited_;
      if (base_bytes > 0) path_.append(entry.path);
      const BytesView path = base_bytes > 0 ? BytesView(path_) : entry.path;
      if (path >= from_ && path.starts_with(prefix_)) go_on_ = visit_({path, entry.dot, entry.payload});
      path_.resize(base_bytes);
      if (!go_on_) break;
    }
    return go_on_;
  }

  ObjectTable& table_;
  ObjectId object_;
  BytesView from_;
  BytesView prefix_;
  Visitor visit_;
  Bytes path_;
  std::uint64_t visited_ = 0;
  bool go_on_ = true;
};

Result<void> ObjectTable::scan(BytesView key, BytesView from, BytesView prefix, Visitor visit) {
  if (!from.starts_with(prefix)) return {};  // it is behind all that does
  Container container;
  CW_TRY_VOID(descend(key, prefix, container));
  if (!container.is_there()) return {};
  const BytesView base = prefix.substr(0, container.base);
  if (container.is_spread()) {
    SpreadRecord own;
    const SpreadRecord* record = &own;
    if (base.empty()) {
      CW_TRY(record, record_of(container.blob, own));
    } else if (!read_record(container.blob->body(), actors_, own)) {
      return damaged(container.blob->name());
    }
    CW_TRY_VOID(Scan(*this, container.object, base, from, prefix, visit).visit(*record, container.field));
    return {};
  }
  EntryList own;
  CW_TRY(const EntryList* const list, entries_of(container, own));
  Bytes path(base);
  ++visits_;
  for (const EntryView& entry : list->entries) {
    if (entry.path < from.substr(base.size()) || !begins_with(entry.path, prefix.substr(base.size())))
      continue;
    path.resize(base.size());
    if (!base.empty()) path.append(entry.path);
    if (!visit({base.empty() ? entry.path : BytesView(path), entry.dot, entry.payload})) break;
  }
  --visits_;
  return {};
}

Result<void> ObjectTable::objects(BytesView from, ObjectVisitor visit) {
  EntryList list;
  SpreadRecord record;
  return records_.visit_objects(from, [&](BytesView key, BytesView body) -> Result<bool> {
    if (is_spread(body)) {
      if (!read_record(body, actors_, record)) return damaged(object_name(key));
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
  SpreadRecord record;
  const BytesView first = behind != nullptr ? BytesView(behind->key) : BytesView();
  return records_.visit_objects(first, [&](BytesView key, BytesView body) -> Result<bool> {
    Bytes from;
    if (behind != nullptr && key == behind->key) from = behind->path + '\0';  // the next path there can be
    const auto show = [&](const EntryView& entry) { return visit(key, entry); };
    if (is_spread(body)) {
      if (!read_record(body, actors_, record)) return damaged(object_name(key));
      return Scan(*this, record.id, {}, from, {}, show).visit(record, {});
    }
    if (!list.read_object(body, actors_)) return damaged(object_name(key));
    for (const EntryView& entry : list.entries) {
      if (entry.path >= from && !show(entry)) return false;
    }
    return true;
  });
}

}  // namespace causeway
