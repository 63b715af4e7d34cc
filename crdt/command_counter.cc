// The commands of counters.
#include "crdt/command_table.h"
#include "crdt/counter.h"
#include "crdt/object.h"
#include "crdt/request.h"

namespace causeway {
namespace {

Result<void> execute_add(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t delta, integer_argument(arguments[2]));
  return increment(context, EntryType::counter, "COUNTER.ADD", delta, reply);
}

Result<void> execute_get(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  CW_TRY_VOID(require_type(object, EntryType::counter, "COUNTER.GET"));
  reply = std::int64_t{0};
  if (!object.exists()) return {};
  const Place place = context.place(EntryType::counter);
  CounterState counter;
  CW_TRY_VOID(read_counter(context.entries, place, counter));
  CW_TRY(const Int128 value, count_once(context.entries, place, counter, object.summary));
  reply = saturate(value);
  return {};
}

Result<void> execute_reset(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  CW_TRY_VOID(require_type(object, EntryType::counter, "COUNTER.RESET"));
  const Place place = context.place(EntryType::counter);
  CounterState counter;
  CW_TRY_VOID(read_counter(context.entries, place, counter));
  reset_counter(counter, place, context.dot.actor, context.changes);
  answer_ok(reply);
  if (context.changes.mutations() == 0) return {};
  CW_TRY_VOID(unmark_if_emptied(context, object, counter.cell_paths()));
  return issue(context);
}

}  // namespace

void add_counter_commands(std::vector<Command>& table) {
  table.push_back({"counter.add", "key increment", 3, Access::write, false, "counter",
                   "Adds an integer to a counter; answers the value after.", execute_add, {.counts = true}});
  table.push_back(
      {"counter.get", "key", 2, Access::read, false, "counter", "The value of a counter.", execute_get});
  table.push_back({"counter.reset", "key", 2, Access::observed_write, false, "counter",
                   "Takes back every increment seen so far; concurrent ones still count.", execute_reset});
}

}  // namespace causeway
