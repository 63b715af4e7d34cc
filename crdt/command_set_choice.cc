// The commands that take some members of an add-wins set: at random, or the next of an iteration.
#include <limits>

#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/option.h"
#include "crdt/sample.h"
#include "crdt/scan_cursor.h"
#include "crdt/set.h"

namespace causeway {
namespace {

constexpr std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();

Result<std::uint64_t> pop_count(BytesView text) {
  const auto count = integer_argument(text);
  if (!count || *count < 0) return fail(ErrorCode::invalid, "value is out of range, must be positive");
  return static_cast<std::uint64_t>(*count);
}

Result<void> execute_spop(const Context& context, Arguments arguments, Value& reply) {
  if (arguments.size() > 3) return syntax_error();
  const bool counted = arguments.size() == 3;
  std::uint64_t wanted = 1;
  if (counted) {
    CW_TRY(wanted, pop_count(arguments[2]));
    reply.emplace<Value::Array>();
  }
  ObjectState object;
  CW_TRY_VOID(read_object(context, EntryType::set, "SPOP", object));
  const std::uint64_t size = object.summary.count(EntryType::set);
  const std::uint64_t count = std::min(wanted, size);
  if (count == 0) return {};

  const Place place = context.place(EntryType::set);
  ElementOrder scratch;
  CW_TRY(const ElementOrder* const order, context.entries.order(place, scratch));
  Random random = random_of(context);
  // All that is there goes as with a delete, in an event of constant size.
  const bool all = count == size && object.summary.live.size() == 1;
  if (all) CW_TRY_VOID(remove_object(context, object));
  for (const std::uint64_t rank : draw_ranks(random, size, count)) {
    const BytesView member = name_in_scan_key(order->at(rank));
    if (!all) CW_TRY_VOID(remove_member(context.entries, place, member, context.changes));
    if (counted) {
      std::get<Value::Array>(reply).emplace_back(Bytes(member));
    } else {
      reply = Bytes(member);
    }
  }
  if (!all) CW_TRY_VOID(unmark_if_emptied(context, object, count));
  return issue(context);
}

/// Draws from all of them each time. Errors: too_large, for nobody bounds how often.
Result<void> draw_repeatedly(const ElementOrder& order, std::uint64_t count, Random& random,
                             Value::Array& drawn) {
  constexpr std::size_t bytes_max = std::size_t{64} << 20U;
  std::size_t bytes = 0;
  for (; count > 0; --count) {
    const BytesView member = name_in_scan_key(order.at(random.below(order.size())));
    bytes += sizeof(Value) + member.size();
    if (bytes > bytes_max) {
      return fail(ErrorCode::too_large,
                  "what is drawn has more than " + std::to_string(bytes_max) + " bytes: draw fewer at once");
    }
    drawn.emplace_back(Bytes(member));
  }
  return {};
}

Result<void> execute_srandmember(const Context& context, Arguments arguments, Value& reply) {
  if (arguments.size() > 3) return syntax_error();
  const bool counted = arguments.size() == 3;
  std::int64_t wanted = 1;
  if (counted) {
    CW_TRY(wanted, integer_argument(arguments[2]));
    if (wanted < -integer_max) {
      const std::string most = std::to_string(integer_max);
      return fail(ErrorCode::invalid, "value is out of range, value must between -" + most + " and " + most);
    }
    reply.emplace<Value::Array>();
  }
  ObjectState object;
  CW_TRY_VOID(read_object(context, EntryType::set, "SRANDMEMBER", object));
  const std::uint64_t size = object.summary.count(EntryType::set);
  if (size == 0 || wanted == 0) return {};

  ElementOrder scratch;
  CW_TRY(const ElementOrder* const order, context.entries.order(context.place(EntryType::set), scratch));
  Random random = random_of(context);
  if (!counted) {
    reply = Bytes(name_in_scan_key(order->at(random.below(size))));
    return {};
  }
  Value::Array& drawn = std::get<Value::Array>(reply);
  if (wanted < 0) return draw_repeatedly(*order, static_cast<std::uint64_t>(-wanted), random, drawn);
  for (const std::uint64_t rank :
       draw_ranks(random, size, std::min(static_cast<std::uint64_t>(wanted), size))) {
    drawn.emplace_back(Bytes(name_in_scan_key(order->at(rank))));
  }
  return {};
}

Result<void> execute_sscan(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const ScanRequest scan, parse_scan(arguments.subspan(2)));
  ObjectState object;
  CW_TRY_VOID(read_object(context, EntryType::set, "SSCAN", object));
  Value::Array members;
  ElementOrder scratch;
  CW_TRY(const ElementOrder* const order, context.entries.order(context.place(EntryType::set), scratch));
  const std::uint64_t next = scan_step(*order, scan, [&](BytesView member) {
    if (scan.wants(member)) members.emplace_back(Bytes(member));
  });
  Value::Array& both = reply.emplace<Value::Array>();
  both.emplace_back(std::to_string(next));
  both.emplace_back(std::move(members));
  return {};
}

}  // namespace

void add_set_choice_commands(std::vector<Command>& table) {
  table.push_back(
      {"spop",
       "key [count]",
       -2,
       Access::observed_write,
       true,
       "set",
       "Removes members at random, and answers them; elsewhere the same may be popped at the same time.",
       execute_spop,
       {.shape = ReplyShape::set, .counts = true, .takes_id = false}});
  table.push_back({"srandmember", "key [count]", -2, Access::read, true, "set",
                   "Members at random; with a count below 0 the same may come several times.",
                   execute_srandmember});
  table.push_back({"sscan", "key cursor [MATCH pattern] [COUNT count]", -3, Access::read, true, "set",
                   "The next members of an iteration, and its cursor.", execute_sscan});
}

}  // namespace causeway
