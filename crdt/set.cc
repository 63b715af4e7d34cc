#include "crdt/set.h"

namespace causeway {
namespace {

Result<Member> change_member(const EntryReader& entries, const Place& place, BytesView member,
                             std::optional<Bytes> payload) {
  Member change;
  change.update = {Bytes(place.key), place.path(Part::value, member), std::move(payload), {}};
  CW_TRY(change.update.supersedes, dots_at(entries, place.key, change.update.path));
  change.present = change.update.supersedes.size();
  return change;
}

}  // namespace

Result<Member> add_member(const EntryReader& entries, const Place& place, BytesView member) {
  return change_member(entries, place, member, Bytes());
}

Result<Member> remove_member(const EntryReader& entries, const Place& place, BytesView member) {
  return change_member(entries, place, member, std::nullopt);
}

Result<bool> has_member(const EntryReader& entries, const Place& place, BytesView member) {
  CW_TRY(const auto dots, dots_at(entries, place.key, place.path(Part::value, member)));
  return !dots.empty();
}

Result<void> scan_members(const EntryReader& entries, const Place& place,
                          const std::function<void(BytesView)>& visit) {
  const Bytes members = place.path(Part::value);
  Bytes last;  // the path of the entry before
  return entries.scan(place.key, members, [&](const EntryView& entry) {
    if (entry.path != last) visit(entry.path.substr(members.size()));
    last = entry.path;
    return true;
  });
}

}  // namespace causeway
