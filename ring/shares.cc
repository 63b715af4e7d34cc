#include "ring/shares.h"

#include <algorithm>
#include <map>

namespace causeway {
namespace {

/// The lowest level in [0, max] at which `total(level)` reaches the goal. REQUIRES: total never falls, total(max) >= goal.
template <class Total>
std::uint64_t lowest_level(std::uint64_t max, std::uint64_t goal, Total total) {
  std::uint64_t low = 0;
  std::uint64_t high = max;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (total(middle) >= goal) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

std::vector<RackBounds> rack_bounds(const std::vector<std::uint32_t>& sizes, std::uint32_t replicas) {
  const auto held = [&](std::uint64_t each) {
    std::uint64_t sum = 0;
    for (const std::uint32_t size : sizes) sum += std::min<std::uint64_t>(each, size);
    return sum;
  };
  const auto most = static_cast<std::uint32_t>(lowest_level(replicas, replicas, held));
  std::vector<RackBounds> bounds;
  for (const std::uint32_t size : sizes) bounds.push_back({std::min(most - 1, size), std::min(most, size)});
  return bounds;
}

}  // namespace

Room room_of(const Datacenter& datacenter) {
  Room room;
  room.replicas = datacenter.replicas;
  std::map<std::string, std::uint32_t> racks;
  for (const Node& node : datacenter.nodes) racks.emplace(node.rack, 0U);
  std::uint32_t index = 0;
  for (auto& rack : racks) rack.second = index++;
  std::vector<std::uint32_t> sizes(racks.size());
  for (const Node& node : datacenter.nodes) {
    room.members.push_back({node.id, node.weight, racks[node.rack]});
    ++sizes[racks[node.rack]];
  }
  std::ranges::sort(room.members, {}, &Member::id);
  room.racks = rack_bounds(sizes, room.replicas);
  room.spare = room.replicas;
  for (const RackBounds& bounds : room.racks) room.spare -= bounds.lower;
  return room;
}

std::vector<std::uint64_t> fair_shares(const Room& room, std::uint32_t partitions) {
  const std::uint64_t whole = partitions * share_unit;  // the most that one node can hold
  const auto at_level = [&](const Member& member, std::uint64_t level) { return std::min(whole, level * member.weight); };
  const auto of_rack = [&](std::uint32_t rack, std::uint64_t level) {
    std::uint64_t sum = 0;
    for (const Member& member : room.members) sum += member.rack == rack ? at_level(member, level) : 0;
    return sum;
  };
  const auto of_rack_within_bounds = [&](std::uint32_t rack, std::uint64_t level) {
    return std::clamp(of_rack(rack, level), room.racks[rack].lower * whole, room.racks[rack].upper * whole);
  };
  const std::uint64_t level = lowest_level(whole, room.replicas * whole, [&](std::uint64_t each) {
    std::uint64_t sum = 0;
    for (std::uint32_t rack = 0; rack < room.racks.size(); ++rack) sum += of_rack_within_bounds(rack, each);
    return sum;
  });
  std::vector<std::uint64_t> rack_levels;
  for (std::uint32_t rack = 0; rack < room.racks.size(); ++rack) {
    rack_levels.push_back(lowest_level(whole, of_rack_within_bounds(rack, level),
                                       [&](std::uint64_t each) { return of_rack(rack, each); }));
  }
  std::vector<std::uint64_t> shares;
  for (const Member& member : room.members) shares.push_back(at_level(member, rack_levels[member.rack]));
  return shares;
}

}  // namespace causeway
