#include "crdt/object.h"

#include <algorithm>

#include "crdt/counter.h"
#include "crdt/register.h"

namespace causeway {
namespace {

/// The types whose entries include counter cells.
constexpr EntryType counting_types[] = {EntryType::string, EntryType::counter};

void mark(const Context& context, BytesView key, EntryType type, const Dots& superseded) {
  const char number = static_cast<char>(type);
  put_register_over(superseded, place_of(key, EntryType::marker), context.hlc, BytesView(&number, 1),
                    context.changes);
}

/// Of several types the newest marker decides, among the types that are present; else the lowest number.
Result<EntryType> decide_type(const ObjectEntries& entries, BytesView key, const ObjectSummary& summary) {
  Siblings markers;
  CW_TRY_VOID(read_register(entries, place_of(key, EntryType::marker), markers));
  for (const Sibling& candidate : markers) {
    for (const auto& [type, count] : summary.live) {
      if (candidate.value == BytesView(reinterpret_cast<const char*>(&type), 1)) return type;
    }
  }
  return summary.live.front().first;
}

}  // namespace

Result<void> read_object(const ObjectEntries& entries, BytesView key, ObjectState& object) {
  CW_TRY_VOID(entries.summary(key, object.summary));
  const auto& live = object.summary.live;
  if (live.size() == 1) object.type = live.front().first;
  if (live.size() > 1) {
    CW_TRY(object.type, decide_type(entries, key, object.summary));
  }
  return {};
}

Result<void> require_type(const ObjectState& object, EntryType wanted, BytesView command) {
  if (!object.type || *object.type == wanted) return {};
  return fail(ErrorCode::wrong_type, "the key holds a " + Bytes(name_of(*object.type)) + ", and " +
                                         Bytes(command) + " works on a " + Bytes(name_of(wanted)));
}

Result<void> create_object(const Context& context, BytesView key, EntryType type, const ObjectState& object) {
  if (object.exists()) return {};
  Dots markers;
  CW_TRY_VOID(dots_at(context.entries, key, place_of(key, EntryType::marker).path(Part::value), markers));
  mark(context, key, type, markers);
  return {};
}

Result<void> remove_object(const Context& context, BytesView key) {
  context.changes.remove_range(key, {}, context.clock);
  for (const EntryType type : counting_types) {
    const Place place = place_of(key, type);
    CounterState counter;
    CW_TRY_VOID(read_whole_counter(context.entries, place, counter));
    keep_forgotten(counter, place, context.dot.actor, context.changes);
  }
  return {};
}

Result<void> replace_object(const Context& context, BytesView key, EntryType type) {
  CW_TRY_VOID(remove_object(context, key));
  mark(context, key, type, {});
  return {};
}

Result<void> unmark_if_emptied(const Context& context, BytesView key, const ObjectState& object,
                               std::uint64_t removed) {
  std::uint64_t live = 0;
  for (const auto& row : object.summary.live) live += row.second;
  if (removed < live) return {};
  const Path path = place_of(key, EntryType::marker).path(Part::value);
  Dots markers;
  CW_TRY_VOID(dots_at(context.entries, key, path, markers));
  if (!markers.empty()) context.changes.remove(key, path, markers);
  return {};
}

}  // namespace causeway
