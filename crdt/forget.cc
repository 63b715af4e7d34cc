#include "crdt/forget.h"

#include <algorithm>

#include "crdt/counter.h"
#include "crdt/expiry.h"
#include "crdt/path.h"
#include "crdt/remove_wins_set.h"
#include "crdt/request.h"

namespace causeway {

std::optional<Due> due_of(BytesView path, BytesView payload) {
  const auto head = parse_path(path);
  if (!head) return std::nullopt;
  const bool is_expiry = head->type == EntryType::expiry;
  std::optional<std::uint64_t> ms;
  if (head->part == Part::request) ms = expiry_of(payload);
  if (head->part == Part::forgotten || is_removal(*head, payload)) ms = 0;
  if (is_expiry) ms = due_of_expiry(payload);
  return ms ? std::optional(Due{*ms, is_expiry}) : std::nullopt;
}

Result<Dots> forgettable(const ObjectEntries& entries, BytesView key, std::span<const EntryView> at_path,
                         const SettledFacts& facts) {
  const BytesView path = at_path.front().path;
  const auto head = parse_path(path);
  if (!head) return unreadable(key, at_path.front());
  const Place place{key, path.substr(0, head->base), head->inner};
  if (head->part == Part::request) return forgettable_executions(entries, place, at_path, facts);
  if (head->part == Part::forgotten) return forgettable_records(entries, place, at_path, facts);
  if (head->within == EntryType::remove_wins_set) return forgettable_member(entries, key, path, facts);
  return Dots();
}

Result<std::optional<std::uint64_t>> forget(const Context& context, std::span<const EntryView> at_path,
                                            const SettledFacts& facts) {
  const BytesView path = at_path.front().path;
  if (path[0] == static_cast<char>(EntryType::expiry)) return end_expired(context, facts);
  CW_TRY(const Dots gone, forgettable(context.entries, context.key, at_path, facts));
  if (!gone.empty()) context.changes.remove(context.key, path, gone);
  std::optional<std::uint64_t> rest_ms;
  for (const EntryView& entry : at_path) {
    if (std::find(gone.begin(), gone.end(), entry.dot) != gone.end()) continue;
    const auto due = due_of(entry.path, entry.payload);
    if (due) rest_ms = std::min(rest_ms.value_or(due->ms), due->ms);
  }
  return rest_ms;
}

}  // namespace causeway
