// The commands that read a part of a string, and those of bits.
#include <bit>

#include "crdt/command_table.h"
#include "crdt/option.h"
#include "crdt/string.h"

namespace causeway {
namespace {

constexpr std::int64_t byte_bits = 8;

Result<Bytes> read_text(const Context& context, BytesView command) {
  StringState string;
  CW_TRY_VOID(read_string_object(context, command, string));
  return std::move(string).text();
}

/// From the first to behind the last of `size` units: empty if begin >= end.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  [[nodiscard]] bool empty() const { return begin >= end; }
};

/// Of the first and the last unit, below 0: counted from the end.
Range range_of(std::int64_t first, std::int64_t last, std::int64_t size) {
  if (first < 0 && last < 0 && first > last) return {};
  if (first < 0) first = std::max<std::int64_t>(size + first, 0);
  if (last < 0) last = std::max<std::int64_t>(size + last, 0);
  if (size == 0) return {};
  return {first, std::min(last, size - 1) + 1};
}

Result<void> execute_getrange(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t first, integer_argument(arguments[2]));
  CW_TRY(const std::int64_t last, integer_argument(arguments[3]));
  CW_TRY(const Bytes text, read_text(context, "GETRANGE"));
  const Range range = range_of(first, last, static_cast<std::int64_t>(text.size()));
  reply = range.empty() ? Bytes()
                        : text.substr(static_cast<std::size_t>(range.begin),
                                      static_cast<std::size_t>(range.end - range.begin));
  return {};
}

bool bit_at(BytesView text, std::int64_t at) {
  const auto byte = static_cast<unsigned char>(text[static_cast<std::size_t>(at / byte_bits)]);
  return (byte >> (byte_bits - 1 - at % byte_bits) & 1U) != 0;
}

Result<void> execute_getbit(const Context& context, Arguments arguments, Value& reply) {
  constexpr std::int64_t bits_max = std::int64_t{1} << 32U;
  const auto offset = integer_argument(arguments[2]);
  if (!offset || *offset < 0 || *offset >= bits_max) {
    return fail(ErrorCode::invalid, "bit offset is not an integer or out of range");
  }
  CW_TRY(const Bytes text, read_text(context, "GETBIT"));
  const bool is_inside = *offset < static_cast<std::int64_t>(text.size()) * byte_bits;
  reply = std::int64_t{is_inside && bit_at(text, *offset)};
  return {};
}

/// The bits that "[first [last [BYTE|BIT]]]" names.
Result<Range> bits_of(Arguments range, BytesView text) {
  std::int64_t first = 0;
  std::int64_t last = -1;
  if (!range.empty()) {
    CW_TRY(first, integer_argument(range[0]));
  }
  if (range.size() > 1) {
    CW_TRY(last, integer_argument(range[1]));
  }
  const bool by_bit = range.size() > 2 && is_option(range[2], "bit");
  if (range.size() > 3 || (range.size() == 3 && !by_bit && !is_option(range[2], "byte")))
    return syntax_error();
  const auto bytes = static_cast<std::int64_t>(text.size());
  if (by_bit) return range_of(first, last, bytes * byte_bits);
  const Range named = range_of(first, last, bytes);
  return named.empty() ? Range() : Range{named.begin * byte_bits, named.end * byte_bits};
}

Result<void> execute_bitcount(const Context& context, Arguments arguments, Value& reply) {
  if (arguments.size() == 3) return syntax_error();
  CW_TRY(const Bytes text, read_text(context, "BITCOUNT"));
  CW_TRY(const Range bits, bits_of(arguments.subspan(2), text));
  std::int64_t count = 0;
  for (std::int64_t at = bits.begin; at < bits.end;) {
    if (at % byte_bits == 0 && bits.end - at >= byte_bits) {
      count += std::popcount(static_cast<unsigned char>(text[static_cast<std::size_t>(at / byte_bits)]));
      at += byte_bits;
    } else {
      count += bit_at(text, at++) ? 1 : 0;
    }
  }
  reply = count;
  return {};
}

Result<void> execute_bitpos(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t wanted, integer_argument(arguments[2]));
  if (wanted != 0 && wanted != 1) return fail(ErrorCode::invalid, "The bit argument must be 1 or 0.");
  StringState string;
  CW_TRY_VOID(read_string_object(context, "BITPOS", string));
  const bool exists = string.exists();
  const Bytes text = std::move(string).text();
  CW_TRY(const Range bits, bits_of(arguments.subspan(3), text));
  std::int64_t at = bits.begin;
  while (at < bits.end && bit_at(text, at) != (wanted == 1)) ++at;
  if (at < bits.end) {
    reply = at;
  } else {  // a string without a stated end goes on with zeros
    const bool goes_on = wanted == 0 && (!exists || (arguments.size() < 5 && !bits.empty()));
    reply = goes_on ? static_cast<std::int64_t>(text.size()) * byte_bits : std::int64_t{-1};
  }
  return {};
}

Result<void> execute_setbit(const Context& /*context*/, Arguments arguments, Value& /*reply*/) {
  return fail(ErrorCode::invalid, Bytes(arguments[0]) +
                                      " would write the whole value for some bits, and lose those that are "
                                      "written concurrently: keep the numbers of the bits in a set (SADD, SREM)");
}

}  // namespace

void add_string_part_commands(std::vector<Command>& table) {
  const auto add = [&](BytesView name, BytesView arguments, int arity, BytesView help,
                       decltype(Command::execute) execute) {
    table.push_back({name, arguments, arity, Access::read, true, "string", help, execute});
  };
  add("getrange", "key start end", 4,
      "The bytes of a string from start to end; below 0: counted from its end.", execute_getrange);
  add("substr", "key start end", 4, "The same as GETRANGE.", execute_getrange);
  add("getbit", "key offset", 3, "A bit of a string.", execute_getbit);
  add("bitcount", "key [start end [BYTE|BIT]]", -2, "How many bits of a string are 1.", execute_bitcount);
  add("bitpos", "key bit [start [end [BYTE|BIT]]]", -3, "Where the first bit of a string is that is 0, or 1.",
      execute_bitpos);
  add("setbit", "key offset value", 4, "Refused: a write of one bit would overwrite concurrent ones.",
      execute_setbit);
  add("bitfield", "key [operation ...]", -2, "Refused, as SETBIT.", execute_setbit);
}

}  // namespace causeway
