// Flags. Enable-wins: set if an enable was seen by no disable. Disable-wins: set if a last change enables, and none disables.
#include <algorithm>

#include "base/check.h"
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {
namespace {

constexpr BytesView on{"\1", 1};

Declared declare(const Story& story, const Who& clears, bool value, const char* command) {
  Declared declared;
  declared.entries = unseen(of_part(story, Part::value), clears).size();
  const Value answer = std::int64_t{value};
  if (declared.entries > 0) declared.shown = Shown{answer, {{{command}, answer}}};
  return declared;
}

std::optional<Bytes> says(const Touch& touch) {
  CW_CHECK(touch.part == Part::value && touch.payload().size() == 1, "a change of a flag is one byte");
  return touch.payload() == on ? "1" : "0";
}

}  // namespace

const TypeRule flag_rule{EntryType::flag,
                         [](EventBook& /*book*/, const Story& story, const Who& clears) {
                           Who takers = clears;
                           for (const Touch& touch : story.touches) {
                             if (touch.payload() != on) takers.push_back(touch.by);
                           }
                           const bool value = std::any_of(
                               story.touches.begin(), story.touches.end(), [&](const Touch& touch) {
                                 return touch.payload() == on && !saw(takers, *touch.by);
                               });
                           return declare(story, clears, value, "FLAG.GET");
                         },
                         says};

const TypeRule disable_flag_rule{
    EntryType::disable_flag,
    [](EventBook& /*book*/, const Story& story, const Who& clears) {
      const auto last = unseen(of_part(story, Part::value), clears);
      const bool value = !last.empty() && std::all_of(last.begin(), last.end(), [](const Touch* touch) {
        return touch->payload() == on;
      });
      return declare(story, clears, value, "DWFLAG.GET");
    },
    says};

}  // namespace causeway::testing
