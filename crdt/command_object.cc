// The commands of keys, whatever they hold.
#include "crdt/command_table.h"
#include "crdt/object.h"

namespace causeway {
namespace {

tl::unexpected<Error> one_key_only() {
  return fail(ErrorCode::invalid, "several keys are executed one by one");
}

Result<void> execute_exists(const Context& context, Arguments arguments, Value& reply) {
  if (arguments.size() != 2) return one_key_only();
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  reply = std::int64_t{object.exists()};
  return {};
}

}  // namespace

Result<void> execute_del(const Context& context, Arguments arguments, Value& reply) {
  if (arguments.size() != 2) return one_key_only();
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  reply = std::int64_t{object.exists()};
  if (!object.exists()) return {};
  CW_TRY_VOID(delete_object(context, object));
  return issue(context);
}

Result<void> execute_type(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  reply = Status{object.type ? Bytes(name_of(*object.type)) : "none"};
  return {};
}

void add_object_commands(std::vector<Command>& table) {
  constexpr Command::Traits many{.many_keys = true, .last_key = -1};
  table.push_back({"del", "key [key ...]", -2, Access::observed_write, true, "any",
                   "Deletes keys; answers how many there were.", execute_del, many});
  table.push_back({"exists", "key [key ...]", -2, Access::read, true, "any", "How many of the keys exist.",
                   execute_exists, many});
  table.push_back({"touch", "key [key ...]", -2, Access::read, true, "any",
                   "How many of the keys exist: nothing here depends on when a key was used.", execute_exists,
                   many});
  table.push_back({"unlink", "key [key ...]", -2, Access::observed_write, true, "any", "The same as DEL.",
                   execute_del, many});
  table.push_back(
      {"type", "key", 2, Access::read, true, "any", "The type of what a key holds, or none.", execute_type});
}

}  // namespace causeway
