// The commands of registers.
#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/register.h"
#include "crdt/string.h"

namespace causeway {
namespace {

Result<void> execute_get(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  CW_TRY_VOID(require_type(object, EntryType::reg, "REG.GET"));
  Siblings siblings;
  CW_TRY_VOID(read_register(context.entries, context.place(EntryType::reg), siblings));
  if (!siblings.empty()) reply.emplace<Bytes>(std::move(siblings.front().value));
  return {};
}

Result<void> execute_set(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY_VOID(check_value(context, arguments[2]));
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  CW_TRY_VOID(require_type(object, EntryType::reg, "REG.SET"));
  CW_TRY_VOID(create_object(context, EntryType::reg, object));
  const Place place = context.place(EntryType::reg);
  CW_TRY_VOID(put_register(context.entries, place, context.hlc, arguments[2], context.changes));
  answer_ok(reply);
  return issue(context);
}

Result<void> siblings_of_string(const Context& context, const ObjectState& object, Value::Array& values) {
  StringState string;
  CW_TRY_VOID(read_string(context.entries, context.place(EntryType::string), object.summary, string));
  for (const Sibling& sibling : string.siblings) values.emplace_back(string.value_of(sibling));
  if (values.empty()) std::move(string).answer(values.emplace_back());  // counter cells alone
  return {};
}

Result<void> execute_siblings(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  Value::Array& values = reply.emplace<Value::Array>();
  if (!object.exists()) return {};
  if (object.type == EntryType::string) {
    return siblings_of_string(context, object, values);
  }
  CW_TRY_VOID(require_type(object, EntryType::reg, "SIBLINGS"));
  Siblings siblings;
  CW_TRY_VOID(read_register(context.entries, context.place(EntryType::reg), siblings));
  for (Sibling& sibling : siblings) values.emplace_back(std::move(sibling.value));
  return {};
}

}  // namespace

void add_register_commands(std::vector<Command>& table) {
  table.push_back(
      {"reg.get", "key", 2, Access::read, false, "register", "The value of a register.", execute_get});
  table.push_back({"reg.set",
                   "key value",
                   3,
                   Access::write,
                   false,
                   "register",
                   "Sets a register.",
                   execute_set,
                   {.renews = true}});
  table.push_back({"siblings", "key", 2, Access::read, false, "any",
                   "All concurrent values of a register or string, the one that is read first.",
                   execute_siblings});
}

}  // namespace causeway
