// Random topologies for properties: 1 to 5 datacenters of 1 to 12 nodes, weights 1 to 4, 1 to 5 replicas, any racks.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <string>

#include "ring/topology.h"

namespace causeway {

inline Node random_node(std::size_t dc, std::size_t index, std::uint32_t racks) {
  Node node;
  node.name = "n" + std::to_string(*rc::gen::inRange(0, 1'000'000)) + "-" + std::to_string(dc) + "-" + std::to_string(index);
  node.id = node_id(node.name);
  node.rack = "r" + std::to_string(*rc::gen::inRange(0U, racks));
  node.address = "127.9." + std::to_string(dc) + "." + std::to_string(index + 1);
  node.weight = *rc::gen::inRange(1U, 5U);
  return node;
}

inline Datacenter random_datacenter(std::size_t dc, std::size_t nodes_min = 1) {
  Datacenter made;
  made.name = "dc" + std::to_string(dc);
  made.id = dc_id(made.name);
  const std::size_t nodes = *rc::gen::inRange<std::size_t>(nodes_min, 13);
  const std::uint32_t racks = *rc::gen::inRange(1U, static_cast<std::uint32_t>(nodes) + 1);
  for (std::size_t i = 0; i < nodes; ++i) made.nodes.push_back(random_node(dc, i, racks));
  made.replicas = *rc::gen::inRange(1U, std::min(5U, static_cast<std::uint32_t>(nodes)) + 1);
  return made;
}

inline rc::Gen<Topology> random_topology() {
  return rc::gen::exec([] {
    Topology topology;
    topology.cluster = "random";
    topology.partitions = 1U << *rc::gen::inRange(0U, 9U);
    topology.durability.sync_interval = Micros{*rc::gen::inRange(0, 60'000) * 1000};
    const std::size_t datacenters = *rc::gen::inRange<std::size_t>(1, 6);
    for (std::size_t dc = 0; dc < datacenters; ++dc) topology.datacenters.push_back(random_datacenter(dc));
    for (std::size_t dc = 1; dc < datacenters; ++dc) {
      topology.links.push_back({topology.datacenters[dc - 1].id, topology.datacenters[dc].id, *rc::gen::inRange(0U, 200U),
                                *rc::gen::inRange(0U, 20U)});
    }
    topology.limits.value_bytes = *rc::gen::inRange<std::uint64_t>(1, 1U << 20U);
    topology.datacenters[0].nodes[0].ports.http = *rc::gen::inRange<std::uint16_t>(8000, 9000);
    return topology;
  });
}

/// The same with its datacenters and nodes in another order.
inline Topology shuffled(Topology topology) {
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  std::ranges::shuffle(topology.datacenters, random);
  for (Datacenter& dc : topology.datacenters) std::ranges::shuffle(dc.nodes, random);
  return topology;
}

}  // namespace causeway
