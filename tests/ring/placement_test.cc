#include "ring/placement.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "random_topology.h"

using namespace causeway;

namespace {

Placement place(const Topology& topology) { return Placement::compute(Configuration(Epoch{1}, topology)); }

/// Nodes in racks a, b, c, a … of one datacenter.
Topology one_datacenter(std::size_t nodes, std::uint32_t replicas, std::size_t racks, std::uint32_t partitions) {
  Topology topology;
  topology.cluster = "c";
  topology.partitions = partitions;
  Datacenter dc{"dc", dc_id("dc"), replicas, {}};
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string name = "n" + std::to_string(i);
    dc.nodes.push_back({name, node_id(name), std::string(1, static_cast<char>('a' + i % racks)), "127.9.0.1", 1, {}});
  }
  topology.datacenters.push_back(std::move(dc));
  return topology;
}

}  // namespace

TEST_CASE("a_hash_tag_is_what_stands_between_the_first_brace_and_the_next") {
  CHECK(hash_tag("user:1") == "user:1");
  CHECK(hash_tag("{user}:1") == "user");
  CHECK(hash_tag("a{user}b{other}") == "user");
  CHECK(hash_tag("foo{}{bar}") == "foo{}{bar}");
  CHECK(hash_tag("foo{{bar}}") == "{bar");
  CHECK(hash_tag("foo{bar") == "foo{bar");
  CHECK(hash_tag("foo}bar{") == "foo}bar{");
  CHECK(hash_tag("}{a}") == "a");
  CHECK(hash_tag("").empty());
}

TEST_CASE("keys_with_one_tag_share_a_partition") {
  CHECK(partition_of("{user:7}:cart", 1024) == partition_of("user:7", 1024));
  CHECK(partition_of("{user:7}:cart", 1024) == partition_of("{user:7}:name", 1024));
}

TEST_CASE("a_partition_is_the_top_bits_of_the_hash") {
  rc::prop("halving the number of partitions joins neighbours", [](const std::string& key) {
    const auto bits = *rc::gen::inRange(1U, 17U);
    const std::uint32_t fine = partition_of(key, 1U << bits).value;
    RC_ASSERT(fine < 1U << bits);
    RC_ASSERT(partition_of(key, 1U << (bits - 1)).value == fine / 2);
  });
  CHECK(partition_of("anything", 1) == PartitionId{0});
}

// A change here moves the data of every cluster: keys and partitions must stay where they are.
TEST_CASE("keys_and_partitions_stay_where_they_always_were") {
  CHECK(partition_of("views", 65'536).value == 44'500);
  CHECK(partition_of("{cart}:7", 65'536).value == 57'509);
  CHECK(partition_of("", 65'536).value == 11'526);
  const Topology topology = one_datacenter(5, 3, 4, 8);
  const Placement placement = place(topology);
  std::string table;
  for (std::uint32_t p = 0; p < 8; ++p) {
    for (const NodeId id : placement.all_replicas(PartitionId{p})) table += Configuration(Epoch{1}, topology).node(id)->name[1];
    table += ' ';
  }
  CHECK(table == "143 432 012 032 201 312 231 310 ");
}

TEST_CASE("every_partition_has_exactly_its_replicas_on_distinct_nodes_in_distinct_racks") {
  rc::prop("any topology", [] {
    const Topology topology = *random_topology();
    const Configuration configuration(Epoch{1}, topology);
    const Placement placement = Placement::compute(configuration);
    for (const Datacenter& dc : topology.datacenters) {
      std::set<std::string> racks;
      for (const Node& node : dc.nodes) racks.insert(node.rack);
      for (std::uint32_t p = 0; p < topology.partitions; ++p) {
        const auto replicas = placement.replicas(PartitionId{p}, dc.id);
        RC_ASSERT(replicas.size() == dc.replicas);
        std::set<NodeId> nodes;
        std::set<std::string> used;
        for (const NodeId id : replicas) {
          RC_ASSERT(configuration.datacenter_of(id) == configuration.datacenter(dc.id));
          nodes.insert(id);
          used.insert(configuration.node(id)->rack);
        }
        RC_ASSERT(nodes.size() == dc.replicas);
        RC_ASSERT(used.size() == std::min<std::size_t>(racks.size(), dc.replicas));
      }
    }
  });
}

TEST_CASE("no_node_is_loaded_beyond_its_bound_and_every_node_is_of_use") {
  rc::prop("any topology", [] {
    const Topology topology = *random_topology();
    const Placement placement = place(topology);
    for (const Datacenter& dc : topology.datacenters) {
      double sum = 0;
      for (const Node& node : dc.nodes) {
        const auto load = static_cast<double>(placement.partitions_of(node.id).size());
        const double fair = placement.fair_share(node.id);
        sum += fair;
        RC_ASSERT(load <= std::ceil(1.1 * fair + 1e-4));
        RC_ASSERT(load >= std::floor(fair / 2));
        RC_ASSERT(load >= 1 || fair < 1);
      }
      RC_ASSERT(std::abs(sum - dc.replicas * topology.partitions) < 0.1);
    }
  });
}

TEST_CASE("placement_is_the_same_for_every_order_of_the_file") {
  rc::prop("shuffled", [] {
    const Topology topology = *random_topology();
    const Placement one = place(topology);
    const Placement other = place(shuffled(topology));
    for (std::uint32_t p = 0; p < topology.partitions; ++p) {
      RC_ASSERT(std::ranges::equal(one.all_replicas(PartitionId{p}), other.all_replicas(PartitionId{p})));
    }
  });
}

TEST_CASE("a_datacenter_is_placed_without_regard_to_the_others") {
  rc::prop("alone and among others", [] {
    const Topology topology = *random_topology();
    Topology alone = topology;
    alone.datacenters.resize(1);
    const Placement among = place(topology);
    const Placement one = place(alone);
    for (std::uint32_t p = 0; p < topology.partitions; ++p) {
      const DcId dc = topology.datacenters[0].id;
      RC_ASSERT(std::ranges::equal(one.replicas(PartitionId{p}, dc), among.replicas(PartitionId{p}, dc)));
    }
  });
}

TEST_CASE("all_ways_to_ask_agree") {
  rc::prop("any topology", [] {
    const Topology topology = *random_topology();
    const Configuration configuration(Epoch{1}, topology);
    const Placement placement = Placement::compute(configuration);
    RC_ASSERT(placement.partitions() == topology.partitions);
    std::map<NodeId, std::vector<PartitionId>> held;
    std::map<NodeId, std::uint32_t> led;
    for (std::uint32_t p = 0; p < topology.partitions; ++p) {
      std::size_t total = 0;
      for (const DcId dc : configuration.datacenters()) {
        const auto replicas = placement.replicas(PartitionId{p}, dc);
        ++led[replicas.front()];
        total += replicas.size();
        for (const NodeId id : replicas) held[id].push_back(PartitionId{p});
      }
      RC_ASSERT(placement.all_replicas(PartitionId{p}).size() == total);
      for (const NodeId id : configuration.nodes()) {
        RC_ASSERT(placement.is_replica(PartitionId{p}, id) == (!held[id].empty() && held[id].back() == PartitionId{p}));
      }
    }
    for (const NodeId id : configuration.nodes()) {
      RC_ASSERT(std::ranges::equal(placement.partitions_of(id), held[id]));
      RC_ASSERT(placement.led_by(id) == led[id]);
    }
  });
}

TEST_CASE("strangers_hold_nothing") {
  const Placement placement = place(one_datacenter(3, 2, 3, 16));
  CHECK(placement.replicas(PartitionId{16}, dc_id("dc")).empty());
  CHECK(placement.replicas(PartitionId{0}, dc_id("mars")).empty());
  CHECK(placement.all_replicas(PartitionId{16}).empty());
  CHECK_FALSE(placement.is_replica(PartitionId{0}, NodeId{7}));
  CHECK(placement.partitions_of(NodeId{7}).empty());
  CHECK(placement.led_by(NodeId{7}) == 0);
}

TEST_CASE("equal_nodes_that_hold_everything_lead_equally_often") {
  for (const std::size_t nodes : {1U, 2U, 3U, 4U, 5U}) {
    const Topology topology = one_datacenter(nodes, static_cast<std::uint32_t>(nodes), nodes, 64);
    const Placement placement = place(topology);
    for (const Node& node : topology.datacenters[0].nodes) {
      CHECK(placement.led_by(node.id) >= 64 / nodes);
      CHECK(placement.led_by(node.id) <= (64 + nodes - 1) / nodes);
    }
  }
}

TEST_CASE("equal_nodes_of_many_lead_equally_often") {
  for (const std::size_t nodes : {4U, 6U, 9U, 12U}) {
    const Topology topology = one_datacenter(nodes, 3, 3, 256);
    const Placement placement = place(topology);
    for (const Node& node : topology.datacenters[0].nodes) {
      CHECK(placement.led_by(node.id) >= 256 / nodes);
      CHECK(placement.led_by(node.id) <= (256 + nodes - 1) / nodes);
    }
  }
}

TEST_CASE("a_node_of_twice_the_weight_leads_twice_as_often") {
  Topology topology = one_datacenter(3, 3, 3, 64);
  topology.datacenters[0].nodes[1].weight = 2;
  const Placement placement = place(topology);
  CHECK(placement.led_by(node_id("n0")) == 16);
  CHECK(placement.led_by(node_id("n1")) == 32);
  CHECK(placement.led_by(node_id("n2")) == 16);
}

TEST_CASE("leaders_are_as_even_by_weight_as_the_lists_allow") {
  rc::prop("any topology", [] {
    const Topology topology = *random_topology();
    const Configuration configuration(Epoch{1}, topology);
    const Placement placement = Placement::compute(configuration);
    const auto led = [&](NodeId id) { return static_cast<double>(placement.led_by(id)); };
    const auto weight = [&](NodeId id) { return static_cast<double>(configuration.node(id)->weight); };
    for (const Datacenter& dc : topology.datacenters) {
      // No partition would be better led by another of its replicas.
      for (std::uint32_t p = 0; p < topology.partitions; ++p) {
        const auto replicas = placement.replicas(PartitionId{p}, dc.id);
        const double last = (2 * led(replicas[0]) - 1) / weight(replicas[0]);
        for (const NodeId other : replicas) RC_ASSERT(other == replicas[0] || last <= (2 * led(other) + 1) / weight(other));
      }
      // To lead an even part of what one holds is always possible, so the heaviest leader is no heavier than that.
      double heaviest = 0;
      double possible = 0;
      for (const Node& node : dc.nodes) {
        const auto load = static_cast<double>(placement.partitions_of(node.id).size());
        heaviest = std::max(heaviest, (2 * led(node.id) - 1) / weight(node.id));
        possible = std::max(possible, (2 * std::ceil(load / dc.replicas) - 1) / weight(node.id));
      }
      RC_ASSERT(heaviest <= possible);
    }
  });
}
