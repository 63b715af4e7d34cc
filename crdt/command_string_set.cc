// The commands that set strings, with what they say of expiry.
#include "crdt/command_table.h"
#include "crdt/expiry.h"
#include "crdt/expiry_options.h"
#include "crdt/object.h"
#include "crdt/option.h"
#include "crdt/string.h"

namespace causeway {
namespace {

struct SetOptions {
  std::optional<std::uint64_t> at_ms;  ///< the value expires then
  bool keeps_end = false;              ///< as the one before
  bool gets = false;                   ///< the old value is answered
  std::optional<bool> if_exists;       ///< XX, or NX
};

/// Errors: invalid, in a field, which has no end of its own.
Result<void> require_key(const Context& context) {
  if (context.outer == nullptr) return {};
  return fail(ErrorCode::invalid, "a field does not expire; only its key does: set that with EXPIRE");
}

Result<SetOptions> set_options(const Context& context, Arguments options) {
  SetOptions set;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const Bytes name = upper_case(options[i]);
    const auto form = time_form_of(name);
    if (name == "NX" || name == "XX") {
      if (!context.alone) return undecidable("SET with " + name);
      if (set.if_exists) return syntax_error();
      set.if_exists = name == "XX";
    } else if (name == "GET") {
      set.gets = true;
    } else if (name == "KEEPTTL" && !set.at_ms) {
      CW_TRY_VOID(require_key(context));
      set.keeps_end = true;
    } else if (form && i + 1 < options.size() && !set.at_ms && !set.keeps_end) {
      CW_TRY_VOID(require_key(context));
      CW_TRY(set.at_ms, time_argument(context, *form, options[++i], "set", true));
    } else {
      return syntax_error();
    }
  }
  return set;
}

/// What it held, as GET answers it. Errors: wrong_type.
Result<void> answer_old(const Context& context, BytesView command, Value& reply) {
  StringState string;
  CW_TRY_VOID(read_string_object(context, command, string));
  if (string.exists()) std::move(string).answer(reply);
  return {};
}

/// False: it is not as the options ask for, and nothing was set.
Result<bool> set(const Context& context, BytesView value, const SetOptions& options) {
  CW_TRY_VOID(check_value(context, value));
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  if (options.if_exists && *options.if_exists != object.exists()) return false;
  ExpiryState expiry;
  if (options.keeps_end) CW_TRY_VOID(read_expiry(context, object, expiry));
  const Place place = context.place(EntryType::string);
  if (object.exists() && object.type != EntryType::string) {
    CW_TRY_VOID(replace_object(context, EntryType::string, object));
    put_register_over({}, place, context.hlc, value, context.changes);
  } else {
    CW_TRY_VOID(create_object(context, EntryType::string, object));
    CW_TRY_VOID(set_string(context, place, value));
  }
  const auto kept_ms = expiry.ends_ms();
  if (options.at_ms) CW_TRY_VOID(set_expiry(context, *options.at_ms, {context.dot}));
  if (kept_ms) CW_TRY_VOID(set_expiry(context, *kept_ms, {context.dot}));
  CW_TRY_VOID(issue(context));
  return true;
}

Result<void> execute_set(const Context& context, Arguments arguments, Value& reply) {
  SetOptions options;
  if (arguments.size() > 3) {
    CW_TRY(options, set_options(context, arguments.subspan(3)));
  }
  if (options.gets) CW_TRY_VOID(answer_old(context, "SET with GET", reply));
  CW_TRY(const bool is_set, set(context, arguments[2], options));
  if (is_set && !options.gets) answer_ok(reply);
  return {};
}

Result<void> execute_getset(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY_VOID(answer_old(context, "GETSET", reply));
  CW_TRY_VOID(set(context, arguments[2], {}));
  return {};
}

Result<void> set_for(const Context& context, Arguments arguments, TimeForm form, BytesView command,
                     Value& reply) {
  SetOptions options;
  CW_TRY(options.at_ms, time_argument(context, form, arguments[2], command, true));
  CW_TRY_VOID(set(context, arguments[3], options));
  answer_ok(reply);
  return {};
}

Result<void> execute_setex(const Context& context, Arguments arguments, Value& reply) {
  return set_for(context, arguments, {true, true}, "setex", reply);
}
Result<void> execute_psetex(const Context& context, Arguments arguments, Value& reply) {
  return set_for(context, arguments, {false, true}, "psetex", reply);
}

Result<void> execute_setnx(const Context& context, Arguments arguments, Value& reply) {
  if (!context.alone) return undecidable("SETNX");
  SetOptions options;
  options.if_exists = false;
  CW_TRY(const bool is_set, set(context, arguments[2], options));
  reply = std::int64_t{is_set};
  return {};
}

Result<void> execute_getdel(const Context& context, Arguments /*arguments*/, Value& reply) {
  CW_TRY_VOID(answer_old(context, "GETDEL", reply));
  if (reply.is_nil()) return {};
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  CW_TRY_VOID(delete_object(context, object));
  return issue(context);
}

Result<void> execute_getex(const Context& context, Arguments arguments, Value& reply) {
  std::optional<std::uint64_t> at_ms;
  const bool persists = arguments.size() == 3 && upper_case(arguments[2]) == "PERSIST";
  if (arguments.size() > 2 && !persists) {
    const auto form = arguments.size() == 4 ? time_form_of(arguments[2]) : std::nullopt;
    if (!form) return syntax_error();
    CW_TRY(at_ms, time_argument(context, *form, arguments[3], "getex", true));
  }
  CW_TRY_VOID(answer_old(context, "GETEX", reply));
  if (reply.is_nil() || (!persists && !at_ms)) return {};
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  if (persists) {
    CW_TRY_VOID(persist(context, object));
  } else if (*at_ms <= wall_ms(context.wall)) {
    CW_TRY_VOID(delete_object(context, object));
  } else {
    CW_TRY_VOID(expire_at(context, object, *at_ms));
  }
  return issue(context);
}

}  // namespace

void add_string_set_commands(std::vector<Command>& table) {
  table.push_back(
      {"set",
       "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT time | PXAT time | KEEPTTL]",
       -3,
       Access::write,
       true,
       "string",
       "Sets a key to a string, whatever it held.",
       execute_set,
       {.renews = true}});
  table.push_back({"getset",
                   "key value",
                   3,
                   Access::observed_write,
                   true,
                   "string",
                   "Sets a string; answers what it was.",
                   execute_getset,
                   {.renews = true}});
  table.push_back({"setex",
                   "key seconds value",
                   4,
                   Access::write,
                   true,
                   "string",
                   "Sets a string that expires after so many seconds.",
                   execute_setex,
                   {.renews = true, .works_inside = false}});
  table.push_back({"psetex",
                   "key milliseconds value",
                   4,
                   Access::write,
                   true,
                   "string",
                   "Sets a string that expires after so many milliseconds.",
                   execute_psetex,
                   {.renews = true, .works_inside = false}});
  table.push_back(
      {"setnx", "key value", 3, Access::write, true, "string",
       "Sets a string if there is no key; refused where other nodes could do so at the same time.",
       execute_setnx});
  table.push_back({"getdel", "key", 2, Access::observed_write, true, "string",
                   "Deletes a string; answers what it was.", execute_getdel});
  table.push_back({"getex",
                   "key [EX seconds | PX milliseconds | EXAT time | PXAT time | PERSIST]",
                   -2,
                   Access::observed_write,
                   true,
                   "string",
                   "The value of a string, and when it is to expire.",
                   execute_getex,
                   {.works_inside = false}});
}

}  // namespace causeway
