// The commands of maps: what a field holds, at any depth. Those of maps of strings are in crdt/command_hash.cc.
#include "crdt/command_table.h"
#include "crdt/map.h"

namespace causeway {
namespace {

Result<void> execute_in(const Context& context, Arguments arguments, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, "MAP.IN", map));
  const ArgumentViews inner = inner_arguments(arguments);
  CW_TRY(const Call call, find_inner_command(span_of(inner)));
  const FieldContext field(context, EntryType::map, map, arguments[2]);
  return call.command->execute(*field, span_of(inner), reply);
}

using Execute = Result<void> (*)(const Context& context, Arguments arguments, Value& reply);

/// Executes "name key" where a path of fields leads: all that follow the key. Nothing is on the way: it works in nothing.
Result<void> descend(const Context& context, Arguments arguments, Execute execute, Value& reply) {
  if (arguments.size() == 2) return execute(context, arguments, reply);
  ObjectState map;
  CW_TRY_VOID(read_map(context, "the path", map));
  ArgumentViews rest(arguments.begin(), arguments.begin() + 2);
  rest.insert(rest.end(), arguments.begin() + 3, arguments.end());
  const FieldContext field(context, EntryType::map, map, arguments[2]);
  return descend(*field, span_of(rest), execute, reply);
}

/// What a command of keys does to a key, done to what the path names.
template <Execute execute>
Result<void> execute_at(const Context& context, Arguments arguments, Value& reply) {
  if (arguments.size() > 2 + fields_deep_max) return nests_too_deep();
  return descend(context, arguments, execute, reply);
}

Result<void> tell_fields(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, "MAP.FIELDS", map));
  Value::Array& rows = reply.emplace<Value::Array>();
  if (!map.exists()) return {};
  return scan_fields(context, false, [&](BytesView field, FieldValue&& value) {
    rows.emplace_back(Bytes(field));
    rows.emplace_back(Bytes(name_of(value.type)));
  });
}

Result<void> tell_length(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, "MAP.LEN", map));
  reply = static_cast<std::int64_t>(map.summary.count(EntryType::map));
  return {};
}

}  // namespace

void add_map_commands(std::vector<Command>& table) {
  const auto add = [&](BytesView name, BytesView arguments, int arity, Access access, BytesView help,
                       Execute execute, Command::Traits traits) {
    traits.first_member = 2;
    traits.member_of = EntryType::map;
    table.push_back({name, arguments, arity, access, false, "map", help, execute, traits});
  };
  add("map.in", "key field command [argument ...]", -4, Access::observed_write,
      "Executes a command in a field of a map, as if the field were a key: map.in user:7 cart sadd apple.",
      execute_in, {.member_step = 0, .goes_inside = true});
  add("map.del", "key field [field ...]", -3, Access::observed_write,
      "Removes what a path of fields leads to; 1 if it was there.", execute_at<execute_del>, {});
  add("map.type", "key field [field ...]", -3, Access::read,
      "The type of what a path of fields leads to, or none.", execute_at<execute_type>, {});
  add("map.fields", "key [field ...]", -2, Access::read,
      "The fields of a map, sorted, and the type of what each holds; with fields: of the map to which they "
      "lead.",
      execute_at<tell_fields>, {.shape = ReplyShape::map});
  add("map.len", "key [field ...]", -2, Access::read,
      "The number of fields of a map; with fields: of the map to which they lead.", execute_at<tell_length>,
      {});
}

}  // namespace causeway
