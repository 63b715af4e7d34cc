// The commands of grow-only sets.
#include "crdt/command_table.h"
#include "crdt/grow_set.h"
#include "crdt/object.h"

namespace causeway {
namespace {

Result<void> execute_add(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, EntryType::grow_set, "GSET.ADD", object));
  CW_TRY_VOID(create_object(context, EntryType::grow_set, object));
  const Place place = context.place(EntryType::grow_set);
  std::int64_t added = 0;
  for (const BytesView member : distinct_members(arguments)) {
    CW_TRY(const bool is_new, grow_by(context.entries, place, member, context.changes));
    added += is_new ? 1 : 0;
  }
  reply = added;
  return issue(context);
}

Result<void> execute_members(const Context& context, Arguments /*arguments*/, Value& reply) {
  return answer_members(context, EntryType::grow_set, "GSET.MEMBERS", reply);
}

Result<void> execute_is_member(const Context& context, Arguments arguments, Value& reply) {
  return answer_is_member(context, EntryType::grow_set, "GSET.ISMEMBER", arguments[2], reply);
}

Result<void> execute_card(const Context& context, Arguments /*arguments*/, Value& reply) {
  return answer_card(context, EntryType::grow_set, "GSET.CARD", reply);
}

}  // namespace

void add_grow_set_commands(std::vector<Command>& table) {
  constexpr Command::Traits members{.first_member = 2, .member_of = EntryType::grow_set};
  table.push_back({"gset.add", "key member [member ...]", -3, Access::write, false, "gset",
                   "Adds members to a grow-only set; answers how many are new.", execute_add, members});
  table.push_back({"gset.ismember", "key member", 3, Access::read, false, "gset",
                   "1 if the grow-only set has the member, else 0.", execute_is_member, members});
  table.push_back({"gset.members",
                   "key",
                   2,
                   Access::read,
                   false,
                   "gset",
                   "All members of a grow-only set, sorted.",
                   execute_members,
                   {.shape = ReplyShape::set}});
  table.push_back({"gset.card", "key", 2, Access::read, false, "gset",
                   "The number of members of a grow-only set.", execute_card});
}

}  // namespace causeway
