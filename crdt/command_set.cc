// The commands of add-wins sets.
#include <algorithm>

#include "base/plant.h"
#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/set.h"

namespace causeway {
namespace {

/// The members that are named, each once: one event inserts at one place once.
std::vector<BytesView> distinct_members(Arguments arguments) {
  std::vector<BytesView> members(arguments.begin() + 2, arguments.end());
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

Result<ObjectState> read_set(const Context& context, BytesView key, BytesView command) {
  CW_TRY(ObjectState object, read_object(context.entries, key));
  CW_TRY_VOID(require_type(object, EntryType::set, command));
  return object;
}

Result<Outcome> execute_sadd(const Context& context, Arguments arguments) {
  const Bytes& key = arguments[1];
  CW_TRY(const ObjectState object, read_set(context, key, "SADD"));
  std::vector<Mutation> mutations;
  CW_TRY_VOID(create_object(context, key, EntryType::set, object, mutations));
  const Place place = place_of(key, EntryType::set);
  std::int64_t added = 0;
  for (const BytesView member : distinct_members(arguments)) {
    CW_TRY(Member add, add_member(context.entries, place, member));
    if (add.present == 0) ++added;
    if (planted(Plant::repeated_add_issues_nothing) && add.present > 0) continue;
    mutations.emplace_back(std::move(add.update));
  }
  return issue(std::move(mutations), added);
}

Result<Outcome> execute_srem(const Context& context, Arguments arguments) {
  const Bytes& key = arguments[1];
  CW_TRY(const ObjectState object, read_set(context, key, "SREM"));
  const Place place = place_of(key, EntryType::set);
  std::vector<Mutation> mutations;
  std::int64_t removed = 0;
  std::uint64_t entries_removed = 0;
  for (const BytesView member : distinct_members(arguments)) {
    CW_TRY(Member remove, remove_member(context.entries, place, member));
    if (remove.present == 0) continue;
    ++removed;
    entries_removed += remove.present;
    mutations.emplace_back(std::move(remove.update));
  }
  if (removed == 0) return answer(std::int64_t{0});
  CW_TRY_VOID(unmark_if_emptied(context.entries, key, object, entries_removed, mutations));
  return issue(std::move(mutations), removed);
}

Result<Outcome> execute_sismember(const Context& context, Arguments arguments) {
  CW_TRY_VOID(read_set(context, arguments[1], "SISMEMBER"));
  CW_TRY(const bool present,
         has_member(context.entries, place_of(arguments[1], EntryType::set), arguments[2]));
  return answer(std::int64_t{present});
}

Result<Outcome> execute_smembers(const Context& context, Arguments arguments) {
  CW_TRY_VOID(read_set(context, arguments[1], "SMEMBERS"));
  Value::Array members;
  CW_TRY_VOID(scan_members(context.entries, place_of(arguments[1], EntryType::set),
                           [&](BytesView member) { members.emplace_back(Bytes(member)); }));
  return answer(std::move(members));
}

Result<Outcome> execute_scard(const Context& context, Arguments arguments) {
  CW_TRY_VOID(read_set(context, arguments[1], "SCARD"));
  std::int64_t count = 0;
  CW_TRY_VOID(
      scan_members(context.entries, place_of(arguments[1], EntryType::set), [&](BytesView) { ++count; }));
  return answer(count);
}

}  // namespace

void add_set_commands(std::vector<Command>& table) {
  table.push_back({"sadd", "key member [member ...]", -3, Access::write, true, "set",
                   "Adds members to a set; answers how many are new.", execute_sadd, false, 2});
  table.push_back({"srem", "key member [member ...]", -3, Access::observed_write, true, "set",
                   "Removes members from a set; answers how many it had.", execute_srem, false, 2});
  table.push_back({"sismember", "key member", 3, Access::read, true, "set",
                   "1 if the set has the member, else 0.", execute_sismember, false, 2});
  table.push_back(
      {"smembers", "key", 2, Access::read, true, "set", "All members of a set, sorted.", execute_smembers});
  table.push_back(
      {"scard", "key", 2, Access::read, true, "set", "The number of members of a set.", execute_scard});
}

}  // namespace causeway
