// The commands of flags, of both kinds.
#include "crdt/command_table.h"
#include "crdt/flag.h"
#include "crdt/object.h"

namespace causeway {
namespace {

constexpr BytesView command_of(EntryType type, BytesView enable_wins, BytesView disable_wins) {
  return type == EntryType::flag ? enable_wins : disable_wins;
}

template <EntryType type, bool enable>
Result<void> execute_change(const Context& context, Arguments /*arguments*/, Value& reply) {
  constexpr BytesView command = enable ? command_of(type, "FLAG.ENABLE", "DWFLAG.ENABLE")
                                       : command_of(type, "FLAG.DISABLE", "DWFLAG.DISABLE");
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, command, object));
  CW_TRY_VOID(create_object(context, type, object));
  CW_TRY_VOID(change_flag(context.entries, context.place(type), enable, context.changes));
  answer_ok(reply);
  return issue(context);
}

template <EntryType type>
Result<void> execute_get(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, command_of(type, "FLAG.GET", "DWFLAG.GET"), object));
  FlagState state;
  CW_TRY_VOID(read_flag(context.entries, context.place(type), state));
  reply = std::int64_t{state.value(type)};
  return {};
}

}  // namespace

void add_flag_commands(std::vector<Command>& table) {
  constexpr EntryType wins = EntryType::flag;
  constexpr EntryType yields = EntryType::disable_flag;
  table.push_back({"flag.enable", "key", 2, Access::write, false, "flag",
                   "Sets a flag; wins over a concurrent disable.", execute_change<wins, true>});
  table.push_back({"flag.disable", "key", 2, Access::write, false, "flag",
                   "Clears a flag, unless it is enabled concurrently.", execute_change<wins, false>});
  table.push_back({"flag.get", "key", 2, Access::read, false, "flag", "1 if the flag is set, else 0.",
                   execute_get<wins>});
  table.push_back({"dwflag.enable", "key", 2, Access::write, false, "dwflag",
                   "Sets a disable-wins flag, unless it is disabled concurrently.",
                   execute_change<yields, true>});
  table.push_back({"dwflag.disable", "key", 2, Access::write, false, "dwflag",
                   "Clears a disable-wins flag; wins over a concurrent enable.",
                   execute_change<yields, false>});
  table.push_back({"dwflag.get", "key", 2, Access::read, false, "dwflag",
                   "1 if the disable-wins flag is set, else 0.", execute_get<yields>});
}

}  // namespace causeway
