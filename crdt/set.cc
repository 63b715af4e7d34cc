#include "crdt/set.h"

#include "base/plant.h"

namespace causeway {
Result<std::uint64_t> add_member(const ObjectEntries& entries, const Place& place, BytesView member,
                                 EventWriter& changes) {
  const Path path = place.path(Part::value, member);
  Dots dots;
  CW_TRY_VOID(dots_at(entries, place.key, path, dots));
  if (planted(Plant::repeated_add_issues_nothing) && !dots.empty()) return dots.size();
  changes.insert(place.key, path, dots, {});
  return dots.size();
}

Result<std::uint64_t> remove_member(const ObjectEntries& entries, const Place& place, BytesView member,
                                    EventWriter& changes) {
  const Path path = place.path(Part::value, member);
  Dots dots;
  CW_TRY_VOID(dots_at(entries, place.key, path, dots));
  if (!dots.empty()) changes.remove(place.key, path, dots);
  return dots.size();
}

Result<bool> has_member(const ObjectEntries& entries, const Place& place, BytesView member) {
  Dots dots;
  CW_TRY_VOID(dots_at(entries, place.key, place.path(Part::value, member), dots));
  return !dots.empty();
}

Result<void> scan_members(const ObjectEntries& entries, const Place& place,
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
