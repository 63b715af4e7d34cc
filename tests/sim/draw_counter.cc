// Counters: some that are reset and deleted, and some that only grow.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;
constexpr EntryType type = EntryType::counter;

Draft update(const Pen& pen) {
  if (!pen.kind.empty() || pen.random.chance(2, 3))
    return increment(pen, "COUNTER.ADD", pen.key("reset"), type);
  return tally(pen, "COUNTER.ADD", pen.key("grow"), type);
}

Draft removal(const Pen& pen) {
  if (pen.one_in(3)) return delete_key(pen.key("reset"));
  Meaning meaning{Kind::clear};
  meaning.clears = value_at(type);
  return draft({"COUNTER.RESET", pen.key("reset")}, std::move(meaning));
}

Draft read_one(const Pen& pen) { return read("COUNTER.GET", pen.key("grow"), Kind::read_sum, type); }

}  // namespace

const Family counter_family{"counter", update, removal, read_one};

}  // namespace causeway::testing
