// The commands of hashes that take some of the fields: at random, or the next of an iteration.
#include <limits>

#include "crdt/command_table.h"
#include "crdt/map.h"
#include "crdt/option.h"
#include "crdt/sample.h"
#include "crdt/scan_cursor.h"

namespace causeway {
namespace {

constexpr std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();

/// What is drawn: names alone, or pairs with values.
class Drawn {
 public:
  Drawn(const Context& context, const ObjectState& map, const ElementOrder& order, bool with_values)
      : context_(context), map_(map), order_(order), with_values_(with_values) {}

  /// Errors: too_large, for nobody bounds how often a field is drawn.
  Result<void> add(std::uint64_t rank) {
    Bytes name = read_field(name_in_scan_key(order_.at(rank))).value_or(Bytes());
    bytes_ += sizeof(Value) + name.size();
    if (with_values_) {
      CW_TRY(auto value, read_field_value(context_, map_, name));
      Value text = value ? std::move(value->text) : Value();
      if (const auto* held = std::get_if<Bytes>(&text)) bytes_ += sizeof(Value) + held->size();
      all_.push_back(Value::Array{std::move(name), std::move(text)});
    } else {
      all_.emplace_back(std::move(name));
    }
    constexpr std::size_t bytes_max = std::size_t{64} << 20U;
    if (bytes_ <= bytes_max) return {};
    return fail(ErrorCode::too_large,
                "what is drawn has more than " + std::to_string(bytes_max) + " bytes: draw fewer at once");
  }
  Value::Array take() { return std::move(all_); }

 private:
  const Context& context_;
  const ObjectState& map_;
  const ElementOrder& order_;
  bool with_values_;
  std::size_t bytes_ = 0;
  Value::Array all_;
};

Result<std::int64_t> draw_count(Arguments arguments) {
  CW_TRY(const std::int64_t count, integer_argument(arguments[2]));
  if (count < -integer_max) {
    const std::string most = std::to_string(integer_max);
    return fail(ErrorCode::invalid, "value is out of range, value must between -" + most + " and " + most);
  }
  if (arguments.size() == 3) return count;
  if (arguments.size() > 4 || !is_option(arguments[3], "withvalues")) return syntax_error();
  if (count < -(integer_max / 2) || count > integer_max / 2)
    return fail(ErrorCode::invalid, "value is out of range");
  return count;
}

Result<void> execute_hrandfield(const Context& context, Arguments arguments, Value& reply) {
  const bool counted = arguments.size() > 2;
  std::int64_t wanted = 1;
  if (counted) {
    CW_TRY(wanted, draw_count(arguments));
  }
  ObjectState map;
  CW_TRY_VOID(read_map(context, "HRANDFIELD", map));
  if (counted) reply.emplace<Value::Array>();
  if (!map.exists() || wanted == 0) return {};

  ElementOrder scratch;
  CW_TRY(const ElementOrder* const order, context.entries.order(context.place(EntryType::map), scratch));
  Random random = random_of(context);
  Drawn drawn(context, map, *order, arguments.size() == 4);
  if (wanted > 0) {
    const std::uint64_t count = std::min<std::uint64_t>(static_cast<std::uint64_t>(wanted), order->size());
    for (const std::uint64_t rank : draw_ranks(random, order->size(), count)) CW_TRY_VOID(drawn.add(rank));
  } else {  // each of them from all fields
    for (; wanted < 0; ++wanted) CW_TRY_VOID(drawn.add(random.below(order->size())));
  }
  Value::Array all = drawn.take();
  reply = counted ? Value(std::move(all)) : std::move(all.front());
  return {};
}

Result<void> execute_hscan(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const ScanRequest scan, parse_scan(arguments.subspan(2)));
  ObjectState map;
  CW_TRY_VOID(read_map(context, "HSCAN", map));
  Value::Array fields;
  std::uint64_t next = 0;
  if (map.exists()) {
    ElementOrder scratch;
    CW_TRY(const ElementOrder* const order, context.entries.order(context.place(EntryType::map), scratch));
    std::vector<Bytes> names;
    next = scan_step(*order, scan, [&](BytesView escaped) {
      if (auto name = read_field(escaped); name && scan.wants(*name)) names.push_back(*std::move(name));
    });
    for (Bytes& name : names) {
      CW_TRY(auto value, read_field_value(context, map, name));
      fields.emplace_back(std::move(name));
      fields.push_back(value ? std::move(value->text) : Value());
    }
  }
  reply = Value::Array{std::to_string(next), std::move(fields)};
  return {};
}

}  // namespace

void add_hash_choice_commands(std::vector<Command>& table) {
  table.push_back(
      {"hrandfield",
       "key [count [WITHVALUES]]",
       -2,
       Access::read,
       true,
       "hash",
       "A field of a hash at random; with a count so many different ones, below 0: as many draws.",
       execute_hrandfield,
       {.shape = ReplyShape::pairs}});
  table.push_back({"hscan", "key cursor [MATCH pattern] [COUNT count]", -3, Access::read, true, "hash",
                   "Some fields of a hash and their values, and the cursor for the next call; 0 at the end.",
                   execute_hscan});
}

}  // namespace causeway
