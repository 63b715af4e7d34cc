// The commands that read a string and put another in its place: of concurrent ones each makes a sibling, and the last is
// read, as if they were a GET and a SET. They catch up first, so that nothing that was acknowledged is overwritten unseen.
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/request.h"
#include "crdt/string.h"

namespace causeway {
namespace {

constexpr EntryType type = EntryType::string;

/// What the context works on, and the string there, which may not exist. Errors: wrong_type.
Result<void> read_both(const Context& context, BytesView command, ObjectState& object, StringState& string) {
  CW_TRY_VOID(read_object(context, object));
  CW_TRY_VOID(require_type(object, type, command));
  return object.exists() ? read_string(context.entries, context.place(type), object.summary, string)
                         : Result<void>();
}

/// The new text in the place of the old one.
Result<void> rewrite(const Context& context, const ObjectState& object, BytesView text) {
  CW_TRY_VOID(check_value(context, text));
  CW_TRY_VOID(create_object(context, type, object));
  CW_TRY_VOID(set_string(context, context.place(type), text));
  record_rewrite(context, context.place(type));
  return issue(context);
}

Result<void> execute_append(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const bool is_done, is_executed(context, context.place(type)));
  ObjectState object;
  StringState string;
  CW_TRY_VOID(read_both(context, "APPEND", object, string));
  Bytes text = std::move(string).text();
  if (!is_done) text.append(arguments[2]);
  reply = static_cast<std::int64_t>(text.size());
  return is_done ? Result<void>() : rewrite(context, object, text);
}

Result<void> execute_setrange(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t offset, integer_argument(arguments[2]));
  if (offset < 0) return fail(ErrorCode::invalid, "offset is out of range");
  ObjectState object;
  StringState string;
  CW_TRY_VOID(read_both(context, "SETRANGE", object, string));
  Bytes text = std::move(string).text();
  const BytesView part = arguments[3];
  if (!part.empty()) {
    const std::size_t bytes_max = context.value_bytes_max;
    if (static_cast<std::uint64_t>(offset) > bytes_max ||
        part.size() > bytes_max - static_cast<std::size_t>(offset)) {
      return fail(ErrorCode::too_large, "the value would have more than " + std::to_string(bytes_max) +
                                            " bytes, which is the limit (limits.value_bytes)");
    }
    const auto at = static_cast<std::size_t>(offset);
    text.resize(std::max(text.size(), at + part.size()), '\0');
    text.replace(at, part.size(), part);
  }
  reply = static_cast<std::int64_t>(text.size());
  return part.empty() ? Result<void>() : rewrite(context, object, text);
}

Result<void> execute_incrbyfloat(const Context& context, Arguments arguments, Value& reply) {
  return increment_float(context, "INCRBYFLOAT", arguments[2], reply);
}

/// In the forms that Redis takes: decimal, hexadecimal, "inf"; no blanks, and not "nan".
std::optional<long double> parse_float(BytesView text) {
  constexpr std::size_t bytes_max = 5 * 1024;
  if (text.empty() || text.size() >= bytes_max ||
      std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    return std::nullopt;
  }
  const Bytes ended(text);
  char* end = nullptr;
  errno = 0;
  const long double number = std::strtold(ended.c_str(), &end);
  const bool is_beyond = errno == ERANGE && (std::isinf(number) || number == 0);
  if (end != ended.c_str() + ended.size() || is_beyond || std::isnan(number)) return std::nullopt;
  return number;
}

/// As Redis writes it: 17 digits behind the point, without zeros at the end.
Bytes text_of(long double number) {
  std::array<char, 5 * 1024> buffer;  // NOLINT: written below
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.17Lf", number);
  Bytes text(buffer.data(), std::min(static_cast<std::size_t>(size), buffer.size() - 1));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace

Result<void> increment_float(const Context& context, BytesView command, BytesView increment, Value& reply) {
  CW_TRY(const bool is_done, is_executed(context, context.place(type)));
  ObjectState object;
  StringState string;
  CW_TRY_VOID(read_both(context, command, object, string));
  Bytes text = std::move(string).text();
  if (is_done) {
    reply = std::move(text);
    return {};
  }
  const auto number = text.empty() && !object.exists() ? 0 : parse_float(text);
  const auto delta = parse_float(increment);
  if (!number) {
    return fail(ErrorCode::wrong_type, Bytes(object.holder()) + " holds a string that is not a number, and " +
                                           Bytes(command) + " works on a number");
  }
  if (!delta) return fail(ErrorCode::invalid, "value is not a valid float");
  const long double sum = *number + *delta;
  if (!std::isfinite(sum)) return fail(ErrorCode::invalid, "increment would produce NaN or Infinity");
  text = text_of(sum);
  reply = text;
  return rewrite(context, object, text);
}

void add_string_rewrite_commands(std::vector<Command>& table) {
  const auto add = [&](BytesView name, BytesView arguments, int arity, BytesView help,
                       decltype(Command::execute) execute, Command::Traits traits = {}) {
    table.push_back({name, arguments, arity, Access::observed_write, true, "string", help, execute, traits});
  };
  add("append", "key value", 3,
      "Appends to a string, as one SET of the whole: of concurrent ones the last wins.", execute_append,
      {.counts = true});
  add("setrange", "key offset value", 4,
      "Overwrites a part of a string, as one SET of the whole: of concurrent ones the last wins.",
      execute_setrange);
  add("incrbyfloat", "key increment", 3,
      "Adds a number to a string, as one SET of the sum: of concurrent ones the last wins.",
      execute_incrbyfloat, {.counts = true});
}

}  // namespace causeway
