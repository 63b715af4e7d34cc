// Sorted sets: a member is a field with a score, which is what was last set and the increments that no set saw, added up. The
// simulator sets and adds quarters, which doubles hold exactly.
#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"
#include "base/serial.h"
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {
namespace {

constexpr double quarters = 4;

struct Member {
  double score;
  Bytes name;

  friend auto operator<=>(const Member&, const Member&) = default;
};

std::int64_t set_to(const Bytes& written) {
  Reader reader(written);
  const std::int64_t score = quarters_of(reader.u64());
  CW_CHECK(reader.done(), "a score is read");
  return score;
}

Value with_scores(const std::vector<Member>& members) {
  Value::Array array;
  for (const Member& member : members) {
    array.emplace_back(Value::Array{Value(member.name), Value(member.score)});
  }
  return array;
}

std::vector<Bytes> names_of(const std::vector<Member>& members) {
  std::vector<Bytes> names;
  for (const Member& member : members) names.push_back(member.name);
  return names;
}

void ask_ranges(const std::vector<Member>& members, std::vector<Question>& questions) {
  const auto size = static_cast<std::int64_t>(members.size());
  const Value all = with_scores(members);
  ask({"ZCARD"}, size, questions);
  ask({"ZRANGE", "0", "-1", "WITHSCORES"}, all, questions);
  ask({"ZRANGEBYSCORE", "-inf", "+inf", "WITHSCORES"}, all, questions);
  const std::vector<Member> backwards(members.rbegin(), members.rend());
  ask({"ZREVRANGE", "0", "-1"}, array_of(names_of(backwards)), questions);
  // What is not below the score in the middle.
  const Member& middle = members[members.size() / 2];
  const auto from = std::partition_point(members.begin(), members.end(),
                                         [&](const Member& member) { return member.score < middle.score; });
  const std::vector<Member> upper(from, members.end());
  ask({"ZRANGEBYSCORE", text_of(middle.score), "+inf"}, array_of(names_of(upper)), questions);
  ask({"ZCOUNT", text_of(middle.score), "+inf"}, static_cast<std::int64_t>(upper.size()), questions);
}

}  // namespace

std::int64_t quarters_of(std::uint64_t bits) {
  const double number = std::bit_cast<double>(bits) * quarters;
  CW_CHECK(number == std::nearbyint(number), "scores are quarters");
  return static_cast<std::int64_t>(number);
}

const TypeRule score_rule{EntryType::score, [](EventBook& book, const Story& story, const Who& clears) {
                            const Sum sum = sum_of(book, story, takers_of(story, clears));
                            const auto sets = siblings_of(story, clears);
                            Declared declared;
                            declared.entries = sets.size() + sum.cells;
                            if (declared.entries == 0) return declared;
                            const std::int64_t base = sets.empty() ? 0 : set_to(sets.front());
                            declared.shown = Shown{static_cast<double>(base + sum.amount) / quarters, {}};
                            return declared;
                          }};

const TypeRule sorted_set_rule{EntryType::sorted_set,
                               [](EventBook& book, const Story& story, const Who& clears) {
                                 Declared declared;
                                 std::vector<Member> members;
                                 std::vector<Question> questions;
                                 for (const auto& [name, field] : story.fields) {
                                   const Expected expected = expected_of(book, field, clears);
                                   declared.entries += expected.entries;
                                   if (expected.type)
                                     members.push_back({std::get<double>(expected.shown.whole), name});
                                 }
                                 if (members.empty()) return declared;
                                 std::sort(members.begin(), members.end());
                                 for (std::size_t rank = 0; rank < members.size(); ++rank) {
                                   ask({"ZSCORE", members[rank].name}, members[rank].score, questions);
                                   ask({"ZRANK", members[rank].name}, static_cast<std::int64_t>(rank),
                                       questions);
                                 }
                                 ask_ranges(members, questions);
                                 declared.shown = Shown{with_scores(members), std::move(questions)};
                                 return declared;
                               },
                               nullptr,
                               [](const Bytes& member, const Touch& touch) -> std::optional<Bytes> {
                                 if (touch.part != Part::value || !touch.inserts()) return std::nullopt;
                                 return member;
                               }};

}  // namespace causeway::testing
