// The commands of when a key expires, whatever it holds.
#include <algorithm>

#include "crdt/command_table.h"
#include "crdt/expiry.h"
#include "crdt/expiry_options.h"
#include "crdt/option.h"

namespace causeway {
namespace {

constexpr std::int64_t no_key = -2;
constexpr std::int64_t no_expiry = -1;

/// On which conditions EXPIRE sets: all that are given.
struct Conditions {
  bool if_none = false;     ///< NX
  bool if_some = false;     ///< XX
  bool if_later = false;    ///< GT
  bool if_earlier = false;  ///< LT

  /// `ends_ms`: the present end; none is later than any.
  [[nodiscard]] bool hold(std::uint64_t at_ms, const std::optional<std::uint64_t>& ends_ms) const {
    const std::uint64_t ends = ends_ms.value_or(never_ms);
    if ((if_none && ends_ms) || (if_some && !ends_ms)) return false;
    return !(if_later && at_ms <= ends) && !(if_earlier && at_ms >= ends);
  }
};

Result<Conditions> conditions_of(Arguments options) {
  Conditions conditions;
  for (const BytesView option : options) {
    const Bytes name = upper_case(option);
    if (name == "NX") {
      conditions.if_none = true;
    } else if (name == "XX") {
      conditions.if_some = true;
    } else if (name == "GT") {
      conditions.if_later = true;
    } else if (name == "LT") {
      conditions.if_earlier = true;
    } else {
      return fail(ErrorCode::invalid, "Unsupported option " + Bytes(option.substr(0, 32)));
    }
  }
  if (conditions.if_none && (conditions.if_some || conditions.if_later || conditions.if_earlier)) {
    return fail(ErrorCode::invalid, "NX and XX, GT or LT options at the same time are not compatible");
  }
  if (conditions.if_later && conditions.if_earlier) {
    return fail(ErrorCode::invalid, "GT and LT options at the same time are not compatible");
  }
  return conditions;
}

Result<void> expire(const Context& context, Arguments arguments, TimeForm form, BytesView command,
                    Value& reply) {
  CW_TRY(const std::uint64_t at_ms, time_argument(context, form, arguments[2], command, false));
  CW_TRY(const Conditions conditions, conditions_of(arguments.subspan(3)));
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  reply = std::int64_t{0};
  if (!object.exists()) return {};
  ExpiryState expiry;
  CW_TRY_VOID(read_expiry(context, object, expiry));
  if (!conditions.hold(at_ms, expiry.ends_ms())) return {};
  reply = std::int64_t{1};
  if (at_ms <= wall_ms(context.wall)) return remove_object(context, object);
  return expire_at(context, object, at_ms);
}

Result<void> execute_expire(const Context& context, Arguments arguments, Value& reply) {
  return expire(context, arguments, {true, true}, "expire", reply);
}
Result<void> execute_pexpire(const Context& context, Arguments arguments, Value& reply) {
  return expire(context, arguments, {false, true}, "pexpire", reply);
}
Result<void> execute_expireat(const Context& context, Arguments arguments, Value& reply) {
  return expire(context, arguments, {true, false}, "expireat", reply);
}
Result<void> execute_pexpireat(const Context& context, Arguments arguments, Value& reply) {
  return expire(context, arguments, {false, false}, "pexpireat", reply);
}

Result<void> tell_end(const Context& context, TimeForm form, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  reply = no_key;
  if (!object.exists()) return {};
  ExpiryState expiry;
  CW_TRY_VOID(read_expiry(context, object, expiry));
  reply = no_expiry;
  const auto ends_ms = expiry.ends_ms();
  if (!ends_ms) return {};
  const std::uint64_t ms = *ends_ms - (form.from_now ? wall_ms(context.wall) : 0);
  reply = static_cast<std::int64_t>(form.in_seconds ? (ms + 500) / 1000 : ms);
  return {};
}

Result<void> execute_ttl(const Context& context, Arguments /*arguments*/, Value& reply) {
  return tell_end(context, {true, true}, reply);
}
Result<void> execute_pttl(const Context& context, Arguments /*arguments*/, Value& reply) {
  return tell_end(context, {false, true}, reply);
}
Result<void> execute_expiretime(const Context& context, Arguments /*arguments*/, Value& reply) {
  return tell_end(context, {true, false}, reply);
}
Result<void> execute_pexpiretime(const Context& context, Arguments /*arguments*/, Value& reply) {
  return tell_end(context, {false, false}, reply);
}

Result<void> execute_persist(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  CW_TRY(const bool persisted, persist(context, object));
  reply = std::int64_t{persisted};
  return {};
}

}  // namespace

void add_expiry_commands(std::vector<Command>& table) {
  constexpr BytesView options = " [NX | XX | GT | LT]";
  static const Bytes seconds = "key seconds" + Bytes(options);
  static const Bytes milliseconds = "key milliseconds" + Bytes(options);
  static const Bytes at_seconds = "key unix-time-seconds" + Bytes(options);
  static const Bytes at_milliseconds = "key unix-time-milliseconds" + Bytes(options);
  const auto add = [&table](BytesView name, BytesView arguments, int arity, Access access, BytesView help,
                            auto execute) {
    table.push_back({name, arguments, arity, access, true, "any", help, execute, {.works_inside = false}});
  };
  add("expire", seconds, -3, Access::observed_write,
      "Lets a key expire after so many seconds; 1 if it was set.", execute_expire);
  add("pexpire", milliseconds, -3, Access::observed_write,
      "Lets a key expire after so many milliseconds; 1 if it was set.", execute_pexpire);
  add("expireat", at_seconds, -3, Access::observed_write, "Lets a key expire at a time; 1 if it was set.",
      execute_expireat);
  add("pexpireat", at_milliseconds, -3, Access::observed_write,
      "Lets a key expire at a time; 1 if it was set.", execute_pexpireat);
  add("persist", "key", 2, Access::observed_write, "Takes the expiry of a key away; 1 if it had one.",
      execute_persist);
  add("ttl", "key", 2, Access::read, "Seconds until a key expires; -1 if it does not, -2 if there is none.",
      execute_ttl);
  add("pttl", "key", 2, Access::read,
      "Milliseconds until a key expires; -1 if it does not, -2 if there is none.", execute_pttl);
  add("expiretime", "key", 2, Access::read, "When a key expires, in seconds since 1970; -1 and -2 as TTL.",
      execute_expiretime);
  add("pexpiretime", "key", 2, Access::read,
      "When a key expires, in milliseconds since 1970; -1 and -2 as TTL.", execute_pexpiretime);
}

}  // namespace causeway
