// Lists: an item is a field, named by its position, with the register of its value; it is there while a write of it is that no
// later write or removal saw. Items stand in the order of their positions: that these are right is seen to by check_lists.cc.
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {

const TypeRule list_rule{
    EntryType::list,
    [](EventBook& book, const Story& story, const Who& clears) {
      Declared declared;
      Value::Array items;
      for (const auto& [position, field] : story.fields) {
        const Expected expected = expected_of(book, field, clears);
        declared.entries += expected.entries;
        if (expected.type) items.push_back(expected.shown.whole);
      }
      if (items.empty()) return declared;
      const auto size = static_cast<std::int64_t>(items.size());
      std::vector<Question> questions;
      ask({"LLEN"}, size, questions);
      ask({"LRANGE", "0", "-1"}, items, questions);
      ask({"LRANGE", "1", "-2"},
          Value::Array(items.begin() + 1, items.begin() + std::max<std::int64_t>(1, size - 1)), questions);
      ask({"LINDEX", "0"}, items.front(), questions);
      ask({"LINDEX", "-1"}, items.back(), questions);
      ask({"LINDEX", std::to_string(size / 2)}, items[static_cast<std::size_t>(size / 2)], questions);
      declared.shown = Shown{items, std::move(questions)};
      return declared;
    },
    nullptr, [](const Bytes& /*position*/, const Touch& touch) { return written_by(touch); }};

}  // namespace causeway::testing
