// What each node of a datacenter ought to hold: by weight, as far as distinct nodes and the spread over racks allow.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "ring/topology.h"

namespace causeway {

/// One node of a datacenter, as placement sees it.
struct Member {
  NodeId id;
  std::uint32_t weight = 1;
  std::uint32_t rack = 0;  ///< An index.
};

/// How many replicas of one partition a rack holds, at least and at most: as even as the sizes of the racks allow. With as
/// many racks as replicas or more it is 0 and 1.
struct RackBounds {
  std::uint32_t lower = 0;
  std::uint32_t upper = 1;
};

/// A datacenter as placement sees it, the same for every order of its nodes.
struct Room {
  std::uint32_t replicas = 0;
  std::vector<Member> members;      ///< In the order of their ids.
  std::vector<RackBounds> racks;
  std::uint32_t spare = 0;          ///< Replicas of one partition beyond the lower bounds of all racks.
};

Room room_of(const Datacenter& datacenter);

constexpr std::uint64_t share_unit = std::uint64_t{1} << 20U;

/// The fair share of each member, in partitions, times share_unit; rounded up. Their sum is partitions * replicas, and a
/// placement in which no member holds more than its share, rounded up to whole partitions, always exists.
std::vector<std::uint64_t> fair_shares(const Room& room, std::uint32_t partitions);

}  // namespace causeway
