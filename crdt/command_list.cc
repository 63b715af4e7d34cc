// The commands of lists that work on an end, a rank or a range: all in O(log n) and what they answer or change. Those that
// look for values are in command_list_search.cc.
#include <algorithm>
#include <optional>
#include <tuple>

#include "crdt/command_table.h"
#include "crdt/integer.h"
#include "crdt/list.h"
#include "crdt/option.h"

namespace causeway {
namespace {

enum class End : std::uint8_t { head, tail };

std::int64_t length(const List& list) { return static_cast<std::int64_t>(list.size()); }

/// The rank that an index names, which counts from the tail below 0; nothing if it is not there.
std::optional<std::uint64_t> rank_of(std::int64_t index, const List& list) {
  if (index < 0) index += length(list);
  if (index < 0 || index >= length(list)) return std::nullopt;
  return static_cast<std::uint64_t>(index);
}

struct Range {
  std::uint64_t from = 0;
  std::uint64_t count = 0;
};

/// What two indices bound, both included.
Range range_of(std::int64_t start, std::int64_t stop, const List& list) {
  if (start < 0) start = std::max<std::int64_t>(start + length(list), 0);
  if (stop < 0) stop += length(list);
  stop = std::min(stop, length(list) - 1);
  if (start > stop) return {};
  return {static_cast<std::uint64_t>(start), static_cast<std::uint64_t>(stop - start + 1)};
}

// ---- Pushes ----------------------------------------------------------------------------------------------------

Result<void> check_values(const Context& context, Arguments values) {
  for (const BytesView value : values) CW_TRY_VOID(check_value(context, value));
  return {};
}

Result<void> push(const Context& context, BytesView command, Arguments values, End end, bool must_exist,
                  Value& reply) {
  CW_TRY_VOID(check_values(context, values));
  CW_TRY(List list, List::open(context, command));
  reply = std::int64_t{0};
  if (must_exist && !list.exists()) return {};
  if (end == End::head) {
    CW_TRY_VOID(list.insert(0, values, Growth::falling));
  } else {
    CW_TRY_VOID(list.insert(list.size(), values, Growth::rising));
  }
  reply = static_cast<std::int64_t>(list.size() + values.size());
  return issue(context);
}

Result<void> execute_lpush(const Context& context, Arguments arguments, Value& reply) {
  return push(context, "LPUSH", arguments.subspan(2), End::head, false, reply);
}
Result<void> execute_rpush(const Context& context, Arguments arguments, Value& reply) {
  return push(context, "RPUSH", arguments.subspan(2), End::tail, false, reply);
}
Result<void> execute_lpushx(const Context& context, Arguments arguments, Value& reply) {
  return push(context, "LPUSHX", arguments.subspan(2), End::head, true, reply);
}
Result<void> execute_rpushx(const Context& context, Arguments arguments, Value& reply) {
  return push(context, "RPUSHX", arguments.subspan(2), End::tail, true, reply);
}

// ---- Pops ------------------------------------------------------------------------------------------------------

/// Nothing: without a count.
Result<std::optional<std::uint64_t>> pop_count(Arguments arguments, BytesView command) {
  if (arguments.size() == 2) return std::nullopt;
  if (arguments.size() > 3) {
    return fail(ErrorCode::invalid, "wrong number of arguments for '" + Bytes(command) + "' command");
  }
  const auto count = parse_integer(arguments[2]);
  if (!count || *count < 0) return fail(ErrorCode::invalid, "value is out of range, must be positive");
  return static_cast<std::uint64_t>(*count);
}

Result<void> pop(const Context& context, BytesView command, Arguments arguments, End end, Value& reply) {
  CW_TRY(const auto wanted, pop_count(arguments, command));
  CW_TRY(List list, List::open(context, command));
  if (!list.exists()) return {};
  const std::uint64_t count = std::min(wanted.value_or(1), list.size());
  Value::Array values;
  const auto take = [&](std::uint64_t /*rank*/, Bytes&& value) {
    values.emplace_back(std::move(value));
    return values.size() < count;
  };
  if (count > 0) {
    const std::uint64_t first = end == End::head ? 0 : list.size() - count;
    CW_TRY_VOID(end == End::head ? list.visit(0, take) : list.visit_back(list.size() - 1, take));
    CW_TRY_VOID(list.remove(first, count));
  }
  reply = wanted ? Value(std::move(values)) : std::move(values.front());
  return issue(context);
}

Result<void> execute_lpop(const Context& context, Arguments arguments, Value& reply) {
  return pop(context, "lpop", arguments, End::head, reply);
}
Result<void> execute_rpop(const Context& context, Arguments arguments, Value& reply) {
  return pop(context, "rpop", arguments, End::tail, reply);
}

// ---- Ranks and ranges ------------------------------------------------------------------------------------------

Result<void> execute_llen(const Context& context, Arguments /*arguments*/, Value& reply) {
  CW_TRY(const List list, List::open(context, "LLEN"));
  reply = length(list);
  return {};
}

Result<void> execute_lindex(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(List list, List::open(context, "LINDEX"));
  if (!list.exists()) return {};
  CW_TRY(const std::int64_t index, integer_argument(arguments[2]));
  const auto rank = rank_of(index, list);
  if (!rank) return {};
  CW_TRY(reply, list.read(*rank));
  return {};
}

Result<void> execute_lrange(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t start, integer_argument(arguments[2]));
  CW_TRY(const std::int64_t stop, integer_argument(arguments[3]));
  CW_TRY(List list, List::open(context, "LRANGE"));
  auto& values = reply.emplace<Value::Array>();
  const Range range = range_of(start, stop, list);
  if (range.count == 0) return {};
  return list.visit(range.from, [&](std::uint64_t /*rank*/, Bytes&& value) {
    values.emplace_back(std::move(value));
    return values.size() < range.count;
  });
}

Result<void> execute_lset(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY_VOID(check_value(context, arguments[3]));
  CW_TRY(List list, List::open(context, "LSET"));
  if (!list.exists()) return fail(ErrorCode::invalid, "no such key");
  CW_TRY(const std::int64_t index, integer_argument(arguments[2]));
  const auto rank = rank_of(index, list);
  if (!rank) return fail(ErrorCode::invalid, "index out of range");
  CW_TRY_VOID(list.set(*rank, arguments[3]));
  answer_ok(reply);
  return issue(context);
}

Result<void> execute_ltrim(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t start, integer_argument(arguments[2]));
  CW_TRY(const std::int64_t stop, integer_argument(arguments[3]));
  CW_TRY(List list, List::open(context, "LTRIM"));
  answer_ok(reply);
  if (!list.exists()) return {};
  const Range kept = range_of(start, stop, list);
  std::vector<std::uint64_t> ranks;
  for (std::uint64_t rank = 0; rank < kept.from; ++rank) ranks.push_back(rank);
  for (std::uint64_t rank = kept.from + kept.count; rank < list.size(); ++rank) ranks.push_back(rank);
  if (ranks.empty()) return {};
  CW_TRY_VOID(list.remove(ranks));
  return issue(context);
}

// ---- What Redis does not have: texts ---------------------------------------------------------------------------

Result<void> execute_insert(const Context& context, Arguments arguments, Value& reply) {
  const Arguments values = arguments.subspan(3);
  CW_TRY_VOID(check_values(context, values));
  CW_TRY(std::int64_t index, integer_argument(arguments[2]));
  CW_TRY(List list, List::open(context, "LIST.INSERT"));
  if (index < 0) index += length(list) + 1;
  if (index < 0 || index > length(list)) return fail(ErrorCode::invalid, "index out of range");
  CW_TRY_VOID(list.insert(static_cast<std::uint64_t>(index), values, Growth::rising));
  reply = static_cast<std::int64_t>(list.size() + values.size());
  return issue(context);
}

Result<void> execute_remove(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t index, integer_argument(arguments[2]));
  std::int64_t wanted = 1;
  if (arguments.size() > 4) return syntax_error();
  if (arguments.size() == 4) {
    CW_TRY(wanted, integer_argument(arguments[3]));
  }
  if (wanted < 0) return fail(ErrorCode::invalid, "value is out of range, must be positive");
  CW_TRY(List list, List::open(context, "LIST.REMOVE"));
  const auto rank = rank_of(index, list);
  const std::uint64_t count = rank ? std::min(static_cast<std::uint64_t>(wanted), list.size() - *rank) : 0;
  reply = static_cast<std::int64_t>(count);
  if (count == 0) return {};
  CW_TRY_VOID(list.remove(*rank, count));
  return issue(context);
}

// ---- What blocks -----------------------------------------------------------------------------------------------

/// A wait for an item that only one may get needs somebody who decides: there is no such node in a store that takes writes in all regions.
Result<void> refuse_to_block(const Context& /*context*/, Arguments /*arguments*/, Value& /*reply*/) {
  return fail(ErrorCode::invalid,
              "blocking commands are not available, since other regions can take the same item: ask with "
              "LPOP, RPOP or LMOVE, again " "after a while if the reply is nil");
}

}  // namespace

void add_list_commands(std::vector<Command>& table) {
  constexpr Command::Traits counts{.counts = true, .takes_id = false};
  table.push_back({"lpush", "key value [value ...]", -3, Access::write, true, "list",
                   "Puts values in front of a list, the last one first; answers how many it has.",
                   execute_lpush, counts});
  table.push_back({"rpush", "key value [value ...]", -3, Access::write, true, "list",
                   "Puts values behind a list; answers how many it has.", execute_rpush, counts});
  table.push_back({"lpushx", "key value [value ...]", -3, Access::observed_write, true, "list",
                   "As lpush, if there is a list where it is executed; else answers 0.", execute_lpushx,
                   counts});
  table.push_back({"rpushx", "key value [value ...]", -3, Access::observed_write, true, "list",
                   "As rpush, if there is a list where it is executed; else answers 0.", execute_rpushx,
                   counts});
  table.push_back(
      {"lpop", "key [count]", -2, Access::observed_write, true, "list",
       "Takes the first items of a list. Two coordinators may both take one that neither has seen removed.",
       execute_lpop, counts});
  table.push_back(
      {"rpop", "key [count]", -2, Access::observed_write, true, "list",
       "Takes the last items of a list. Two coordinators may both take one that neither has seen removed.",
       execute_rpop, counts});
  table.push_back(
      {"llen", "key", 2, Access::read, true, "list", "The number of items of a list.", execute_llen});
  table.push_back({"lindex", "key index", 3, Access::read, true, "list",
                   "The item at an index, which counts from the end below 0.", execute_lindex});
  table.push_back({"lrange", "key start stop", 4, Access::read, true, "list",
                   "The items from one index to another, both included.", execute_lrange});
  table.push_back({"lset", "key index value", 4, Access::observed_write, true, "list",
                   "Replaces the item that is at an index where it is executed.", execute_lset, counts});
  table.push_back({"ltrim", "key start stop", 4, Access::observed_write, true, "list",
                   "Removes all but the items from one index to another.", execute_ltrim, counts});
  table.push_back(
      {"list.insert", "key index value [value ...]", -4, Access::observed_write, false, "list",
       "Puts values in front of the item at an index, or (-1) behind all; answers how many there are.",
       execute_insert, counts});
  table.push_back({"list.remove", "key index [count]", -3, Access::observed_write, false, "list",
                   "Removes items from an index on, one by itself; answers how many.", execute_remove,
                   counts});
  for (const auto& [name, arguments, arity] :
       {std::tuple<BytesView, BytesView, int>{"blpop", "key [key ...] timeout", -3},
        {"brpop", "key [key ...] timeout", -3},
        {"brpoplpush", "source destination timeout", 4},
        {"blmove", "source destination LEFT|RIGHT LEFT|RIGHT timeout", 6},
        {"blmpop", "timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]", -5}}) {
    table.push_back({name, arguments, arity, Access::read, true, "list",
                     "Not available: other regions can take the same item.", refuse_to_block});
  }
}

}  // namespace causeway
