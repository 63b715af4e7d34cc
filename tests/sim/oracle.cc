#include "tests/sim/oracle.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "tests/sim/oracle_expiry.h"
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {
namespace {

const std::array rules{&register_rule,     &string_rule,  &counter_rule,     &bounded_rule,
                       &maximum_rule,      &minimum_rule, &hyperloglog_rule, &flag_rule,
                       &disable_flag_rule, &set_rule,     &grow_set_rule,    &remove_wins_set_rule,
                       &map_rule,          &list_rule,    &score_rule,       &sorted_set_rule};

/// Of several types the newest marker decides, among those that are there; else the lowest number.
EntryType decide(const std::map<EntryType, Shown>& there, const std::vector<Bytes>& markers) {
  for (const Bytes& marker : markers) {
    const auto type = static_cast<EntryType>(marker.at(0));
    if (there.contains(type)) return type;
  }
  return there.begin()->first;
}

}  // namespace

const TypeRule& rule_of(EntryType type) {
  const auto at =
      std::find_if(rules.begin(), rules.end(), [&](const TypeRule* rule) { return rule->type == type; });
  CW_CHECK(at != rules.end(), "the oracle knows every type");
  return **at;
}

void ask(std::vector<Bytes> words, const Value& answer, std::vector<Question>& questions) {
  Question& question = questions.emplace_back();
  question.words = std::move(words);
  question.answer = answer;
}

Value array_of(const std::vector<Bytes>& items) {
  Value::Array array;
  for (const Bytes& item : items) array.emplace_back(item);
  return array;
}

Expected expected_of(EventBook& book, const Container& container, const Who& clears_above) {
  Who clears = clears_above;
  clears.insert(clears.end(), container.clears.begin(), container.clears.end());
  Expected expected;
  std::map<EntryType, Shown> there;
  std::vector<Bytes> markers;
  for (const auto& [type, story] : container.stories) {
    if (type == EntryType::marker) {
      markers = siblings_of(story, clears);
      expected.entries += markers.size();
      continue;
    }
    if (type == EntryType::expiry) continue;
    Declared declared = rule_of(type).declare(book, story, clears);
    expected.entries += declared.entries;
    if (declared.shown) there.emplace(type, std::move(*declared.shown));
  }
  if (!there.empty()) {
    expected.type = decide(there, markers);
    expected.shown = std::move(there.at(*expected.type));
  }
  const Ending ending = ending_of(container, expected.type.value_or(EntryType::marker), clears);
  expected.entries += ending.entries;
  if (expected.type) expected.ends_ms = ending.at_ms;
  return expected;
}

std::map<Bytes, Expected> expected_of(EventBook& book, const VersionVector& clock) {
  std::map<Bytes, Expected> all;
  for (const auto& [key, object] : stories_of(book, clock)) all.emplace(key, expected_of(book, object));
  return all;
}

}  // namespace causeway::testing
