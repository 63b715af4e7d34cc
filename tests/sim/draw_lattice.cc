// What only rises: max and min registers, and HyperLogLogs; some are deleted as well.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;

// Extremes.

struct Names {
  EntryType type;
  const char* key;
  const char* key_deleted;
  const char* set;
  const char* get;
};
constexpr Names most{EntryType::maximum, "peak", "crest", "MAX.SET", "MAX.GET"};
constexpr Names least{EntryType::minimum, "low", "trough", "MIN.SET", "MIN.GET"};

const Names& one(const Pen& pen) { return pen.one_in(2) ? most : least; }

/// Numbers that do not rise with time, each of one operation.
Draft reach(const Pen& pen) {
  const Names& names = one(pen);
  const std::uint64_t number = pen.random.below(50) * 10'000 + pen.serial;
  const Bytes text = (pen.one_in(3) ? "-" : "") + std::to_string(number);
  Meaning meaning{Kind::reach, value_at(names.type), {text}};
  meaning.own = true;
  return draft({names.set, pen.key(pen.one_in(3) ? names.key_deleted : names.key), text}, std::move(meaning));
}

Draft remove_extreme(const Pen& pen) { return delete_key(pen.key(one(pen).key_deleted)); }

Draft read_extreme(const Pen& pen) {
  const Names& names = one(pen);
  return read(names.get, pen.key(pen.one_in(3) ? names.key_deleted : names.key), Kind::read_extreme,
              names.type);
}

// HyperLogLogs.

constexpr EntryType sketch = EntryType::hyperloglog;

Draft add(const Pen& pen) {
  Meaning meaning{Kind::count, value_at(sketch), {pen.own()}};
  if (pen.one_in(2)) meaning.names.push_back(pen.shared());
  std::vector<Bytes> words{"PFADD", pen.key(pen.one_in(3) ? "blot" : "sketch")};
  words.insert(words.end(), meaning.names.begin(), meaning.names.end());
  return draft(std::move(words), std::move(meaning));
}

Draft remove_sketch(const Pen& pen) { return delete_key(pen.key("blot")); }

Draft read_count(const Pen& pen) { return read("PFCOUNT", pen.key("sketch"), Kind::read_count, sketch); }

}  // namespace

const Family extreme_family{"extreme", reach, remove_extreme, read_extreme};
const Family hyperloglog_family{"hyperloglog", add, remove_sketch, read_count};

}  // namespace causeway::testing
