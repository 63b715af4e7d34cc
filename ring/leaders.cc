#include <algorithm>
#include <numeric>
#include <optional>
#include <queue>

#include "ring/assignment.h"

namespace causeway {
namespace {

class Leaders {
 public:
  Leaders(const Room& room, Assignment& assignment)
      : room_(room), lists_(assignment), led_(room.members.size()), movable_(room.members.size() * room.members.size()) {
    for (std::uint32_t p = 0; p < lists_.size(); ++p) lead(p);
  }

  void spread() {
    while (improve()) {
    }
  }

 private:
  struct Step {
    MemberIndex from;
    std::uint32_t partition;
  };

  /// Counts the partition for the member at the front of its list.
  void lead(std::uint32_t partition) {
    const MemberIndex leader = lists_[partition].front();
    ++led_[leader];
    for (const MemberIndex other : lists_[partition]) {
      if (other != leader) movable(leader, other).push_back(partition);
    }
  }

  /// Partitions that the first leads and the second holds too, and some that the first led once.
  std::vector<std::uint32_t>& movable(MemberIndex from, MemberIndex to) { return movable_[from * room_.members.size() + to]; }

  std::optional<std::uint32_t> movable_now(MemberIndex from, MemberIndex to) {
    std::vector<std::uint32_t>& list = movable(from, to);
    while (!list.empty() && lists_[list.back()].front() != from) list.pop_back();
    return list.empty() ? std::nullopt : std::optional(list.back());
  }

  /// Whether the sum of led^2 / weight falls when the one leads one less and the other one more.
  [[nodiscard]] bool gains(MemberIndex less, MemberIndex more) const {
    return led_[less] > 0 && (2 * led_[less] - 1) * room_.members[more].weight > (2 * led_[more] + 1) * room_.members[less].weight;
  }

  /// Moves one partition's lead, through others where it must, from a member to the one that gains most by it.
  bool improve() {
    std::vector<MemberIndex> heaviest(room_.members.size());
    std::iota(heaviest.begin(), heaviest.end(), 0U);
    std::ranges::stable_sort(heaviest, [&](MemberIndex a, MemberIndex b) {
      return (2 * led_[a] + 1) * room_.members[b].weight > (2 * led_[b] + 1) * room_.members[a].weight;
    });
    return std::ranges::any_of(heaviest, [&](MemberIndex from) { return improve_from(from); });
  }

  bool improve_from(MemberIndex from) {
    std::vector<std::optional<Step>> reached(room_.members.size());
    reached[from] = Step{from, 0};
    std::queue<MemberIndex> open({from});
    MemberIndex best = from;
    while (!open.empty()) {
      const MemberIndex at = open.front();
      open.pop();
      for (MemberIndex next = 0; next < room_.members.size(); ++next) {
        if (reached[next]) continue;
        const auto partition = movable_now(at, next);
        if (!partition) continue;
        reached[next] = Step{at, *partition};
        open.push(next);
        if (gains(from, next) && (best == from || lighter(next, best))) best = next;
      }
    }
    if (best == from) return false;
    for (MemberIndex to = best; to != from; to = reached[to]->from) pass(reached[to]->partition, reached[to]->from, to);
    return true;
  }

  [[nodiscard]] bool lighter(MemberIndex a, MemberIndex b) const {
    return (2 * led_[a] + 1) * room_.members[b].weight < (2 * led_[b] + 1) * room_.members[a].weight;
  }

  void pass(std::uint32_t partition, MemberIndex from, MemberIndex to) {
    std::vector<MemberIndex>& list = lists_[partition];
    const auto place = std::ranges::find(list, to);
    std::rotate(list.begin(), place, place + 1);
    --led_[from];
    lead(partition);
  }

  const Room& room_;
  Assignment& lists_;
  std::vector<std::uint64_t> led_;
  std::vector<std::vector<std::uint32_t>> movable_;  ///< From each member to each.
};

}  // namespace

void spread_leaders(const Room& room, Assignment& assignment) { Leaders(room, assignment).spread(); }

}  // namespace causeway
