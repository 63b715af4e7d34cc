// The commands of registers.
#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/register.h"
#include "crdt/string.h"

namespace causeway {
namespace {

Result<Value> execute_get(const Context& context, Arguments arguments) {
  CW_TRY(const ObjectState object, read_object(context.entries, arguments[1]));
  CW_TRY_VOID(require_type(object, EntryType::reg, "REG.GET"));
  Siblings siblings;
  CW_TRY_VOID(read_register(context.entries, place_of(arguments[1], EntryType::reg), siblings));
  return Value(siblings.empty() ? Value(Nil{}) : Value(std::move(siblings.front().value)));
}

Result<Value> execute_set(const Context& context, Arguments arguments) {
  CW_TRY_VOID(check_value(context, arguments[2]));
  CW_TRY(const ObjectState object, read_object(context.entries, arguments[1]));
  CW_TRY_VOID(require_type(object, EntryType::reg, "REG.SET"));
  CW_TRY_VOID(create_object(context, arguments[1], EntryType::reg, object));
  const Place place = place_of(arguments[1], EntryType::reg);
  CW_TRY_VOID(put_register(context.entries, place, context.hlc, arguments[2], context.changes));
  return issue(context, ok());
}

Result<Value::Array> siblings_of_string(const Context& context, BytesView key, const ObjectState& object) {
  StringState string;
  CW_TRY_VOID(read_string(context.entries, place_of(key, EntryType::string), object.summary, string));
  Value::Array values;
  for (const Sibling& sibling : string.siblings) values.emplace_back(string.value_of(sibling));
  if (values.empty())
    values.emplace_back(std::move(string).value().value_or(Bytes()));  // counter cells alone
  return values;
}

Result<Value> execute_siblings(const Context& context, Arguments arguments) {
  CW_TRY(const ObjectState object, read_object(context.entries, arguments[1]));
  if (!object.exists()) return Value(Value::Array());
  if (object.type == EntryType::string) {
    CW_TRY(Value::Array values, siblings_of_string(context, arguments[1], object));
    return Value(std::move(values));
  }
  CW_TRY_VOID(require_type(object, EntryType::reg, "SIBLINGS"));
  Siblings siblings;
  CW_TRY_VOID(read_register(context.entries, place_of(arguments[1], EntryType::reg), siblings));
  Value::Array values;
  for (Sibling& sibling : siblings) values.emplace_back(std::move(sibling.value));
  return Value(std::move(values));
}

}  // namespace

void add_register_commands(std::vector<Command>& table) {
  table.push_back(
      {"reg.get", "key", 2, Access::read, false, "register", "The value of a register.", execute_get});
  table.push_back(
      {"reg.set", "key value", 3, Access::write, false, "register", "Sets a register.", execute_set});
  table.push_back({"siblings", "key", 2, Access::read, false, "any",
                   "All concurrent values of a register or string, the one that is read first.",
                   execute_siblings});
}

}  // namespace causeway
