// The laws of sorted sets, against what their rule says of the writes and what each had seen.
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "tests/crdt/dialogue.h"
#include "tests/crdt/laws.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

// Amounts are exact in binary, and so are their sums.

std::vector<Bytes> draw(unsigned a, unsigned b, unsigned number) {
  const Bytes member(1, static_cast<char>('a' + b % 3));
  const Bytes other(1, static_cast<char>('a' + b / 3 % 3));
  const Bytes score = std::to_string(8 * number) + ".25";  // unique, and in no order of members
  const char* const amounts[] = {"1", "-2.5", "4", "0.125", "-1024", "1099511627776.5"};
  const Bytes amount = amounts[b / 3 % std::size(amounts)];
  switch (a) {
    case 0:
    case 1: return {"zadd", "z", score, member};
    case 2: return {"zadd", "z", score, member, "3", other};
    case 3: return {"zadd", "z", "gt", amount, member};
    case 4: return {"zadd", "z", "xx", "incr", amount, member};
    case 5:
    case 6:
    case 7: return {"zincrby", "z", amount, member};
    case 8: return {"zrem", "z", member, other};
    case 9: return {b % 2 == 0 ? "zpopmin" : "zpopmax", "z", "1"};
    case 10: return {"zremrangebyscore", "z", "(0", "100"};
    default: return {b % 3 == 0 ? "del" : "zrem", "z", member};
  }
}

using Scores = std::map<Bytes, double>;

/// What the writes did, in an order that respects causality.
class Story {
 public:
  explicit Story(const Seen& seen) {
    for (const Write* write : seen) {
      if (write->command() == "zremrangebyscore") {
        for (const auto& [member, score] : scores(seen, write)) {
          if (score > 0 && score <= 100) removed_[write].insert(member);
        }
      } else if (write->command().starts_with("zpop")) {
        for (const Value& pair : std::get<Value::Array>(write->reply)) {
          removed_[write].insert(std::get<Bytes>(std::get<Value::Array>(pair)[0]));
        }
      }
    }
  }

  /// Of all that was seen, or of that alone which `reader` had seen.
  [[nodiscard]] Scores scores(const Seen& all, const Write* reader = nullptr) const {
    Seen seen;
    for (const Write* write : all) {
      if (reader == nullptr || reader->saw(*write)) seen.push_back(write);
    }
    Scores scores;
    for (const Bytes& member : {Bytes("a"), Bytes("b"), Bytes("c")}) {
      if (const auto score = score_of(member, seen)) scores[member] = *score;
    }
    return scores;
  }

 private:
  [[nodiscard]] static bool is_increment(const Write& write) {
    return write.command() == "zincrby" || write.arguments[3] == "incr";
  }
  /// The score that the write sets, or by which it increments.
  [[nodiscard]] static std::optional<double> number(const Write& write, const Bytes& member,
                                                    bool increments) {
    if ((write.command() != "zadd" && write.command() != "zincrby") || is_increment(write) != increments)
      return std::nullopt;
    for (std::size_t at = write.arguments.size() - 1; at >= 3; at -= 2) {
      if (write.arguments[at] == member) return std::stod(write.arguments[at - 1]);
      if (at < 5) break;
    }
    return std::nullopt;
  }
  [[nodiscard]] bool removes(const Write& write, const Bytes& member) const {
    if (write.command() == "del") return true;
    const auto at = removed_.find(&write);
    if (at != removed_.end()) return at->second.contains(member);
    return write.command() == "zrem" &&
           std::find(write.arguments.begin() + 2, write.arguments.end(), member) != write.arguments.end();
  }

  /// The newest set, and the increments; but not what a later set or removal saw.
  [[nodiscard]] std::optional<double> score_of(const Bytes& member, const Seen& seen) const {
    const Write* newest = nullptr;
    std::optional<double> score;
    for (const Write* write : seen) {
      const bool is_set = number(*write, member, false).has_value();
      const auto amount = number(*write, member, true);
      const bool takes_part = (is_set || amount) && !is_taken_back(*write, seen, [&](const Write& later) {
                                return number(later, member, false).has_value() || removes(later, member);
                              });
      if (!takes_part) continue;
      if (amount) {
        score = score.value_or(0) + *amount;
      } else if (newest == nullptr || write->is_later_than(*newest)) {
        newest = write;
      }
    }
    if (newest != nullptr) score = score.value_or(0) + *number(*newest, member, false);
    return score;
  }

  std::map<const Write*, std::set<Bytes>> removed_;
};

std::optional<Value> oracle(const std::vector<Bytes>& read, const Seen& seen) {
  const Story story(seen);
  const Scores scores = story.scores(seen);
  std::vector<std::pair<double, Bytes>> order;
  for (const auto& [member, score] : scores) order.emplace_back(score, member);
  std::sort(order.begin(), order.end());
  if (read[0] == "zrange") {
    Value::Array pairs;
    for (const auto& [score, member] : order) pairs.emplace_back(Value::Array{member, score});
    return Value(pairs);
  }
  if (read[0] == "zcard") return Value(static_cast<std::int64_t>(scores.size()));
  if (read[0] == "exists") return Value(std::int64_t{!scores.empty()});
  if (read[0] == "zcount") {
    return Value(std::int64_t{
        std::count_if(order.begin(), order.end(), [](const auto& row) { return row.first >= 2; })});
  }
  const auto of_b = scores.find("b");
  if (of_b == scores.end()) return Value(Nil{});
  if (read[0] == "zscore") return Value(of_b->second);
  const auto at = std::find(order.begin(), order.end(), std::make_pair(of_b->second, Bytes("b")));
  return Value(static_cast<std::int64_t>(order.end() - at - 1));  // zrevrank
}

}  // namespace

TEST_CASE("a_sorted_set_holds_all_laws", "[laws]") {
  holds_all_laws({draw,
                  {{"zrange", "z", "0", "-1", "withscores"},
                   {"zcard", "z"},
                   {"exists", "z"},
                   {"zcount", "z", "2", "+inf"},
                   {"zscore", "z", "b"},
                   {"zrevrank", "z", "b"}},
                  oracle});
}
