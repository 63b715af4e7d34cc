// The commands of bounded counters.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/plant.h"
#include "crdt/bounded.h"
#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/request.h"

namespace causeway {
namespace {

constexpr std::size_t actor_digits = 16;

Bytes text_of_actor(ActorId actor) {
  std::array<char, actor_digits> digits;  // NOLINT: written below
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), actor.value, 16).ptr;
  const auto size = static_cast<std::size_t>(end - digits.data());
  return Bytes(actor_digits - size, '0').append(digits.data(), size);
}

Result<ActorId> actor_argument(BytesView text) {
  ActorId actor;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), actor.value, 16);
  if (error == std::errc() && end == text.data() + text.size() && text.size() == actor_digits) return actor;
  return fail(ErrorCode::invalid, "an actor has 16 hexadecimal digits, as BOUNDED.RIGHTS names them");
}

Result<std::int64_t> amount_argument(BytesView text) {
  CW_TRY(const std::int64_t amount, integer_argument(text));
  if (amount > 0) return amount;
  return fail(ErrorCode::invalid, "the amount must be more than 0");
}

/// What the counter holds, and what is known of it.
struct Observed {
  ObjectState object;
  BoundedState state;
  Int128 value = 0;
};

Result<void> observe(const Context& context, BytesView command, Observed& observed) {
  CW_TRY_VOID(read_object(context, observed.object));
  CW_TRY_VOID(require_type(observed.object, EntryType::bounded, command));
  const Place place = context.place(EntryType::bounded);
  CW_TRY_VOID(read_bounded(context.entries, place, observed.state));
  CW_TRY(const Int128 sum,
         count_once(context.entries, place, observed.state.counter, observed.object.summary));
  observed.value = std::max(sum, Int128{0});
  return {};
}

Result<void> execute_add(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t amount, amount_argument(arguments[2]));
  Observed observed;
  CW_TRY_VOID(observe(context, "BOUNDED.ADD", observed));
  if (!fits(observed.value + amount))
    return fail(ErrorCode::invalid, "increment or decrement would overflow");
  reply = saturate(observed.value + amount);
  CW_TRY_VOID(create_object(context, EntryType::bounded, observed.object));
  add_to_counter(observed.state.counter, context.place(EntryType::bounded), context.dot, amount,
                 context.changes);
  return issue(context);
}

Bytes name_of(const Context& context, ActorId actor) {
  return context.others != nullptr ? context.others->name_of(actor) : text_of_actor(actor);
}

bool inherits(const Context& context, ActorId actor) {
  return context.others != nullptr && actor != context.dot.actor &&
         context.others->inherits(context.key, actor);
}

/// Takes over what actors that have ended held: how much it is.
Int128 inherit(const Context& context, const BoundedState& state) {
  Int128 inherited = 0;
  for (const auto& [actor, rights] : state.holders()) {
    if (!inherits(context, actor)) continue;
    const Gift gift{actor, context.dot.actor, static_cast<std::uint64_t>(saturate(rights))};
    give_rights(context.place(EntryType::bounded), gift, context.changes);
    inherited += gift.amount;
  }
  return inherited;
}

/// The rights here do not suffice: says where there are some, and asks for them.
tl::unexpected<Error> lacks_rights(const Context& context, const Observed& observed, Int128 held,
                                   std::int64_t amount) {
  Bytes where;
  for (const auto& [actor, rights] : observed.state.holders()) {
    if (actor == context.dot.actor || inherits(context, actor)) continue;
    const Bytes name = name_of(context, actor);
    if (where.empty() && context.others != nullptr) {
      const Int128 missing = amount - std::max(held, Int128{0});
      context.others->ask(actor, {"bounded.give", Bytes(context.key), std::to_string(saturate(missing)),
                                  text_of_actor(context.dot.actor)});
    }
    where += (where.empty() ? "" : ", ") + std::to_string(saturate(rights)) + " at " + name;
  }
  const Bytes what = where.empty() ? "nobody holds the right to subtract the rest"
                                   : where + ": some of that was asked for, try again soon, or there";
  return fail_retryable(ErrorCode::unavailable,
                        "only " + std::to_string(saturate(std::max(held, Int128{0}))) + " of " +
                            std::to_string(amount) + " may be subtracted here; " + what);
}

Result<void> execute_sub(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t amount, amount_argument(arguments[2]));
  const Place place = context.place(EntryType::bounded);
  bool is_done = false;
  if (context.request_id) {
    CW_TRY_VOID(check_request(*context.request_id, context.wall));
    CW_TRY(is_done, is_executed(context.entries, place, *context.request_id));
  }
  Observed observed;
  CW_TRY_VOID(observe(context, "BOUNDED.SUB", observed));
  if (is_done) {
    reply = saturate(observed.value);
    return {};
  }
  if (observed.value < amount) {
    return fail(ErrorCode::invalid,
                "the counter would fall below 0: it holds " + std::to_string(saturate(observed.value)));
  }
  Int128 held = observed.state.rights(context.dot.actor);
  if (held < amount) held += inherit(context, observed.state);
  if (held < amount && !planted(Plant::spent_without_rights))
    return lacks_rights(context, observed, held, amount);
  reply = saturate(observed.value - amount);
  const Added added = add_to_counter(observed.state.counter, place, context.dot, -amount, context.changes);
  if (context.request_id) record_request(place, *context.request_id, added, context.changes);
  return issue(context);
}

Result<void> execute_get(const Context& context, Arguments /*arguments*/, Value& reply) {
  Observed observed;
  CW_TRY_VOID(observe(context, "BOUNDED.GET", observed));
  reply = saturate(observed.value);
  return {};
}

Result<void> execute_rights(const Context& context, Arguments /*arguments*/, Value& reply) {
  Observed observed;
  CW_TRY_VOID(observe(context, "BOUNDED.RIGHTS", observed));
  Value::Array& rows = reply.emplace<Value::Array>();
  for (const auto& [actor, rights] : observed.state.holders()) {
    rows.emplace_back(text_of_actor(actor));
    rows.emplace_back(saturate(rights));
  }
  return {};
}

/// As much as is asked for, or half of what is held if that is more: who asks once will ask again.
Result<void> execute_give(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t asked, amount_argument(arguments[2]));
  CW_TRY(const ActorId to, actor_argument(arguments[3]));
  Observed observed;
  CW_TRY_VOID(observe(context, "BOUNDED.GIVE", observed));
  if (to == context.dot.actor) {
    reply = std::int64_t{0};
    return {};
  }
  const Int128 held = observed.state.rights(context.dot.actor) + inherit(context, observed.state);
  const Int128 given = std::min(held, std::max(Int128{asked}, held / 2));
  reply = saturate(std::max(given, Int128{0}));
  if (given <= 0) return context.changes.mutations() == 0 ? Result<void>() : issue(context);
  give_rights(context.place(EntryType::bounded),
              {context.dot.actor, to, static_cast<std::uint64_t>(saturate(given))}, context.changes);
  return issue(context);
}

}  // namespace

void add_bounded_commands(std::vector<Command>& table) {
  table.push_back({"bounded.add",
                   "key amount",
                   3,
                   Access::write,
                   false,
                   "bounded",
                   "Adds to a counter that never falls below 0; answers the value after.",
                   execute_add,
                   {.counts = true, .takes_id = false}});
  table.push_back({"bounded.sub",
                   "key amount",
                   3,
                   Access::write,
                   false,
                   "bounded",
                   "Subtracts, if the rights to so much are here; answers the value after.",
                   execute_sub,
                   {.counts = true}});
  table.push_back({"bounded.get", "key", 2, Access::read, false, "bounded", "The value of a bounded counter.",
                   execute_get});
  table.push_back({"bounded.rights",
                   "key",
                   2,
                   Access::read,
                   false,
                   "bounded",
                   "Which actors may subtract how much.",
                   execute_rights,
                   {.shape = ReplyShape::map}});
  table.push_back({"bounded.give", "key amount actor", 4, Access::write, false, "bounded",
                   "Gives rights to subtract, of those held here, to an actor; answers how many.",
                   execute_give});
}

}  // namespace causeway
