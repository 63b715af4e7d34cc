// The commands of add-wins sets.
#include <algorithm>

#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/set.h"

namespace causeway {

ArgumentViews distinct_members(Arguments arguments) {
  ArgumentViews members(arguments.begin() + 2, arguments.end());
  if (members.size() == 1) return members;
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

Result<void> answer_members(const Context& context, EntryType type, BytesView command, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, command, object));
  Value::Array& members = reply.emplace<Value::Array>();
  return scan_members(context.entries, context.place(type),
                      [&](BytesView member) { members.emplace_back(Bytes(member)); });
}

Result<void> answer_is_member(const Context& context, EntryType type, BytesView command, BytesView member,
                              Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, command, object));
  CW_TRY(const bool present, has_member(context.entries, context.place(type), member));
  reply = std::int64_t{present};
  return {};
}

Result<void> answer_card(const Context& context, EntryType type, BytesView command, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, command, object));
  reply = static_cast<std::int64_t>(object.summary.count(type));
  return {};
}

namespace {

Result<void> execute_sadd(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, EntryType::set, "SADD", object));
  CW_TRY_VOID(create_object(context, EntryType::set, object));
  const Place place = context.place(EntryType::set);
  std::int64_t added = 0;
  for (const BytesView member : distinct_members(arguments)) {
    CW_TRY(const std::uint64_t present, add_member(context.entries, place, member, context.changes));
    if (present == 0) ++added;
  }
  reply = added;
  return issue(context);
}

Result<void> execute_srem(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, EntryType::set, "SREM", object));
  const Place place = context.place(EntryType::set);
  std::int64_t removed = 0;
  for (const BytesView member : distinct_members(arguments)) {
    CW_TRY(const std::uint64_t present, remove_member(context.entries, place, member, context.changes));
    if (present == 0) continue;
    ++removed;
  }
  reply = removed;
  if (removed == 0) return {};
  CW_TRY_VOID(unmark_if_emptied(context, object, static_cast<std::uint64_t>(removed)));
  return issue(context);
}

Result<void> execute_sismember(const Context& context, Arguments arguments, Value& reply) {
  return answer_is_member(context, EntryType::set, "SISMEMBER", arguments[2], reply);
}

Result<void> execute_smismember(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, EntryType::set, "SMISMEMBER", object));
  Value::Array& answers = reply.emplace<Value::Array>();
  for (const BytesView member : arguments.subspan(2)) {
    CW_TRY(const bool present, has_member(context.entries, context.place(EntryType::set), member));
    answers.emplace_back(std::int64_t{present});
  }
  return {};
}

Result<void> execute_smembers(const Context& context, Arguments /*arguments*/, Value& reply) {
  return answer_members(context, EntryType::set, "SMEMBERS", reply);
}

Result<void> execute_scard(const Context& context, Arguments /*arguments*/, Value& reply) {
  return answer_card(context, EntryType::set, "SCARD", reply);
}

}  // namespace

void add_set_commands(std::vector<Command>& table) {
  table.push_back({"sadd",
                   "key member [member ...]",
                   -3,
                   Access::write,
                   true,
                   "set",
                   "Adds members to a set; answers how many are new.",
                   execute_sadd,
                   {.first_member = 2}});
  table.push_back({"srem",
                   "key member [member ...]",
                   -3,
                   Access::observed_write,
                   true,
                   "set",
                   "Removes members from a set; answers how many it had.",
                   execute_srem,
                   {.first_member = 2}});
  table.push_back({"sismember",
                   "key member",
                   3,
                   Access::read,
                   true,
                   "set",
                   "1 if the set has the member, else 0.",
                   execute_sismember,
                   {.first_member = 2}});
  table.push_back({"smismember",
                   "key member [member ...]",
                   -3,
                   Access::read,
                   true,
                   "set",
                   "1 for each of the members that the set has, 0 for each of the others.",
                   execute_smismember,
                   {.first_member = 2}});
  table.push_back({"smembers",
                   "key",
                   2,
                   Access::read,
                   true,
                   "set",
                   "All members of a set, sorted.",
                   execute_smembers,
                   {.shape = ReplyShape::set}});
  table.push_back(
      {"scard", "key", 2, Access::read, true, "set", "The number of members of a set.", execute_scard});
}

}  // namespace causeway
