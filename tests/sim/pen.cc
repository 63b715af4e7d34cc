#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

/// Letters that cannot be compressed by much.
Bytes noise(std::uint64_t seed, std::size_t count) {
  Random letters(seed);
  Bytes out(count, '.');
  for (std::size_t i = 1; i < count; ++i) out[i] = static_cast<char>('A' + letters.below(58));
  return out;
}

}  // namespace

Bytes Pen::unique() const {
  const std::size_t more = big ? random.below(600) : random.below(20);
  return own() + (serial % 2 == 0 ? Bytes(more, '.') : noise(serial, more));
}

Draft increment(const Pen& pen, const char* command, Bytes key, EntryType type) {
  const bool with_id = pen.random.chance(4, 5);
  const std::uint64_t amount = with_id ? 1 + pen.random.below(5) : 1000 + pen.serial;
  Meaning meaning{Meaning::Kind::increment, value_at(type)};
  meaning.amount = static_cast<std::int64_t>(amount);
  if (Bytes(command) == "DECRBY") meaning.amount = -meaning.amount;
  meaning.own = !with_id;
  meaning.counts = true;
  return draft({command, std::move(key), std::to_string(amount)}, std::move(meaning), with_id);
}

Draft tally(const Pen& pen, const char* command, Bytes key, EntryType type) {
  const std::int64_t amount = 1 + static_cast<std::int64_t>(pen.random.below(5));
  Meaning meaning{Meaning::Kind::increment, value_at(type)};
  meaning.amount = amount;
  meaning.counts = true;
  return draft({command, std::move(key), std::to_string(amount)}, std::move(meaning), true);
}

Draft delete_key(Bytes key) {
  Meaning meaning{Meaning::Kind::clear};
  meaning.clears = Bytes();
  return draft({"DEL", std::move(key)}, std::move(meaning));
}

Draft read(const char* command, Bytes key, Meaning::Kind kind, EntryType type) {
  return draft({command, std::move(key)}, {kind, value_at(type)});
}

}  // namespace causeway::testing
