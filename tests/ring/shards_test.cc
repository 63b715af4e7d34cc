// Proves that shards stand as nodes of their own, and divide what their node holds.
#include "ring/shards.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "documents.h"
#include "random_topology.h"
#include "ring/placement.h"

using namespace causeway;

namespace {

Topology with_shards(std::uint32_t eu_1, std::uint32_t eu_2 = 1) {
  Topology topology = *parse_topology(good_document);
  topology.datacenters[0].nodes[0].shards = eu_1;
  topology.datacenters[0].nodes[1].shards = eu_2;
  return topology;
}

}  // namespace

TEST_CASE("the_first_shard_has_the_name_and_the_ports_of_its_node") {
  const Topology topology = with_shards(3);
  const Node& node = topology.datacenters[0].nodes[0];
  CHECK(shard_of(node, 0) == node);
  const Node third = shard_of(node, 2);
  CHECK(third.name == "eu-1/2");
  CHECK(third.id == node_id("eu-1/2"));
  CHECK(third.rack == node.rack);
  CHECK(third.address == node.address);
  CHECK(third.ports.client == node.ports.client + 20);
  CHECK(third.ports.peer == node.ports.peer + 20);
  CHECK(third.ports.bridge == node.ports.bridge + 20);
  CHECK(third.ports.resp == node.ports.resp);
  CHECK(third.ports.http == node.ports.http);
}

TEST_CASE("a_configuration_has_each_shard_as_a_node") {
  const Configuration configuration(Epoch{1}, with_shards(3));
  const std::vector<NodeId> eu = {node_id("eu-1"), node_id("eu-1/1"), node_id("eu-1/2"), node_id("eu-2")};
  CHECK(configuration.nodes_of(dc_id("eu")) == eu);
  CHECK(configuration.first_shards_of(dc_id("eu")) == std::vector<NodeId>{node_id("eu-1"), node_id("eu-2")});
  REQUIRE(configuration.node("eu-1/2") != nullptr);
  CHECK(configuration.node("eu-1/2")->ports.client == 7420);
  CHECK(configuration.node("eu-1/3") == nullptr);
  CHECK(configuration.share_a_machine(node_id("eu-1"), node_id("eu-1/2")));
  CHECK_FALSE(configuration.share_a_machine(node_id("eu-2"), node_id("eu-1/2")));
  CHECK_FALSE(configuration.share_a_machine(node_id("mars-1"), node_id("mars-1")));
}

TEST_CASE("a_shard_of_before_is_known_by_its_datacenter") {
  const Configuration configuration(Epoch{1}, with_shards(1));
  CHECK(configuration.node(node_id("eu-1/5")) == nullptr);
  REQUIRE(configuration.datacenter_of(node_id("eu-1/5")) != nullptr);
  CHECK(configuration.datacenter_of(node_id("eu-1/5"))->name == "eu");
  CHECK(configuration.share_a_machine(node_id("eu-1"), node_id("eu-1/5")));
}

TEST_CASE("shards_divide_what_their_node_holds_and_change_nothing_for_others") {
  rc::prop("any topology", [] {
    const Topology plain = *random_topology();
    Topology divided = plain;
    for (Datacenter& dc : divided.datacenters) {
      for (Node& node : dc.nodes) node.shards = *rc::gen::inRange(1U, 9U);
    }
    const Placement before = Placement::compute(Configuration(Epoch{1}, plain));
    const Placement after = Placement::compute(Configuration(Epoch{1}, divided));
    for (const Datacenter& dc : divided.datacenters) {
      for (const Node& node : dc.nodes) {
        std::vector<PartitionId> together;
        std::uint32_t led = 0;
        double fair_share = 0;
        for (std::uint32_t k = 0; k < node.shards; ++k) {
          const NodeId shard = shard_of(node, k).id;
          for (const PartitionId id : after.partitions_of(shard)) {
            RC_ASSERT(shard_at(id, node.shards) == k);
            together.push_back(id);
          }
          led += after.led_by(shard);
          fair_share += after.fair_share(shard);
        }
        std::ranges::sort(together);
        const auto held = before.partitions_of(node.id);
        RC_ASSERT(together == std::vector<PartitionId>(held.begin(), held.end()));
        RC_ASSERT(led == before.led_by(node.id));
        RC_ASSERT(std::abs(fair_share - before.fair_share(node.id)) < 1e-6);
      }
    }
  });
}

TEST_CASE("ports_of_shards_that_meet_are_a_mistake") {
  const std::string address = "address: 127.9.1.1";
  const std::string text = spoiled(address, address + ", shards: 9");
  const auto topology = parse_topology(text);
  REQUIRE_FALSE(topology);
  REQUIRE(topology.error().size() == 1);
  CHECK(topology.error()[0].what.find("client of shard 8 of node eu-1") != std::string::npos);
  CHECK(topology.error()[0].what.find(":7480") != std::string::npos);
  CHECK(parse_topology(spoiled(address, address + ", shards: 8")));
  const auto many = parse_topology(spoiled(address, address + ", shards: 33"));
  REQUIRE_FALSE(many);
  CHECK(many.error()[0].mend == "write a whole number from 1 to 32");
}
