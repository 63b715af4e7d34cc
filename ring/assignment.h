// Which members of one datacenter hold each partition, and which of them leads it.
#pragma once

#include <cstdint>
#include <vector>

#include "ring/shares.h"

namespace causeway {

/// Members by their index in the room.
using MemberIndex = std::uint32_t;
/// For each partition its members, as many as the room has replicas.
using Assignment = std::vector<std::vector<MemberIndex>>;

/// How many partitions a member holds, at least and at most.
struct LoadBounds {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
};

/// Each partition walks the ring of tokens clockwise from where it begins, all at the same speed, and takes the nodes it
/// meets that it may take: not twice the same, within the bounds of the racks, and none that holds its most already.
/// What the walk leaves open, and what a member lacks of its least, is brought about by the shortest chains of moves.
/// REQUIRES: least is at most the member's fair share rounded down, most is at least that rounded up.
Assignment assign_replicas(const Room& room, std::uint32_t partitions, const std::vector<LoadBounds>& bounds);

/// Brings the leader of each partition to the front of its list, so that the leaders are spread by weight as evenly as
/// the lists allow (the sum of led^2 / weight is the least possible).
void spread_leaders(const Room& room, Assignment& assignment);

}  // namespace causeway
