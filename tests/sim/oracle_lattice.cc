// What only rises: max and min registers, and the registers of HyperLogLogs, each the extreme of all that no delete saw.
#include <algorithm>

#include "base/check.h"
#include "base/serial.h"
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {
namespace {

std::int64_t number_in(const Touch& touch) {
  Reader reader(touch.payload());
  const auto number = static_cast<std::int64_t>(reader.u64());
  CW_CHECK(reader.done(), "a number is read");
  return number;
}

std::optional<Bytes> says_number(const Touch& touch) { return std::to_string(number_in(touch)); }

/// Whoever writes goes beyond all that it saw: what it saw is not kept.
Declared declare_extreme(const Story& story, const Who& clears, bool most, const char* command) {
  std::vector<std::int64_t> numbers;
  for (const Touch& touch : story.touches) {
    if (!saw(clears, *touch.by)) numbers.push_back(number_in(touch));
  }
  Declared declared;
  declared.entries = unseen(of_part(story, Part::value), clears).size();
  if (numbers.empty()) return declared;
  const auto [least, greatest] = std::minmax_element(numbers.begin(), numbers.end());
  const Value value = most ? *greatest : *least;
  declared.shown = Shown{value, {{{command}, value}}};
  return declared;
}

}  // namespace

const TypeRule maximum_rule{EntryType::maximum,
                            [](EventBook& /*book*/, const Story& story, const Who& clears) {
                              return declare_extreme(story, clears, true, "MAX.GET");
                            },
                            says_number};

const TypeRule minimum_rule{EntryType::minimum,
                            [](EventBook& /*book*/, const Story& story, const Who& clears) {
                              return declare_extreme(story, clears, false, "MIN.GET");
                            },
                            says_number};

/// Of so few elements the count is that of their registers. A rank of 0 says that there is a sketch, with nothing in it.
const TypeRule hyperloglog_rule{
    EntryType::hyperloglog, [](EventBook& /*book*/, const Story& story, const Who& clears) {
      std::map<BytesView, std::vector<const Touch*>> registers;
      for (const Touch* touch : of_part(story, Part::value)) registers[touch->subkey].push_back(touch);
      Declared declared;
      std::int64_t count = 0;
      for (const auto& [index, touches] : registers) {
        declared.entries += unseen(touches, clears).size();
        count += std::any_of(touches.begin(), touches.end(), [&](const Touch* touch) {
          return touch->inserts() && touch->payload() != BytesView("\0", 1) && !saw(clears, *touch->by);
        });
      }
      if (declared.entries > 0) declared.shown = Shown{count, {{{"PFCOUNT"}, count}}};
      return declared;
    }};

}  // namespace causeway::testing
