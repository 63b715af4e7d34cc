// Lists in random schedules. The judge knows what each write means to a plain list, and who had seen what; it knows no positions. It
// holds every answer to the strong list specification of Attiya et al., "Specification and complexity of collaborative text editing"
// (2016), and to what crdt/position.h promises of runs.
#include <algorithm>
#include <bitset>
#include <map>
#include <memory>
#include <set>

#include "tests/crdt/dialogue.h"
#include "tests/crdt/laws.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

using Texts = std::vector<Bytes>;

/// What a command does to a plain list. REQUIRES: it is one that issues an event there.
Texts apply_to(Texts list, const std::vector<Bytes>& arguments) {
  const Bytes& name = arguments[0];
  const auto number = [&](std::size_t at) { return std::stol(arguments[at]); };
  const auto size = static_cast<std::ptrdiff_t>(list.size());
  const auto begin = list.begin();
  if (name == "lpush") {
    list.insert(begin, arguments.rbegin(), arguments.rend() - 2);
  } else if (name == "rpush") {
    list.insert(list.end(), arguments.begin() + 2, arguments.end());
  } else if (name == "list.insert") {
    list.insert(begin + number(2) + (number(2) < 0 ? size + 1 : 0), arguments.begin() + 3, arguments.end());
  } else if (name == "linsert") {
    list.insert(std::find(begin, list.end(), arguments[3]) + (arguments[2] == "after" ? 1 : 0), arguments[4]);
  } else if (name == "lset") {
    begin[number(2) + (number(2) < 0 ? size : 0)] = arguments[3];
  } else if (name == "lpop") {
    list.erase(begin, begin + std::min(size, number(2)));
  } else if (name == "rpop") {
    list.erase(list.end() - std::min(size, number(2)), list.end());
  } else if (name == "list.remove") {
    list.erase(begin + number(2), begin + std::min(size, number(2) + number(3)));
  } else if (name == "lrem") {
    list.erase(std::find(begin, list.end(), arguments[3]));
  } else if (name == "ltrim") {
    const auto end = size + number(3) + 1;
    list = number(2) < end ? Texts(begin + number(2), begin + end) : Texts();
  } else {
    list.clear();  // del
  }
  return list;
}

class ListJudge {
 public:
  void look(const std::vector<Bytes>& read, const Seen& seen, const Value& answer) {
    VersionVector clock;
    for (const Write* write : seen) clock.raise(write->dot);
    for (const Write* write : seen) learn(*write);
    const auto expected = values_for(seen);
    if (read[0] == "llen") {
      RC_ASSERT(answer == Value(static_cast<std::int64_t>(expected.size())));
      return;
    }
    const Texts list = texts_of(answer);
    RC_ASSERT(std::set<Bytes>(list.begin(), list.end()) == expected);
    RC_ASSERT(list.size() == expected.size());
    check_order(list);
    check_runs(list);
    for (const Write* write : seen) check_done(*write, clock, list);
    const auto [at, is_new] = remember(clock, list);
    RC_ASSERT(is_new || *at == list);
  }

 private:
  static constexpr std::size_t items_max = 1024;

  struct Item {
    const Write* inserted;
    std::vector<const Write*> values;  // that and its sets
    std::vector<const Write*> removals;
    std::optional<std::size_t> parent;  // the item of the run that it was put next to
  };

  static Texts texts_of(const Value& answer) {
    Texts list;
    for (const Value& item : std::get<Value::Array>(answer)) list.push_back(std::get<Bytes>(item));
    return list;
  }

  /// The list that whoever issues the write saw.
  [[nodiscard]] const Texts& seen_by(const VersionVector& past) const {
    static const Texts nothing;
    for (const auto& [clock, list] : lists_) {
      if (clock == past) return *list;
    }
    RC_ASSERT(past == VersionVector());
    return nothing;
  }

  std::pair<const Texts*, bool> remember(const VersionVector& clock, const Texts& list) {
    for (const auto& [known, kept] : lists_) {
      if (known == clock) return {kept.get(), false};
    }
    lists_.emplace_back(clock, std::make_unique<Texts>(list));
    return {lists_.back().second.get(), true};
  }

  void learn(const Write& write) {
    if (!learned_.insert(write.dot).second) return;
    const Texts& before = seen_by(write.past);
    const Texts after = apply_to(before, write.arguments);
    const Bytes& name = write.command();
    if (name == "lset") {
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] == after[i]) continue;
        const std::size_t item = item_of_.at(before[i]);
        items_[item].values.push_back(&write);
        item_of_[after[i]] = item;
      }
      return;
    }
    if (name.ends_with("push") || name.ends_with("insert")) return learn_insert(write, before);
    for (const Bytes& text : before) {
      if (std::find(after.begin(), after.end(), text) == after.end())
        items_[item_of_.at(text)].removals.push_back(&write);
    }
  }

  void learn_insert(const Write& write, const Texts& before) {
    const Texts after = apply_to(before, write.arguments);
    const std::size_t values = after.size() - before.size();
    const bool falls = write.command() == "lpush";
    const auto first = static_cast<std::size_t>(
        std::mismatch(before.begin(), before.end(), after.begin()).second - after.begin());
    const std::optional<std::size_t> left = first > 0 ? item_at(before, first - 1) : std::nullopt;
    const std::optional<std::size_t> right = first < before.size() ? item_at(before, first) : std::nullopt;
    std::optional<std::size_t> parent;
    for (const auto& neighbour : {left, right}) {
      if (!neighbour || items_[*neighbour].inserted->dot.actor != write.dot.actor) continue;
      if (!parent || items_[*neighbour].inserted->dot > items_[*parent].inserted->dot) parent = neighbour;
    }
    for (std::size_t i = 0; i < values; ++i) {
      const Bytes& text = after[falls ? first + values - 1 - i : first + i];
      item_of_[text] = items_.size();
      items_.push_back({&write, {&write}, {}, parent});
      parent = items_.size() - 1 - i;
    }
    RC_ASSERT(items_.size() <= items_max);
  }

  [[nodiscard]] std::optional<std::size_t> item_at(const Texts& list, std::size_t at) const {
    return item_of_.at(list[at]);
  }

  /// What each item shows that is there: the latest of the values that no later set or removal has seen.
  [[nodiscard]] std::set<Bytes> values_for(const Seen& seen) const {
    const std::set<const Write*> all(seen.begin(), seen.end());
    std::set<Bytes> values;
    for (const auto& item : items_) {
      const auto is_replaced = [&](const Write* value) {
        const auto replaces = [&](const Write* later) { return all.contains(later) && later->saw(*value); };
        return std::any_of(item.values.begin(), item.values.end(), replaces) ||
               std::any_of(item.removals.begin(), item.removals.end(), replaces);
      };
      const Write* shown = nullptr;
      for (const Write* value : item.values) {
        if (!all.contains(value) || is_replaced(value)) continue;
        if (shown == nullptr || value->is_later_than(*shown)) shown = value;
      }
      if (shown != nullptr) values.insert(text_of(item, *shown));
    }
    return values;
  }

  [[nodiscard]] Bytes text_of(const Item& item, const Write& value) const {
    const auto index = static_cast<std::size_t>(&item - items_.data());
    for (const Bytes& argument : value.arguments) {
      const auto at = item_of_.find(argument);
      const bool is_pivot = value.command() == "linsert" && &argument != &value.arguments.back();
      if (at != item_of_.end() && at->second == index && !is_pivot) return argument;
    }
    return "?";
  }

  /// Every pair that anyone ever saw, and what follows from these: one order, everywhere, for ever.
  void check_order(const Texts& list) {
    for (std::size_t i = 1; i < list.size(); ++i) {
      const std::size_t a = item_of_.at(list[i - 1]);
      const std::size_t b = item_of_.at(list[i]);
      RC_ASSERT(a != b);
      RC_ASSERT_FALSE(behind_[b].test(a));
      if (behind_[a].test(b)) continue;
      auto gained = behind_[b];
      gained.set(b);
      behind_[a] |= gained;
      for (std::size_t c = 0; c < items_.size(); ++c) {
        if (behind_[c].test(a)) behind_[c] |= gained;
      }
    }
  }

  /// What has not seen an item stands before, or behind, all that its run made of it.
  void check_runs(const Texts& list) const {
    for (std::size_t root = 0; root < items_.size(); ++root) {
      std::size_t first = list.size();
      std::size_t last = 0;
      for (std::size_t at = 0; at < list.size(); ++at) {
        if (!is_in_run(item_of_.at(list[at]), root)) continue;
        first = std::min(first, at);
        last = at;
      }
      for (std::size_t at = first; at < last; ++at) {
        const Write& between = *items_[item_of_.at(list[at])].inserted;
        RC_ASSERT(between.dot == items_[root].inserted->dot || between.saw(*items_[root].inserted));
      }
    }
  }

  [[nodiscard]] bool is_in_run(std::size_t item, std::size_t root) const {
    std::optional<std::size_t> at = item;
    while (at && *at != root) at = items_[*at].parent;
    return at.has_value();
  }

  /// Who has just done it sees what a plain list would show.
  void check_done(const Write& write, VersionVector clock, const Texts& list) const {
    VersionVector after = write.past;
    after.raise(write.dot);
    if (after == clock) RC_ASSERT(list == apply_to(seen_by(write.past), write.arguments));
  }

  std::vector<Item> items_;
  std::map<Bytes, std::size_t> item_of_;  // by each value that it ever had
  std::set<Dot> learned_;
  std::vector<std::pair<VersionVector, std::unique_ptr<Texts>>> lists_;
  std::vector<std::bitset<items_max>> behind_ = std::vector<std::bitset<items_max>>(items_max);
};

/// Values are unique; indices are few, so that most operations meet.
std::vector<Bytes> draw(unsigned a, unsigned b, unsigned number) {
  const Bytes value = "v" + std::to_string(number);
  const auto with_values = [&](std::vector<Bytes> arguments, unsigned values) {
    for (unsigned i = 0; i < values; ++i) arguments.push_back(value + static_cast<char>('a' + i));
    return arguments;
  };
  const Bytes index = std::to_string(b % 6);
  switch (a) {
    case 0: return with_values({"lpush", "l"}, 1 + b % 2);
    case 1: return with_values({"rpush", "l"}, 1 + b % 3);
    case 2: return with_values({"list.insert", "l", std::to_string(-1 - static_cast<int>(b % 4))}, 1);
    case 3:
    case 4:
    case 5: return with_values({"list.insert", "l", index}, b % 7 == 0 ? 3 : 1);
    case 6:
      return {"linsert", "l", b % 2 == 0 ? "before" : "after",
              "v" + std::to_string(b / 2 % (number + 1)) + "a", value};
    case 7:
    case 8: return {"lset", "l", std::to_string(static_cast<int>(b % 6) - 3), value};
    case 9: return {b % 2 == 0 ? "lpop" : "rpop", "l", std::to_string(1 + b / 2 % 2)};
    case 10: return {"list.remove", "l", index, std::to_string(1 + b % 2)};
    default: break;
  }
  if (b % 8 == 0) return {"del", "l"};
  if (b % 8 == 1) return {"ltrim", "l", "1", "-2"};
  return {"lrem", "l", std::to_string(static_cast<int>(b % 3) - 1),
          "v" + std::to_string(b % (number + 1)) + "a"};
}

TypeUnderTest lists() {
  TypeUnderTest type;
  type.draw = draw;
  type.reads = {{"lrange", "l", "0", "-1"}, {"llen", "l"}};
  type.judge = [] {
    return [judge = std::make_shared<ListJudge>()](const auto& read, const Seen& seen, const Value& answer) {
      judge->look(read, seen, answer);
    };
  };
  return type;
}

}  // namespace

TEST_CASE("lists_keep_all_laws_the_strong_list_specification_and_runs_apart", "[laws]") {
  holds_all_laws(lists());
}
