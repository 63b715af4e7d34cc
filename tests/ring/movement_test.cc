#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <random>

#include "random_topology.h"
#include "ring/placement.h"

using namespace causeway;

namespace {

/// Replicas that a change brings to nodes that did not have them, and how many would do if load could be divided at will.
struct Movement {
  double moved = 0;
  double ideal = 0;
};

Movement movement(const Topology& from, const Topology& to) {
  const Placement before = Placement::compute(Configuration(Epoch{1}, from));
  const Placement after = Placement::compute(Configuration(Epoch{2}, to));
  Movement movement;
  for (const Datacenter& dc : to.datacenters) {
    for (const Node& node : dc.nodes) {
      movement.ideal += std::max(0.0, after.fair_share(node.id) - before.fair_share(node.id));
      for (const PartitionId p : after.partitions_of(node.id)) movement.moved += before.is_replica(p, node.id) ? 0 : 1;
    }
  }
  return movement;
}

Topology alone(Datacenter dc, std::uint32_t partitions) {
  Topology topology;
  topology.cluster = "c";
  topology.partitions = partitions;
  topology.datacenters.push_back(std::move(dc));
  return topology;
}

/// A datacenter from a seed: nodes of weight 1 to 4, in 1 to 3 racks or each in its own.
Datacenter seeded(std::uint64_t seed, std::size_t nodes) {
  std::mt19937_64 random(seed);
  Datacenter dc{"dc", dc_id("dc"), static_cast<std::uint32_t>(1 + random() % 3), {}};
  const std::uint64_t racks = random() % 4 == 0 ? nodes : 1 + random() % 3;
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string name = "n" + std::to_string(seed) + "-" + std::to_string(i);
    dc.nodes.push_back({name, node_id(name), std::to_string(i % racks), "127.9.0.1", static_cast<std::uint32_t>(1 + random() % 4), {}});
  }
  return dc;
}

Datacenter without_last(Datacenter dc) {
  dc.nodes.pop_back();
  return dc;
}

}  // namespace

TEST_CASE("on_average_a_change_moves_hardly_more_than_it_must") {
  Movement join;
  Movement leave;
  Movement reweigh;
  Movement replace;
  const auto add = [](Movement& sum, const Movement& one) {
    sum.moved += one.moved;
    sum.ideal += one.ideal;
  };
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Datacenter large = seeded(seed, 4 + seed % 9);
    const Topology with = alone(large, 256);
    const Topology without = alone(without_last(large), 256);
    add(join, movement(without, with));
    add(leave, movement(with, without));
    Datacenter heavier = large;
    heavier.nodes[0].weight *= 2;
    add(reweigh, movement(with, alone(heavier, 256)));
    Datacenter replaced = large;
    replaced.nodes[0].name = "replacement";
    replaced.nodes[0].id = node_id("replacement");
    add(replace, movement(with, alone(replaced, 256)));
  }
  INFO("join " << join.moved / join.ideal << ", leave " << leave.moved / leave.ideal << ", weight "
               << reweigh.moved / reweigh.ideal << ", replace " << replace.moved / replace.ideal);
  CHECK(join.moved <= 1.15 * join.ideal);
  CHECK(leave.moved <= 1.15 * leave.ideal);
  CHECK(reweigh.moved <= 1.3 * reweigh.ideal);
  CHECK(replace.moved <= 1.6 * replace.ideal);
}

TEST_CASE("no_join_moves_much_more_than_it_must") {
  rc::prop("any datacenter", [] {
    const std::uint32_t partitions = *rc::gen::element(16U, 64U);
    Datacenter large = random_datacenter(0, 2);
    large.replicas = std::min(large.replicas, static_cast<std::uint32_t>(large.nodes.size()) - 1);
    const auto nodes = static_cast<double>(large.nodes.size());
    const Topology with = alone(large, partitions);
    const Topology without = alone(without_last(large), partitions);
    const Movement join = movement(without, with);
    const Movement leave = movement(with, without);
    RC_ASSERT(join.moved <= 2 * join.ideal + 2 * nodes);
    RC_ASSERT(leave.moved <= 2 * leave.ideal + 2 * nodes);
  });
}
