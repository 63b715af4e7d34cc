// Containers and their elements: what follows from the entries of an object, or of a field, whatever their types. All of it
// is derived; who keeps entries keeps it up to date with them.
#pragma once

#include <optional>
#include <span>

#include "crdt/element_order.h"
#include "crdt/entry.h"

namespace causeway {

/// The part of an object's entries, sorted by path, that stands in the container with this base.
std::span<const EntryView> below(std::span<const EntryView> entries, BytesView base);

/// Visits the elements of a container: its entries, sorted by path, element by element.
/// `entries` are all of the container, whose base has `base` bytes.
void each_element(std::span<const EntryView> entries, std::size_t base,
                  FunctionRef<void(std::span<const EntryView> element)> visit);

/// Whether the element counts: some entry of it is live, at whatever depth. A member of a remove-wins set is if it is added and
/// not removed.
bool is_live_element(std::span<const EntryView> element, std::size_t base);
/// The same of a field of a value of this type: the paths are taken from what it holds on.
bool is_live_field(EntryType type, std::span<const EntryView> entries);

/// What follows from the entries of a container, sorted; into a new summary.
void summarize(std::span<const EntryView> entries, std::size_t base, ObjectSummary& summary);
/// An element of this type came to life, or ceased to live.
void count_element(ObjectSummary& summary, EntryType type, bool lives);

/// What a live element is called in its type's order: its bytes behind type and part (a field's escaped); in a sorted set, its
/// score before them; in sets and maps, which have no order of their own, as for scans (crdt/scan_cursor.h). Nothing if it
/// does not live.
std::optional<Bytes> order_key(std::span<const EntryView> element, std::size_t base);
/// The same of one that is known to live, where its name is enough: not in a sorted set. `name`: type, part and what follows.
Bytes order_key_by_name(BytesView name);
/// Adds the live elements of the value at this place to `order`; `entries` as in each_element.
void order_elements(std::span<const EntryView> entries, const Place& place, ElementOrder& order);
/// The same, read from anywhere.
Result<void> read_order(const EntryReader& entries, const Place& place, ElementOrder& order);
/// Summarizes a container that is not at hand by a scan.
Result<void> read_summary(const EntryReader& entries, BytesView key, BytesView base, ObjectSummary& summary);

}  // namespace causeway
