// The commands of strings, and the increment that they share with counters.
#include "base/plant.h"
#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/request.h"
#include "crdt/string.h"

namespace causeway {
namespace {

Result<void> execute_get(const Context& context, Arguments /*arguments*/, Value& reply) {
  StringState string;
  CW_TRY_VOID(read_string_object(context, "GET", string));
  if (string.exists()) std::move(string).answer(reply);
  return {};
}

Result<void> execute_strlen(const Context& context, Arguments /*arguments*/, Value& reply) {
  StringState string;
  CW_TRY_VOID(read_string_object(context, "STRLEN", string));
  if (string.exists()) std::move(string).answer(reply);
  const Bytes* const text = std::get_if<Bytes>(&reply);
  reply = static_cast<std::int64_t>(text != nullptr ? text->size() : 0);
  return {};
}

Result<void> execute_incr(const Context& context, Arguments /*arguments*/, Value& reply) {
  return increment(context, EntryType::string, "INCR", 1, reply);
}

Result<void> execute_decr(const Context& context, Arguments /*arguments*/, Value& reply) {
  return increment(context, EntryType::string, "DECR", -1, reply);
}

Result<void> execute_incrby(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t delta, integer_argument(arguments[2]));
  return increment(context, EntryType::string, "INCRBY", delta, reply);
}

Result<void> execute_decrby(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t delta, integer_argument(arguments[2]));
  if (!fits(-Int128{delta})) return fail(ErrorCode::invalid, "decrement would overflow");
  return increment(context, EntryType::string, "DECRBY", -delta, reply);
}

/// Whether adding would take the number further out of range: one that a merge has taken there may still come back.
bool overflows(Int128 number, std::int64_t delta) {
  const Int128 after = number + delta;
  return !fits(after) && (after > 0) == (delta > 0) && delta != 0;
}

}  // namespace

// A counter is read as a string that was never set.
Result<void> increment(const Context& context, EntryType type, BytesView command, std::int64_t delta,
                       Value& reply) {
  const Place place = context.place(type);
  CW_TRY(const bool is_done, is_executed(context, place));
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  // What is done is done, also if the key has another type or text by now: then the count alone is answered.
  if (!is_done) CW_TRY_VOID(require_type(object, type, command));
  StringState string;
  CW_TRY_VOID(read_string(context.entries, place, object.summary, string));
  const auto number = string.number();
  if (is_done) {
    reply = saturate(number.value_or(string.count));
    return {};
  }
  if (!number) {
    return fail(ErrorCode::wrong_type, Bytes(object.holder()) +
                                           " holds a string that is not an integer or out of range, and " +
                                           Bytes(command) + " works on an integer");
  }
  if (overflows(*number, delta)) return fail(ErrorCode::invalid, "increment or decrement would overflow");
  reply = saturate(*number + delta);
  if (delta == 0 && object.exists()) return {};

  CW_TRY_VOID(create_object(context, type, object));
  const Added added = add_to_counter(string.counter, place, context.dot, delta, context.changes);
  if (added.id.run == context.dot.counter) {
    CW_TRY_VOID(
        purge_own_forgotten(context.entries, string.counter, place, context.dot.actor, context.changes));
  }
  if (context.request_id && !planted(Plant::request_not_recorded)) {
    record_request(place, *context.request_id, added, context.changes);
  }
  return issue(context);
}

void add_string_commands(std::vector<Command>& table) {
  table.push_back({"get", "key", 2, Access::read, true, "string", "The value of a string.", execute_get});
  table.push_back(
      {"strlen", "key", 2, Access::read, true, "string", "The number of bytes of a string.", execute_strlen});
  table.push_back({"incr",
                   "key",
                   2,
                   Access::write,
                   true,
                   "string",
                   "Adds 1; answers the value after.",
                   execute_incr,
                   {.counts = true}});
  table.push_back({"incrby",
                   "key increment",
                   3,
                   Access::write,
                   true,
                   "string",
                   "Adds an integer; answers the value after.",
                   execute_incrby,
                   {.counts = true}});
  table.push_back({"decr",
                   "key",
                   2,
                   Access::write,
                   true,
                   "string",
                   "Subtracts 1; answers the value after.",
                   execute_decr,
                   {.counts = true}});
  table.push_back({"decrby",
                   "key decrement",
                   3,
                   Access::write,
                   true,
                   "string",
                   "Subtracts an integer; answers the value after.",
                   execute_decrby,
                   {.counts = true}});
}

}  // namespace causeway
