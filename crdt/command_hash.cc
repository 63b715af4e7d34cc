// The commands of hashes: maps of strings.
#include <algorithm>

#include "crdt/command_table.h"
#include "crdt/map.h"
#include "crdt/string.h"

namespace causeway {
namespace {

/// The string in the field that the third argument names; not existing if the field does not. Errors: wrong_type.
Result<void> read_field_string(const Context& context, BytesView command, BytesView field,
                               StringState& string) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, command, map));
  const FieldContext inner(context, EntryType::map, map, field);
  return read_string_object(*inner, command, string);
}

Result<void> execute_hget(const Context& context, Arguments arguments, Value& reply) {
  StringState string;
  CW_TRY_VOID(read_field_string(context, "HGET", arguments[2], string));
  if (string.exists()) std::move(string).answer(reply);
  return {};
}

Result<void> execute_hstrlen(const Context& context, Arguments arguments, Value& reply) {
  StringState string;
  CW_TRY_VOID(read_field_string(context, "HSTRLEN", arguments[2], string));
  reply = static_cast<std::int64_t>(std::move(string).text().size());
  return {};
}

Result<void> execute_hmget(const Context& context, Arguments arguments, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, "HMGET", map));
  Value::Array& values = reply.emplace<Value::Array>();
  for (const BytesView field : arguments.subspan(2)) {
    CW_TRY(auto value, read_field_value(context, map, field));
    values.push_back(value ? std::move(value->text) : Value());
  }
  return {};
}

Result<void> execute_hexists(const Context& context, Arguments arguments, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, "HEXISTS", map));
  const FieldContext inner(context, EntryType::map, map, arguments[2]);
  ObjectState object;
  CW_TRY_VOID(read_object(*inner, object));
  reply = std::int64_t{object.exists()};
  return {};
}

Result<void> execute_hlen(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, "HLEN", map));
  reply = static_cast<std::int64_t>(map.summary.count(EntryType::map));
  return {};
}

/// What of the fields is answered: their names, their values, or each name and then the value.
Result<void> tell_all(const Context& context, BytesView command, bool names, bool values, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, command, map));
  Value::Array& all = reply.emplace<Value::Array>();
  if (!map.exists()) return {};
  return scan_fields(context, values, [&](BytesView field, FieldValue&& value) {
    if (names) all.emplace_back(Bytes(field));
    if (values) all.push_back(std::move(value.text));
  });
}

Result<void> execute_hkeys(const Context& context, Arguments /*arguments*/, Value& reply) {
  return tell_all(context, "HKEYS", true, false, reply);
}
Result<void> execute_hvals(const Context& context, Arguments /*arguments*/, Value& reply) {
  return tell_all(context, "HVALS", false, true, reply);
}
Result<void> execute_hgetall(const Context& context, Arguments /*arguments*/, Value& reply) {
  return tell_all(context, "HGETALL", true, true, reply);
}

/// A SET of the field, which was absent or a string: whether it was absent. The map is created already.
Result<bool> set_field(const Context& context, const ObjectState& map, BytesView command, BytesView field,
                       BytesView value) {
  const FieldContext inner(context, EntryType::map, map, field);
  ObjectState object;
  CW_TRY_VOID(read_object(*inner, object));
  CW_TRY_VOID(require_type(object, EntryType::string, command));
  CW_TRY_VOID(set_string(*inner, (*inner).place(EntryType::string), value));
  return !object.exists();
}

struct FieldAndValue {
  BytesView field;
  BytesView value;
};

/// Of "key field value [field value ...]", by field: of several with the same field the last, since one event inserts at one
/// place once. REQUIRES: each field has a value.
boost::container::small_vector<FieldAndValue, 4> fields_and_values(Arguments arguments) {
  boost::container::small_vector<FieldAndValue, 4> pairs;
  for (std::size_t at = 2; at < arguments.size(); at += 2)
    pairs.push_back({arguments[at], arguments[at + 1]});
  if (pairs.size() == 1) return pairs;
  std::reverse(pairs.begin(), pairs.end());
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const FieldAndValue& a, const FieldAndValue& b) { return a.field < b.field; });
  const auto end =
      std::unique(pairs.begin(), pairs.end(),
                  [](const FieldAndValue& a, const FieldAndValue& b) { return a.field == b.field; });
  pairs.erase(end, pairs.end());
  return pairs;
}

/// How many of the fields were absent.
Result<std::int64_t> set_fields(const Context& context, BytesView command, Arguments arguments) {
  if (arguments.size() % 2 != 0) {
    const Bytes name = command == "HSET" ? "hset" : "hmset";
    return fail(ErrorCode::invalid, "wrong number of arguments for '" + name + "' command");
  }
  const auto pairs = fields_and_values(arguments);
  for (const FieldAndValue& pair : pairs) CW_TRY_VOID(check_value(context, pair.value));
  ObjectState map;
  CW_TRY_VOID(read_map(context, command, map));
  CW_TRY_VOID(create_object(context, EntryType::map, map));
  std::int64_t added = 0;
  for (const auto& [field, value] : pairs) {
    CW_TRY(const bool is_new, set_field(context, map, command, field, value));
    if (is_new) ++added;
  }
  CW_TRY_VOID(issue(context));
  return added;
}

Result<void> execute_hset(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(reply, set_fields(context, "HSET", arguments));
  return {};
}

Result<void> execute_hmset(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY_VOID(set_fields(context, "HMSET", arguments));
  answer_ok(reply);
  return {};
}

Result<void> execute_hsetnx(const Context& context, Arguments arguments, Value& reply) {
  Value exists;
  CW_TRY_VOID(execute_hexists(context, arguments, exists));
  if (exists == Value(std::int64_t{1})) {
    reply = std::int64_t{0};
    return {};
  }
  return execute_hset(context, arguments, reply);
}

Result<void> execute_hdel(const Context& context, Arguments arguments, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, "HDEL", map));
  boost::container::small_vector<BytesView, 4> fields(arguments.begin() + 2, arguments.end());
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  std::int64_t removed = 0;
  for (const BytesView field : fields) {
    CW_TRY(const bool existed, remove_field(context, map, field));
    if (existed) ++removed;
  }
  reply = removed;
  if (removed == 0) return {};
  CW_TRY_VOID(unmark_if_emptied(context, map, static_cast<std::uint64_t>(removed)));
  return issue(context);
}

Result<void> execute_hincrby(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t delta, integer_argument(arguments[3]));
  ObjectState map;
  CW_TRY_VOID(read_map(context, "HINCRBY", map));
  const FieldContext inner(context, EntryType::map, map, arguments[2]);
  return increment(*inner, EntryType::string, "HINCRBY", delta, reply);
}

Result<void> execute_hincrbyfloat(const Context& context, Arguments arguments, Value& reply) {
  ObjectState map;
  CW_TRY_VOID(read_map(context, "HINCRBYFLOAT", map));
  const FieldContext inner(context, EntryType::map, map, arguments[2]);
  return increment_float(*inner, "HINCRBYFLOAT", arguments[3], reply);
}

}  // namespace

void add_hash_commands(std::vector<Command>& table) {
  const auto add = [&](BytesView name, BytesView arguments, int arity, Access access, BytesView help,
                       decltype(Command::execute) execute, Command::Traits traits = {}) {
    traits.member_of = EntryType::map;
    table.push_back({name, arguments, arity, access, true, "hash", help, execute, traits});
  };
  constexpr Access read = Access::read;
  constexpr Access write = Access::write;
  constexpr Access observed = Access::observed_write;
  constexpr Command::Traits fields{.first_member = 2};
  constexpr Command::Traits pairs{.first_member = 2, .member_step = 2};
  add("hset", "key field value [field value ...]", -4, write,
      "Sets fields of a hash; answers how many are new.", execute_hset, pairs);
  add("hmset", "key field value [field value ...]", -4, write, "Sets fields of a hash.", execute_hmset,
      pairs);
  add("hsetnx", "key field value", 4, observed,
      "Sets a field of a hash if it does not exist where this is executed; 1 if it did so, else 0.",
      execute_hsetnx, pairs);
  add("hget", "key field", 3, read, "The value of a field of a hash.", execute_hget, fields);
  add("hmget", "key field [field ...]", -3, read,
      "The values of fields of a hash; nil for a field that is absent or holds no string.", execute_hmget,
      fields);
  add("hgetall", "key", 2, read,
      "All fields of a hash, sorted, and their values; nil for the value of a field that holds no string.",
      execute_hgetall, {.shape = ReplyShape::map});
  add("hkeys", "key", 2, read, "All fields of a hash, sorted.", execute_hkeys);
  add("hvals", "key", 2, read, "All values of a hash, in the order of its fields.", execute_hvals);
  add("hlen", "key", 2, read, "The number of fields of a hash.", execute_hlen);
  add("hexists", "key field", 3, read, "1 if the hash has the field, else 0.", execute_hexists, fields);
  add("hstrlen", "key field", 3, read, "The number of bytes of a field of a hash.", execute_hstrlen, fields);
  add("hdel", "key field [field ...]", -3, observed, "Removes fields from a hash; answers how many it had.",
      execute_hdel, fields);
  add("hincrby", "key field increment", 4, write,
      "Adds an integer to a field of a hash; answers the value after.", execute_hincrby,
      {.first_member = 2, .member_step = 0, .counts = true});
  add("hincrbyfloat", "key field increment", 4, observed,
      "Adds a number to a field of a hash, as one SET of the sum: of concurrent ones the last wins.",
      execute_hincrbyfloat, {.first_member = 2, .member_step = 0, .counts = true});
}

}  // namespace causeway
