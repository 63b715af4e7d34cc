#include "crdt/forget.h"

#include "crdt/counter.h"
#include "crdt/path.h"
#include "crdt/remove_wins_set.h"
#include "crdt/request.h"

namespace causeway {

std::optional<std::uint64_t> due_of(BytesView path, BytesView payload) {
  const auto head = parse_path(path);
  if (!head) return std::nullopt;
  if (head->part == Part::request) return expiry_of(payload);
  if (head->part == Part::forgotten || is_removal(*head, payload)) return 0;
  return std::nullopt;
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

}  // namespace causeway
