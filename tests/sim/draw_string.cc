// Strings: counts that are set and deleted, tallies that nothing resets, and texts.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;
constexpr EntryType type = EntryType::string;

Draft set(Bytes key, Bytes value, bool own) {
  Meaning meaning{Kind::write, value_at(type), {value}};
  meaning.own = own;
  meaning.clears = Bytes();  // what the key held before, of another type
  return draft({"SET", std::move(key), std::move(value)}, std::move(meaning));
}

Draft update(const Pen& pen) {
  switch (pen.random.below(6)) {
    case 0:
    case 1: return increment(pen, "INCRBY", pen.key("count"), type);
    case 2: return increment(pen, "DECRBY", pen.key("count"), type);
    case 3:
    case 4:
      return pen.kind.empty() ? tally(pen, "INCRBY", pen.key("tally"), type)
                              : increment(pen, "INCRBY", pen.key("count"), type);
    default: return set(pen.key("text"), pen.unique(), true);
  }
}

Draft removal(const Pen& pen) {
  switch (pen.random.below(3)) {
    case 0: return set(pen.key("count"), std::to_string(pen.random.below(100)), false);
    case 1: return delete_key(pen.key("text"));
    default: return delete_key(pen.key("count"));
  }
}

Draft read_one(const Pen& pen) {
  switch (pen.random.below(6)) {
    case 0:
    case 1:
    case 2: return read("GET", pen.key("tally"), Kind::read_sum, type);
    case 3: return read("GET", pen.key("text"), Kind::read_value, type);
    case 4: return read("SIBLINGS", pen.key("text"), Kind::other, type);
    default: return read(pen.one_in(2) ? "STRLEN" : "GET", pen.key("count"), Kind::other, type);
  }
}

}  // namespace

const Family string_family{"string", update, removal, read_one};

}  // namespace causeway::testing
