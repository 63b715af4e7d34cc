// Sorted sets: scores that are set, added to and removed; boards are deleted as a whole as well.
#include <array>

#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;
constexpr EntryType type = EntryType::sorted_set;
constexpr std::int64_t quarters = 4;

Bytes in_quarters(std::int64_t count) {
  static constexpr std::array parts{"", ".25", ".5", ".75"};
  const auto magnitude = static_cast<std::uint64_t>(count < 0 ? -count : count);
  return (count < 0 ? "-" : "") + std::to_string(magnitude / quarters) + parts[magnitude % quarters];
}

/// Few, so that members tie.
std::int64_t some_score(const Pen& pen) { return static_cast<std::int64_t>(pen.random.below(24)) - 8; }

Bytes key_of(const Pen& pen) { return pen.key(pen.one_in(2) ? "board" : "ranks"); }

Draft add(const Pen& pen) {
  std::vector<Bytes> words{"ZADD", key_of(pen)};
  Meaning meaning{Kind::add, value_at(type)};
  meaning.own = true;
  const auto with = [&](const Bytes& member) {
    words.push_back(in_quarters(some_score(pen)));
    words.push_back(member);
    meaning.names.push_back(member);
  };
  with(pen.own());
  for (std::uint64_t i = pen.random.below(3); i > 0; --i) with(pen.shared());
  return draft(std::move(words), std::move(meaning));
}

Draft increment(const Pen& pen) {
  const bool with_id = pen.random.chance(4, 5);
  const Bytes member = pen.shared();
  Meaning meaning{Kind::increment, value_at(EntryType::score, base_of({}, type, member)), {member}};
  meaning.amount = with_id ? 1 + static_cast<std::int64_t>(pen.random.below(12))
                           : static_cast<std::int64_t>(1000 + pen.serial) * quarters;
  if (pen.one_in(3)) meaning.amount = -meaning.amount;
  meaning.own = !with_id;
  meaning.counts = true;
  return draft({"ZINCRBY", key_of(pen), in_quarters(meaning.amount), member}, meaning, with_id);
}

Draft update(const Pen& pen) { return pen.one_in(2) ? add(pen) : increment(pen); }

Draft removal(const Pen& pen) {
  if (pen.one_in(4)) return delete_key(pen.key("board"));
  const Bytes member = pen.former();
  return draft({"ZREM", key_of(pen), member}, {Kind::remove, value_at(type), {member}});
}

Draft read_one(const Pen& pen) {
  if (pen.one_in(3)) return draft({pen.one_in(2) ? "ZRANK" : "ZSCORE", key_of(pen), pen.former()});
  std::vector<Bytes> words{"ZRANGE", key_of(pen), "0", "-1"};
  if (pen.one_in(2)) words.emplace_back("WITHSCORES");
  return draft(std::move(words), {Kind::read_names, value_at(type)});
}

}  // namespace

const Family sorted_set_family{"zset", update, removal, read_one};

}  // namespace causeway::testing
