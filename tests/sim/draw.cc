// Draws the cluster of a run, and what its clients ask.
#include <algorithm>
#include <array>

#include "base/check.h"
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

std::size_t between(Random& random, std::size_t low, std::size_t high) {
  return low + random.below(high - low + 1);
}

/// Low numbers mostly: small clusters find most of what there is to find, and run faster.
std::size_t mostly_low(Random& random, std::size_t low, std::size_t high) {
  return std::min(between(random, low, high), between(random, low, high));
}

Datacenter draw_datacenter(Random& random, const Profile& profile, std::size_t index) {
  static constexpr std::array names{"eu", "us", "ap", "sa", "af"};
  Datacenter datacenter;
  datacenter.name = names.at(index);
  datacenter.id = dc_id(datacenter.name);
  const std::size_t nodes = mostly_low(random, profile.nodes_min, profile.nodes_max);
  for (std::size_t i = 1; i <= nodes; ++i) {
    Node node;
    node.name = datacenter.name + "-" + std::to_string(i);
    node.id = node_id(node.name);
    node.rack = std::string(1, static_cast<char>('a' + random.below(3)));
    node.address = "127.9." + std::to_string(index + 1) + "." + std::to_string(i);
    node.weight = random.chance(1, 4) ? 2 : 1;
    if (profile.shards_max > 1)
      node.shards = 1 + static_cast<std::uint32_t>(random.below(profile.shards_max));
    datacenter.nodes.push_back(node);
  }
  const std::size_t replicas_max = random.chance(1, 10) ? nodes : std::min<std::size_t>(nodes, 3);
  datacenter.replicas = static_cast<std::uint32_t>(
      std::max(between(random, 1, replicas_max), between(random, 1, replicas_max)));
  return datacenter;
}

Level draw_level(Random& random) {
  using Kind = Level::Kind;
  static const std::vector<Level> levels = {
      {Kind::local_quorum, 0}, {Kind::local_quorum, 0}, {Kind::local_quorum, 0}, {Kind::local_quorum, 0},
      {Kind::local_one, 0},    {Kind::local_one, 0},    {Kind::local_one, 0},    {Kind::one, 0},
      {Kind::two, 0},          {Kind::quorum, 0},       {Kind::each_quorum, 0},  {Kind::all, 0},
      {Kind::count, 1},        {Kind::count, 3}};
  return levels[random.below(levels.size())];
}

constexpr std::size_t families_max = 4;
const std::array families{&string_family,  &counter_family, &register_family,       &set_family,
                          &flag_family,    &list_family,    &bounded_family,        &sorted_set_family,
                          &expiry_family,  &extreme_family, &grow_set_family,       &hyperloglog_family,
                          &several_family, &map_family,     &remove_wins_set_family};

}  // namespace

Topology draw_topology(Random& random, const Profile& profile) {
  Topology topology;
  topology.cluster = "sim";
  topology.partitions = 1U << random.below(3);
  const std::size_t count = mostly_low(random, profile.datacenters_min, profile.datacenters_max);
  for (std::size_t i = 0; i < count; ++i) topology.datacenters.push_back(draw_datacenter(random, profile, i));
  if (random.chance(profile.timed_percent, 100))
    topology.durability.sync_interval = random.chance(1, 2) ? 20ms : 300ms;
  return topology;
}

std::vector<const Family*> draw_families(Random& random) {
  std::vector<const Family*> drawn(families.begin(), families.end());
  for (std::size_t i = drawn.size(); i > 1; --i) std::swap(drawn[i - 1], drawn[random.below(i)]);
  drawn.resize(std::min(drawn.size(), families_max));
  if (random.chance(1, 2)) drawn.push_back(&any_family);
  return drawn;
}

Draft draw_operation(const Pen& pen, const Profile& profile) {
  const Family& family = *pen.families[pen.random.below(pen.families.size())];
  const std::uint64_t dice = pen.random.below(100);
  Draft draft = dice < 25                            ? family.read(pen)
                : dice < 35 + profile.resets_percent ? family.removal(pen)
                                                     : family.update(pen);
  draft.level = draw_level(pen.random);
  return draft;
}

}  // namespace causeway::testing
