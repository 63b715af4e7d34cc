// Bounded counters: stocks that are only added to and subtracted from, and some that are deleted as well.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;
constexpr EntryType type = EntryType::bounded;

Bytes key_of(const Pen& pen) { return pen.key(pen.one_in(3) ? "bin" : "stock"); }

/// It takes no request id: the amount tells which one it is.
Draft add(const Pen& pen) {
  Meaning meaning{Kind::increment, value_at(type)};
  meaning.amount = static_cast<std::int64_t>(100 + pen.serial);
  meaning.own = meaning.counts = true;
  return draft({"BOUNDED.ADD", key_of(pen), std::to_string(meaning.amount)}, std::move(meaning));
}

Draft subtract(const Pen& pen) {
  Meaning meaning{Kind::increment, value_at(type)};
  const auto amount = static_cast<std::int64_t>(1 + pen.random.below(150));
  meaning.amount = -amount;
  meaning.counts = true;
  return draft({"BOUNDED.SUB", key_of(pen), std::to_string(amount)}, std::move(meaning), true);
}

Draft update(const Pen& pen) { return pen.one_in(3) ? add(pen) : subtract(pen); }
Draft removal(const Pen& pen) { return pen.one_in(3) ? delete_key(pen.key("bin")) : subtract(pen); }

Draft read_one(const Pen& pen) { return draft({"BOUNDED.GET", key_of(pen)}); }

}  // namespace

const Family bounded_family{"bounded", update, removal, read_one};

}  // namespace causeway::testing
