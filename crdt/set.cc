#include "crdt/set.h"

#include "base/plant.h"

namespace causeway {
Result<std::uint64_t> add_member(const EntryReader& entries, const Place& place, BytesView member,
                                 EventWriter& changes) {
  const Path path = place.path(Part::value, member);
  CW_TRY(const Dots dots, dots_at(entries, place.key, path));
  if (planted(Plant::repeated_add_issues_nothing) && !dots.empty()) return dots.size();
  changes.insert(place.key, path, dots, {});
  return dots.size();
}

Result<std::uint64_t> remove_member(const EntryReader& entries, const Place& place, BytesView member,
                                    EventWriter& changes) {
  const Path path = place.path(Part::value, member);
  CW_TRY(const Dots dots, dots_at(entries, place.key, path));
  if (!dots.empty()) changes.remove(place.key, path, dots);
  return dots.size();
}

Result<bool> has_member(const EntryReader& entries, const Place& place, BytesView member) {
  CW_TRY(const auto dots, dots_at(entries, place.key, place.path(Part::value, member)));
  return !dots.empty();
}

Result<void> scan_members(const EntryReader& entries, const Place& place,
                          FunctionRef<void(BytesView)> visit) {
  const Path members = place.path(Part::value);
  Bytes last;  // the path of the entry before
  return entries.scan(place.key, members, [&](const EntryView& entry) {
    if (entry.path != last) visit(entry.path.substr(members.size()));
    last = entry.path;
    return true;
  });
}

}  // namespace causeway
