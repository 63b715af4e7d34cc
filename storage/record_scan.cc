// The part of RecordTable that reads in order: what is in memory, over what the state has.
#include <algorithm>

#include "base/plant.h"
#include "storage/named_scan.h"
#include "storage/record_table.h"

namespace causeway {

/// The blobs that changed since the state was written, sorted by name, the latest of each.
struct RecordTable::Overlay {
  std::vector<std::pair<BytesView, const Blob*>> rows;

  Overlay(const Group& group, BytesView from, BytesView prefix) {
    add(group.changed, from, prefix);
    if (group.frozen && !planted(Plant::frozen_overlooked)) add(*group.frozen, from, prefix);
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second->generation > b.second->generation;
    });
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
  }

 private:
  void add(const std::vector<Blob*>& blobs, BytesView from, BytesView prefix) {
    for (const Blob* blob : blobs) {
      const BytesView name = blob->name().text;
      if (name >= from && name.starts_with(prefix)) rows.emplace_back(name, blob);
    }
  }
};

Result<void> RecordTable::visit(const StateStore& state, BytesView head, const Group* group, BytesView from,
                                BytesView prefix, Visitor visit) {
  static const Group none;
  const Overlay overlay(group != nullptr ? *group : none, from, prefix);
  auto next = overlay.rows.begin();
  bool go_on = true;
  const auto show_next = [&]() -> Result<void> {
    const Blob* const blob = (next++)->second;
    if (blob->absent()) return {};
    CW_TRY(go_on, visit(blob->name().text, blob->body()));
    return {};
  };
  CW_TRY_VOID(scan_named(state, head, from, prefix, [&](BytesView name, BytesView body) -> Result<bool> {
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

Result<void> RecordTable::visit_objects(BytesView from, Visitor visit) const {
  return this->visit(state_, keys::objects(id_), &objects_, from, {}, visit);
}

Result<void> RecordTable::visit_elements(ObjectId object, BytesView from, BytesView prefix,
                                         Visitor visit) const {
  const auto group = groups_.find(object);
  return this->visit(state_, keys::entries(id_, object), group == groups_.end() ? nullptr : &group->second,
                     from, prefix, visit);
}

}  // namespace causeway
