// The commands of max and min registers.
#include "crdt/command_table.h"
#include "crdt/extreme.h"
#include "crdt/object.h"

namespace causeway {
namespace {

template <EntryType type>
Result<void> execute_set(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t number, integer_argument(arguments[2]));
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, type == EntryType::maximum ? "MAX.SET" : "MIN.SET", object));
  CW_TRY_VOID(create_object(context, type, object));
  CW_TRY(reply, reach_extreme(context.entries, context.place(type), number, context.changes));
  return issue(context);
}

template <EntryType type>
Result<void> execute_get(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, type == EntryType::maximum ? "MAX.GET" : "MIN.GET", object));
  ExtremeState state;
  CW_TRY_VOID(read_extreme(context.entries, context.place(type), state));
  if (state.value) reply = *state.value;
  return {};
}

}  // namespace

void add_extreme_commands(std::vector<Command>& table) {
  constexpr EntryType maximum = EntryType::maximum;
  constexpr EntryType minimum = EntryType::minimum;
  table.push_back({"max.set", "key integer", 3, Access::write, false, "max",
                   "Raises a register to a number, if that is more; answers the value after.",
                   execute_set<maximum>});
  table.push_back({"max.get", "key", 2, Access::read, false, "max", "The greatest number that was set.",
                   execute_get<maximum>});
  table.push_back({"min.set", "key integer", 3, Access::write, false, "min",
                   "Lowers a register to a number, if that is less; answers the value after.",
                   execute_set<minimum>});
  table.push_back({"min.get", "key", 2, Access::read, false, "min", "The least number that was set.",
                   execute_get<minimum>});
}

}  // namespace causeway
