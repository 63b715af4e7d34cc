#include "crdt/remove_wins_set.h"

#include "crdt/container.h"
#include "crdt/flag.h"

namespace causeway {
namespace {

/// The members that are present among entries that come sorted.
class Members {
 public:
  Members(const Place& place, FunctionRef<void(BytesView member)> visit)
      : name_at_(place.base.size() + 2), base_bytes_(place.base.size()), visit_(visit) {}

  void add(const EntryView& entry) {
    if (entry.path != path_) {
      end();
      path_ = entry.path;
    }
    flag_.add(entry.payload);
  }
  void end() {
    if (flag_.value(EntryType::disable_flag)) {
      const std::size_t name_end = element_end(path_, base_bytes_);
      if (const auto name = read_field(BytesView(path_).substr(name_at_, name_end - name_at_))) visit_(*name);
    }
    flag_ = FlagState();
  }

 private:
  std::size_t name_at_;
  std::size_t base_bytes_;
  FunctionRef<void(BytesView member)> visit_;
  Bytes path_;
  FlagState flag_;
};

}  // namespace

Result<bool> has_member_in(const ObjectEntries& entries, const Place& place, BytesView member) {
  const Bytes base = place.base_in(member);
  FlagState flag;
  CW_TRY_VOID(read_flag(entries, {place.key, base, EntryType::disable_flag}, flag));
  return flag.value(EntryType::disable_flag);
}

Result<bool> change_member(const ObjectEntries& entries, const Place& place, BytesView member, bool add,
                           EventWriter& changes) {
  CW_TRY(const bool was_present, has_member_in(entries, place, member));
  const Bytes base = place.base_in(member);
  CW_TRY_VOID(change_flag(entries, {place.key, base, EntryType::disable_flag}, add, changes));
  return was_present;
}

Result<void> scan_members_in(const ObjectEntries& entries, const Place& place,
                             FunctionRef<void(BytesView member)> visit) {
  Members members(place, visit);
  const Path all = place.path(Part::field);
  CW_TRY_VOID(entries.scan(place.key, all, [&](const EntryView& entry) {
    members.add(entry);
    return true;
  }));
  members.end();
  return {};
}

bool is_removal(const PathHead& head, BytesView payload) {
  return head.within == EntryType::remove_wins_set && head.part == Part::value && payload == disabling;
}

Result<Dots> forgettable_member(const ObjectEntries& entries, BytesView key, BytesView path,
                                const SettledFacts& facts) {
  bool is_removed = false;
  bool is_settled = true;
  Dots dots;
  CW_TRY_VOID(entries.at(key, path, [&](const EntryView& entry) {
    dots.push_back(entry.dot);
    if (entry.payload != disabling) return true;
    is_removed = true;
    is_settled = facts.clock.covers(entry.dot);
    return is_settled;
  }));
  return is_removed && is_settled ? dots : Dots();
}

}  // namespace causeway
