// Add-wins sets: a member is there if an add was seen by no remove.
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {

const TypeRule set_rule{
    EntryType::set,
    [](EventBook& /*book*/, const Story& story, const Who& clears) {
      std::map<BytesView, std::vector<const Touch*>> touches;
      for (const Touch* touch : of_part(story, Part::value)) touches[touch->subkey].push_back(touch);
      std::vector<Bytes> members;
      Declared declared;
      for (const auto& [member, of_member] : touches) {
        const auto adds = unseen(of_member, clears);
        declared.entries += adds.size();
        if (!adds.empty()) members.emplace_back(member);
      }
      if (members.empty()) return declared;
      const Value all = array_of(members);
      declared.shown =
          Shown{all, {{{"SMEMBERS"}, all}, {{"SCARD"}, static_cast<std::int64_t>(members.size())}}};
      return declared;
    },
    [](const Touch& touch) -> std::optional<Bytes> {
      if (touch.part != Part::value || !touch.inserts()) return std::nullopt;
      return Bytes(touch.subkey);
    }};

}  // namespace causeway::testing
