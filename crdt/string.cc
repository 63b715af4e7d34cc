#include "crdt/string.h"

#include "crdt/object.h"
#include "crdt/request.h"

namespace causeway {

Bytes StringState::value_of(const Sibling& sibling) const {
  const auto integer = parse_integer(sibling.value);
  return integer ? std::to_string(saturate(*integer + count)) : sibling.value;
}

void StringState::answer(Value& reply) && {
  if (const auto sum = number()) {
    reply.emplace<Bytes>(std::to_string(saturate(*sum)));
  } else {
    reply.emplace<Bytes>(std::move(siblings.front().value));
  }
}

Bytes StringState::text() && {
  Value shown = Bytes();
  if (exists()) std::move(*this).answer(shown);
  return std::move(std::get<Bytes>(shown));
}

std::optional<Int128> StringState::number() const {
  if (siblings.empty()) return count;
  const auto integer = parse_integer(siblings.front().value);
  if (!integer) return std::nullopt;
  return *integer + count;
}

Result<void> read_string(const ObjectEntries& entries, const Place& place, const ObjectSummary& summary,
                         StringState& state) {
  CW_TRY_VOID(read_register(entries, place, state.siblings));
  CW_TRY_VOID(read_counter(entries, place, state.counter));
  CW_TRY(state.count, count_once(entries, place, state.counter, summary));
  return {};
}

Result<void> read_string_object(const Context& context, BytesView command, StringState& string) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  CW_TRY_VOID(require_type(object, EntryType::string, command));
  if (!object.exists()) return {};
  return read_string(context.entries, context.place(EntryType::string), object.summary, string);
}

Result<void> set_string(const Context& context, const Place& place, BytesView value) {
  CW_TRY_VOID(put_register(context.entries, place, context.hlc, value, context.changes));
  CounterState counter;
  CW_TRY_VOID(read_counter(context.entries, place, counter));
  reset_counter(counter, place, context.dot.actor, context.changes);
  return {};
}

}  // namespace causeway
