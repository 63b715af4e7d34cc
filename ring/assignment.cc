#include "ring/assignment.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <queue>
#include <tuple>

#include "base/check.h"
#include "base/hash.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr std::uint32_t tokens_per_weight = 64;

struct Token {
  std::uint64_t at;
  MemberIndex member;

  friend auto operator<=>(const Token&, const Token&) = default;
};

/// The id and the number are hashed together: with the number as the hash's seed, short names share their tokens.
std::uint64_t token_at(NodeId id, std::uint64_t number) {
  Bytes bytes;
  Writer out(bytes);
  out.u64(id.value);
  out.u64(number);
  return hash64(bytes);
}

std::vector<Token> tokens_of(const Room& room) {
  std::vector<Token> tokens;
  for (MemberIndex i = 0; i < room.members.size(); ++i) {
    const Member& member = room.members[i];
    for (std::uint64_t n = 0; n < std::uint64_t{tokens_per_weight} * member.weight; ++n) {
      tokens.push_back({token_at(member.id, n), i});
    }
  }
  std::ranges::sort(tokens);
  return tokens;
}

class Assigner {
 public:
  Assigner(const Room& room, std::uint32_t partitions, const std::vector<LoadBounds>& bounds)
      : room_(room), bounds_(bounds), loads_(room.members.size()), lists_(partitions), in_rack_(partitions * room.racks.size()),
        spare_taken_(partitions) {}

  Assignment run() {
    walk();
    for (std::uint32_t p = 0; p < lists_.size(); ++p) {
      while (lists_[p].size() < room_.replicas) fill(p);
    }
    for (MemberIndex member = 0; member < room_.members.size(); ++member) {
      while (loads_[member] < bounds_[member].least) raise(member);
    }
    return std::move(lists_);
  }

 private:
  /// One partition under way: how far it has come, and to which token.
  struct Walker {
    std::uint64_t distance;
    std::uint32_t partition;
    std::size_t token;
    std::size_t steps;

    bool operator>(const Walker& other) const {
      return std::tie(distance, partition) > std::tie(other.distance, other.partition);
    }
  };

  void walk() {
    const std::vector<Token> tokens = tokens_of(room_);
    std::priority_queue<Walker, std::vector<Walker>, std::greater<>> walkers;
    const auto start_of = [&](std::uint64_t p) { return p << (64 - static_cast<unsigned>(std::countr_zero(lists_.size()))); };
    for (std::uint32_t p = 0; p < lists_.size(); ++p) {
      const std::uint64_t start = lists_.size() == 1 ? 0 : start_of(p);
      const auto next = std::ranges::lower_bound(tokens, start, {}, &Token::at);
      const std::size_t token = next == tokens.end() ? 0 : static_cast<std::size_t>(next - tokens.begin());
      walkers.push({tokens[token].at - start, p, token, 0});
    }
    while (!walkers.empty()) {
      Walker walker = walkers.top();
      walkers.pop();
      const MemberIndex member = tokens[walker.token].member;
      if (loads_[member] < bounds_[member].most && may_take(walker.partition, member)) take(walker.partition, member);
      if (lists_[walker.partition].size() == room_.replicas || ++walker.steps == tokens.size()) continue;
      const std::uint64_t at = tokens[walker.token].at;
      walker.token = walker.token + 1 == tokens.size() ? 0 : walker.token + 1;
      walker.distance += tokens[walker.token].at - at;
      walkers.push(walker);
    }
  }

  /// A move of a partition from one member to the next in a chain.
  struct Step {
    MemberIndex from;
    std::uint32_t partition;
  };

  /// The partition takes a member, which passes another partition on to make room, and so on to a member that has room.
  void fill(std::uint32_t partition) {
    const auto first = move_along_chain([&](MemberIndex member) { return may_take(partition, member); },
                                        [&](MemberIndex member) { return loads_[member] < bounds_[member].most; });
    CW_CHECK(first, "fair shares, rounded up, can always be met");
    take(partition, *first);
  }

  /// The member gets a partition from one that can spare it, or from one that gets another in its place, and so on.
  void raise(MemberIndex member) {
    const auto first = move_along_chain([&](MemberIndex from) { return loads_[from] > bounds_[from].least; },
                                        [&](MemberIndex to) { return to == member; });
    CW_CHECK(first, "fair shares, rounded down, can always be met");
  }

  /// Finds a shortest chain of members from a first to a last, each holding a partition that may move to the next, makes
  /// those moves, and gives the first; none: there is no chain. As the chain is shortest, no move spoils another.
  template <class IsFirst, class IsLast>
  std::optional<MemberIndex> move_along_chain(IsFirst is_first, IsLast is_last) {
    std::vector<std::vector<std::uint32_t>> held(room_.members.size());
    for (std::uint32_t p = 0; p < lists_.size(); ++p) {
      for (const MemberIndex member : lists_[p]) held[member].push_back(p);
    }
    std::vector<std::optional<Step>> reached(room_.members.size());
    std::queue<MemberIndex> open;
    for (MemberIndex member = 0; member < room_.members.size(); ++member) {
      if (!is_first(member)) continue;
      reached[member] = Step{member, 0};
      open.push(member);
    }
    for (; !open.empty(); open.pop()) {
      const MemberIndex last = open.front();
      if (is_last(last)) return move_back_from(last, reached);
      for (const std::uint32_t p : held[last]) {
        for (MemberIndex next = 0; next < room_.members.size(); ++next) {
          if (reached[next] || !may_swap(p, last, next)) continue;
          reached[next] = Step{last, p};
          open.push(next);
        }
      }
    }
    return std::nullopt;
  }

  MemberIndex move_back_from(MemberIndex last, const std::vector<std::optional<Step>>& reached) {
    for (Step step = *reached[last]; step.from != last; step = *reached[last]) {
      drop(step.partition, step.from);
      take(step.partition, last);
      last = step.from;
    }
    return last;
  }

  [[nodiscard]] bool holds(std::uint32_t partition, MemberIndex member) const {
    return std::ranges::find(lists_[partition], member) != lists_[partition].end();
  }

  [[nodiscard]] std::uint32_t in_rack(std::uint32_t partition, std::uint32_t rack) const {
    return in_rack_[partition * room_.racks.size() + rack];
  }

  /// Whether one more replica in the rack keeps to the bounds and leaves enough for the other racks' lower bounds.
  [[nodiscard]] bool rack_open(std::uint32_t rack, std::uint32_t there, std::uint32_t spare_taken) const {
    const RackBounds& bounds = room_.racks[rack];
    return there < bounds.lower || (there < bounds.upper && spare_taken < room_.spare);
  }

  [[nodiscard]] bool may_take(std::uint32_t partition, MemberIndex member) const {
    const std::uint32_t rack = room_.members[member].rack;
    return !holds(partition, member) && rack_open(rack, in_rack(partition, rack), spare_taken_[partition]);
  }

  [[nodiscard]] bool may_swap(std::uint32_t partition, MemberIndex out, MemberIndex in) const {
    if (holds(partition, in)) return false;
    const std::uint32_t from = room_.members[out].rack;
    const std::uint32_t to = room_.members[in].rack;
    if (from == to) return true;
    const bool frees_spare = in_rack(partition, from) > room_.racks[from].lower;
    return rack_open(to, in_rack(partition, to), spare_taken_[partition] - (frees_spare ? 1U : 0U));
  }

  void take(std::uint32_t partition, MemberIndex member) {
    const std::uint32_t rack = room_.members[member].rack;
    if (++in_rack_[partition * room_.racks.size() + rack] > room_.racks[rack].lower) ++spare_taken_[partition];
    lists_[partition].push_back(member);
    ++loads_[member];
  }

  void drop(std::uint32_t partition, MemberIndex member) {
    const std::uint32_t rack = room_.members[member].rack;
    if (in_rack_[partition * room_.racks.size() + rack]-- > room_.racks[rack].lower) --spare_taken_[partition];
    std::erase(lists_[partition], member);
    --loads_[member];
  }

  const Room& room_;
  const std::vector<LoadBounds>& bounds_;
  std::vector<std::uint32_t> loads_;
  Assignment lists_;
  std::vector<std::uint32_t> in_rack_;      ///< For each partition, of each rack.
  std::vector<std::uint32_t> spare_taken_;  ///< For each partition: replicas beyond the racks' lower bounds.
};

}  // namespace

Assignment assign_replicas(const Room& room, std::uint32_t partitions, const std::vector<LoadBounds>& bounds) {
  return Assigner(room, partitions, bounds).run();
}

}  // namespace causeway
