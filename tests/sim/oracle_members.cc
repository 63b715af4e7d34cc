// Sets. Add-wins: a member is there if an add was seen by no remove. Grow-only: if it was added. Remove-wins: a member is a field
// with a disable-wins flag, there if that is set.
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {
namespace {

Declared declare_members(const std::vector<Bytes>& members, std::uint64_t entries, const char* all,
                         const char* count) {
  Declared declared;
  declared.entries = entries;
  if (members.empty()) return declared;
  const Value answer = array_of(members);
  declared.shown = Shown{answer, {{{all}, answer}, {{count}, static_cast<std::int64_t>(members.size())}}};
  return declared;
}

Declared declare_set(const Story& story, const Who& clears, const char* all, const char* count) {
  std::map<BytesView, std::vector<const Touch*>> touches;
  for (const Touch* touch : of_part(story, Part::value)) touches[touch->subkey].push_back(touch);
  std::vector<Bytes> members;
  std::uint64_t entries = 0;
  for (const auto& [member, of_member] : touches) {
    const auto adds = unseen(of_member, clears);
    entries += adds.size();
    if (!adds.empty()) members.emplace_back(member);
  }
  return declare_members(members, entries, all, count);
}

std::optional<Bytes> says_member(const Touch& touch) {
  if (touch.part != Part::value || !touch.inserts()) return std::nullopt;
  return Bytes(touch.subkey);
}

}  // namespace

const TypeRule set_rule{EntryType::set,
                        [](EventBook& /*book*/, const Story& story, const Who& clears) {
                          return declare_set(story, clears, "SMEMBERS", "SCARD");
                        },
                        says_member};

const TypeRule grow_set_rule{EntryType::grow_set,
                             [](EventBook& /*book*/, const Story& story, const Who& clears) {
                               return declare_set(story, clears, "GSET.MEMBERS", "GSET.CARD");
                             },
                             says_member};

const TypeRule remove_wins_set_rule{EntryType::remove_wins_set,
                                    [](EventBook& book, const Story& story, const Who& clears) {
                                      std::vector<Bytes> members;
                                      std::uint64_t entries = 0;
                                      for (const auto& [member, flag] : story.fields) {
                                        const Expected expected = expected_of(book, flag, clears);
                                        entries += expected.entries;
                                        if (expected.type && expected.shown.whole == Value(std::int64_t{1}))
                                          members.push_back(member);
                                      }
                                      return declare_members(members, entries, "RWSET.MEMBERS", "RWSET.CARD");
                                    },
                                    nullptr,
                                    [](const Bytes& member, const Touch& touch) -> std::optional<Bytes> {
                                      if (rule_of(EntryType::disable_flag).says(touch) != "1")
                                        return std::nullopt;
                                      return member;
                                    }};

}  // namespace causeway::testing
