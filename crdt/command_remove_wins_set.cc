// The commands of remove-wins sets.
#include <algorithm>

#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/remove_wins_set.h"

namespace causeway {
namespace {

constexpr EntryType type = EntryType::remove_wins_set;

Result<void> read_set(const Context& context, BytesView command, ObjectState& object) {
  CW_TRY_VOID(read_object(context, object));
  return require_type(object, type, command);
}

struct Changed {
  std::uint64_t present = 0;  ///< before
  std::uint64_t absent = 0;
};

/// Changes the members that are named, each once.
Result<Changed> change_members(const Context& context, Arguments members, bool add) {
  boost::container::small_vector<BytesView, 4> distinct(members.begin(), members.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Changed changed;
  for (const BytesView member : distinct) {
    CW_TRY(const bool was_present,
           change_member(context.entries, context.place(type), member, add, context.changes));
    ++(was_present ? changed.present : changed.absent);
  }
  return changed;
}

Result<void> execute_add(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_set(context, "RWSET.ADD", object));
  CW_TRY(const Changed changed, change_members(context, arguments.subspan(2), true));
  reply = static_cast<std::int64_t>(changed.absent);
  CW_TRY_VOID(create_object(context, type, object));
  return issue(context);
}

Result<void> execute_rem(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_set(context, "RWSET.REM", object));
  CW_TRY(const Changed changed, change_members(context, arguments.subspan(2), false));
  reply = static_cast<std::int64_t>(changed.present);
  if (changed.present > 0) CW_TRY_VOID(unmark_if_emptied(context, object, changed.present));
  return issue(context);
}

Result<void> execute_ismember(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_set(context, "RWSET.ISMEMBER", object));
  CW_TRY(const bool present, has_member_in(context.entries, context.place(type), arguments[2]));
  reply = std::int64_t{present};
  return {};
}

Result<void> execute_members(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_set(context, "RWSET.MEMBERS", object));
  Value::Array& members = reply.emplace<Value::Array>();
  return scan_members_in(context.entries, context.place(type),
                         [&](BytesView member) { members.emplace_back(Bytes(member)); });
}

Result<void> execute_card(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_set(context, "RWSET.CARD", object));
  reply = static_cast<std::int64_t>(object.summary.count(type));
  return {};
}

}  // namespace

// An add catches up first: one that has not seen a remove, although that was acknowledged, would be lost to it.
void add_remove_wins_set_commands(std::vector<Command>& table) {
  constexpr Command::Traits members{.first_member = 2, .member_of = type};
  table.push_back({"rwset.add", "key member [member ...]", -3, Access::observed_write, false, "rwset",
                   "Adds members to a remove-wins set; answers how many are new.", execute_add, members});
  table.push_back({"rwset.rem", "key member [member ...]", -3, Access::write, false, "rwset",
                   "Removes members, and wins over concurrent adds of them; answers how many it had.",
                   execute_rem, members});
  table.push_back({"rwset.ismember", "key member", 3, Access::read, false, "rwset",
                   "1 if the remove-wins set has the member, else 0.", execute_ismember, members});
  table.push_back({"rwset.members",
                   "key",
                   2,
                   Access::read,
                   false,
                   "rwset",
                   "All members of a remove-wins set, sorted.",
                   execute_members,
                   {.shape = ReplyShape::set}});
  table.push_back({"rwset.card", "key", 2, Access::read, false, "rwset",
                   "The number of members of a remove-wins set.", execute_card});
}

}  // namespace causeway
