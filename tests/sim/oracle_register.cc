// Registers: what no later write saw, the newest first.
#include "base/check.h"
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {

std::optional<Bytes> written_by(const Touch& touch) {
  if (touch.part != Part::value || !touch.inserts()) return std::nullopt;
  CW_CHECK(touch.payload().size() >= sizeof(Hlc::value), "a written value has a stamp");
  return Bytes(touch.payload().substr(sizeof(Hlc::value)));
}

std::vector<Bytes> siblings_of(const Story& story, const Who& clears) {
  auto writes = unseen(of_part(story, Part::value), clears);
  sort_newest_first(writes);
  std::vector<Bytes> values;
  for (const Touch* write : writes) values.push_back(*written_by(*write));
  return values;
}

Who takers_of(const Story& story, const Who& clears) {
  Who takers = clears;
  for (const Touch* touch : of_part(story, Part::value)) takers.push_back(touch->by);
  return takers;
}

const TypeRule register_rule{EntryType::reg,
                             [](EventBook& /*book*/, const Story& story, const Who& clears) {
                               const auto values = siblings_of(story, clears);
                               Declared declared;
                               declared.entries = values.size();
                               if (values.empty()) return declared;
                               declared.shown =
                                   Shown{values.front(),
                                         {{{"REG.GET"}, values.front()}, {{"SIBLINGS"}, array_of(values)}}};
                               return declared;
                             },
                             written_by};

}  // namespace causeway::testing
