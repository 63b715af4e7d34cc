#include "crdt/string.h"

#include "crdt/request.h"

namespace causeway {

Bytes StringState::value_of(const Sibling& sibling) const {
  const auto integer = parse_integer(sibling.value);
  return integer ? std::to_string(saturate(*integer + count)) : sibling.value;
}

std::optional<Bytes> StringState::value() const {
  if (!siblings.empty()) return value_of(siblings.front());
  if (counter.cells.empty()) return std::nullopt;
  return std::to_string(saturate(count));
}

std::optional<Int128> StringState::number() const {
  if (siblings.empty()) return count;
  const auto integer = parse_integer(siblings.front().value);
  if (!integer) return std::nullopt;
  return *integer + count;
}

Result<StringState> read_string(const EntryReader& entries, const Place& place,
                                const ObjectSummary& summary) {
  StringState state;
  CW_TRY(state.siblings, read_register(entries, place));
  CW_TRY(state.counter, read_counter(entries, place));
  CW_TRY(state.count, count_once(entries, place, state.counter, summary));
  return state;
}

Result<void> set_string(const Context& context, const Place& place, BytesView value) {
  CW_TRY_VOID(put_register(context.entries, place, context.hlc, value, context.changes));
  CW_TRY(const CounterState counter, read_counter(context.entries, place));
  reset_counter(counter, place, context.dot.actor, context.changes);
  return {};
}

}  // namespace causeway
