// The commands of add-wins sets.
#include <algorithm>

#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/set.h"

namespace causeway {
namespace {

/// The members that are named, each once: one event inserts at one place once.
boost::container::small_vector<BytesView, 4> distinct_members(Arguments arguments) {
  boost::container::small_vector<BytesView, 4> members(arguments.begin() + 2, arguments.end());
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

Result<ObjectState> read_set(const Context& context, BytesView key, BytesView command) {
  CW_TRY(ObjectState object, read_object(context.entries, key));
  CW_TRY_VOID(require_type(object, EntryType::set, command));
  return object;
}

Result<Value> execute_sadd(const Context& context, Arguments arguments) {
  const BytesView key = arguments[1];
  CW_TRY(const ObjectState object, read_set(context, key, "SADD"));
  CW_TRY_VOID(create_object(context, key, EntryType::set, object));
  const Place place = place_of(key, EntryType::set);
  std::int64_t added = 0;
  for (const BytesView member : distinct_members(arguments)) {
    CW_TRY(const std::uint64_t present, add_member(context.entries, place, member, context.changes));
    if (present == 0) ++added;
  }
  return issue(context, added);
}

Result<Value> execute_srem(const Context& context, Arguments arguments) {
  const BytesView key = arguments[1];
  CW_TRY(const ObjectState object, read_set(context, key, "SREM"));
  const Place place = place_of(key, EntryType::set);
  std::int64_t removed = 0;
  for (const BytesView member : distinct_members(arguments)) {
    CW_TRY(const std::uint64_t present, remove_member(context.entries, place, member, context.changes));
    if (present == 0) continue;
    ++removed;
  }
  if (removed == 0) return Value(std::int64_t{0});
  CW_TRY_VOID(unmark_if_emptied(context, key, object, static_cast<std::uint64_t>(removed)));
  return issue(context, removed);
}

Result<Value> execute_sismember(const Context& context, Arguments arguments) {
  CW_TRY_VOID(read_set(context, arguments[1], "SISMEMBER"));
  CW_TRY(const bool present,
         has_member(context.entries, place_of(arguments[1], EntryType::set), arguments[2]));
  return Value(std::int64_t{present});
}

Result<Value> execute_smembers(const Context& context, Arguments arguments) {
  CW_TRY_VOID(read_set(context, arguments[1], "SMEMBERS"));
  Value::Array members;
  CW_TRY_VOID(scan_members(context.entries, place_of(arguments[1], EntryType::set),
                           [&](BytesView member) { members.emplace_back(Bytes(member)); }));
  return Value(std::move(members));
}

Result<Value> execute_scard(const Context& context, Arguments arguments) {
  CW_TRY(const ObjectState object, read_set(context, arguments[1], "SCARD"));
  for (const auto& [type, members] : object.summary.live) {
    if (type == EntryType::set) return Value(static_cast<std::int64_t>(members));
  }
  return Value(std::int64_t{0});
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
