// The part of ObjectTable that has orders of elements.
#include "crdt/container.h"
#include "storage/element_name.h"
#include "storage/object_table.h"

namespace causeway {

Result<const ElementOrder*> ObjectTable::order(const Place& place, ElementOrder& scratch) {
  Container container;
  CW_TRY_VOID(descend(place.key, place.base, container));
  if (!container.is_there()) return &scratch;
  if (!container.is_spread()) {
    EntryList own;
    CW_TRY(const EntryList* const list, entries_of(container, own));
    const BytesView there = place.base.substr(container.base);
    order_elements(below(list->all(), there), {place.key, there, place.type}, scratch);
    return &scratch;
  }
  if (container.base != place.base.size()) return &scratch;  // no base
  const bool is_object = container.field.value == 0;
  const KeptOrders::Of of{container.object, is_object ? container.object : container.field, place.type};
  if (const ElementOrder* const kept = orders_.find(of)) return kept;
  CW_TRY_VOID(read_order(container, place, scratch));
  const ElementOrder* const kept = orders_.keep(of, scratch);
  return kept != nullptr ? kept : &scratch;
}

/// Of a container that is spread.
Result<void> ObjectTable::read_order(const Container& container, const Place& place, ElementOrder& order) {
  const char type = static_cast<char>(place.type);
  const ElementName all(container.field, {&type, 1});
  const std::size_t head_bytes = container_bytes(all);
  EntryList list;
  SpreadRecord record;
  return records_.visit_elements(container.object, all, all,
                                 [&](BytesView text, BytesView body) -> Result<bool> {
                                   const BytesView name = text.substr(head_bytes);
                                   std::optional<Bytes> key;
                                   bool readable = false;
                                   if (!has_fields(place.type)) {
                                     readable = list.read_entry(name, body, actors_);
                                     if (readable) key = order_key(list.all(), 0);
                                   } else if (is_spread(body)) {
                                     readable = read_record(body, actors_, record);
                                     if (readable && !record.summary.live.empty())
                                       key = order_key_by_name(name);
                                   } else {
                                     readable = list.read_field(place.type, body, actors_);
                                     if (readable) key = order_key_of(name, list);
                                   }
                                   if (!readable) return damaged({RecordKind::entry, container.object, text});
                                   if (key) order.insert(*key);
                                   return true;
                                 });
}

/// Of a field that is whole.
std::optional<Bytes> ObjectTable::order_key_of(BytesView name, const EntryList& list) {
  std::vector<Bytes> paths;
  std::vector<EntryView> element;
  paths.reserve(list.entries.size());
  for (const EntryView& entry : list.entries) {
    const Bytes& path = paths.emplace_back(Bytes(name).append(field_end).append(entry.path));
    element.push_back({path, entry.dot, entry.payload});
  }
  return element.empty() ? std::nullopt : order_key(element, 0);
}

std::optional<Bytes> ObjectTable::order_key_of(const Edit& element) {
  if (element.form == Form::spread) {
    if (element.record->summary.live.empty()) return std::nullopt;
    return order_key_by_name(element.name);
  }
  if (element.list->entries.empty()) return std::nullopt;
  if (element.form == Form::whole) return order_key_of(element.name, *element.list);
  return order_key(element.list->all(), 0);
}

}  // namespace causeway
