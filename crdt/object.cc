#include "crdt/object.h"

#include <deque>
#include <utility>

#include "crdt/counter.h"
#include "crdt/register.h"

namespace causeway {
namespace {

void mark(const Context& context, EntryType type, const Dots& superseded) {
  const char number = static_cast<char>(type);
  put_register_over(superseded, place_of(context.key, EntryType::marker), context.hlc, BytesView(&number, 1),
                    context.changes);
}

Result<void> read_markers(const Context& context, Dots& markers) {
  return dots_at(context.entries, context.key, place_of(context.key, EntryType::marker).path(Part::value),
                 markers);
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

Result<void> read_object(const Context& context, ObjectState& object) {
  CW_TRY_VOID(context.entries.summary(context.key, context.base, object.summary));
  object.is_field = !context.base.empty();
  const auto& live = object.summary.live;
  if (!live.empty()) object.type = live.front().first;
  if (live.size() > 1 && context.base.empty()) {
    CW_TRY(object.type, decide_type(context.entries, context.key, object.summary));
  }
  return {};
}

Result<void> read_object(const Context& context, EntryType wanted, BytesView command, ObjectState& object) {
  CW_TRY_VOID(read_object(context, object));
  return require_type(object, wanted, command);
}

Result<void> require_type(const ObjectState& object, EntryType wanted, BytesView command) {
  if (!object.type || *object.type == wanted) return {};
  return fail(ErrorCode::wrong_type, Bytes(object.holder()) + " holds a " + Bytes(name_of(*object.type)) +
                                         ", and " + Bytes(command) + " works on a " + Bytes(name_of(wanted)));
}

Result<void> create_object(const Context& context, EntryType type, const ObjectState& object) {
  if (object.exists()) return {};
  if (context.outer) return create_object(*context.outer, context.outer_type, *context.outer_object);
  return mark_anew(context, type);
}

Result<void> mark_anew(const Context& context, EntryType type) {
  Dots markers;
  CW_TRY_VOID(read_markers(context, markers));
  mark(context, type, markers);
  return {};
}

Result<void> remove_object(const Context& context, const ObjectState& object) {
  context.changes.remove_range(context.key, context.base, context.clock);
  if (object.summary.tallies == 0) return {};
  std::deque<std::pair<Bytes, CounterState>> counters;  // by base and type
  Result<void> readable;
  CW_TRY_VOID(context.entries.scan(context.key, context.base, [&](const EntryView& entry) {
    const auto head = parse_path(entry.path);
    if (!head || !is_tally(*head)) return true;
    const BytesView at = entry.path.substr(0, head->base + 1);
    if (counters.empty() || counters.back().first != at) counters.emplace_back(at, CounterState());
    readable = add_tally(context.key, *head, entry, counters.back().second);
    return readable.has_value();
  }));
  CW_TRY_VOID(readable);
  for (const auto& [at, counter] : counters) {
    const Place place{context.key, BytesView(at).substr(0, at.size() - 1), static_cast<EntryType>(at.back())};
    keep_forgotten(counter, place, context.dot.actor, context.changes);
  }
  return {};
}

Result<void> delete_object(const Context& context, const ObjectState& object) {
  CW_TRY_VOID(remove_object(context, object));
  // What it is in has lost one element; of an object the range has the markers, too.
  return context.outer ? unmark_if_emptied(*context.outer, *context.outer_object, 1) : Result<void>();
}

Result<void> replace_object(const Context& context, EntryType type, const ObjectState& object) {
  CW_TRY_VOID(remove_object(context, object));
  if (!context.outer) mark(context, type, {});
  return {};
}

Result<void> unmark_if_emptied(const Context& context, const ObjectState& object, std::uint64_t removed) {
  std::uint64_t live = 0;
  for (const auto& row : object.summary.live) live += row.second;
  if (removed < live) return {};
  if (context.outer) return unmark_if_emptied(*context.outer, *context.outer_object, live > 0 ? 1 : 0);
  Dots markers;
  CW_TRY_VOID(read_markers(context, markers));
  const Path path = place_of(context.key, EntryType::marker).path(Part::value);
  if (!markers.empty()) context.changes.remove(context.key, path, markers);
  return {};
}

}  // namespace causeway
