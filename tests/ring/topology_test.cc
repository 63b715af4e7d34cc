#include "ring/topology.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <algorithm>

#include "base/hash.h"
#include "documents.h"
#include "random_topology.h"

using namespace causeway;

TEST_CASE("a_topology_has_all_that_its_file_says") {
  const auto topology = parse_topology(good_document);
  REQUIRE(topology);
  CHECK(topology->cluster == "demo");
  CHECK(topology->partitions == 64);
  CHECK(topology->durability.sync_interval == 100ms);
  REQUIRE(topology->datacenters.size() == 2);

  const Datacenter& eu = topology->datacenters[0];
  CHECK(eu.name == "eu");
  CHECK(eu.id == DcId{hash64("eu")});
  CHECK(eu.replicas == 2);
  REQUIRE(eu.nodes.size() == 2);
  CHECK(eu.nodes[1] == Node{"eu-2", NodeId{hash64("eu-2")}, "b", "127.9.1.2", 2, {.client = 7500}});
  CHECK(topology->datacenters[1].nodes[0].address == "db1.us.example.com");

  CHECK(topology->links == std::vector<Link>{{dc_id("eu"), dc_id("us"), 40, 2}});
  CHECK(topology->limits.value_bytes == 4096);
}

TEST_CASE("what_may_be_left_out_has_its_default") {
  const auto topology = parse_topology(
      "cluster: c\npartitions: 1\ndatacenters: {d: {replicas: 1, nodes: [{name: n, rack: r, address: "
      "127.9.0.1}]}}\n" "links:\nlimits:\nsecurity:\n");
  REQUIRE(topology);
  CHECK(topology->durability.is_sync());
  CHECK(topology->links.empty());
  CHECK(topology->limits == Limits{});
  CHECK(topology->limits.value_bytes == 1'048'576);
  CHECK(topology->limits.request_bytes == 8'388'608);
  const Node& node = topology->datacenters[0].nodes[0];
  CHECK(node.weight == 1);
  CHECK(node.ports == Ports{7400, 7401, 7402, 7379, 7480});
}

TEST_CASE("durability_is_sync_or_a_time") {
  const auto with = [](const std::string& value) { return parse_topology(spoiled("100ms", value)); };
  CHECK(with("sync")->durability.is_sync());
  CHECK(with("1ms")->durability.sync_interval == 1ms);
  CHECK(with("1s")->durability.sync_interval == 1s);
  CHECK(with("60s")->durability.sync_interval == 60s);
  CHECK_FALSE(with("61s"));
  CHECK_FALSE(with("0ms"));
}

TEST_CASE("a_rendered_topology_parses_back_equal") {
  rc::prop("any topology", [] {
    Topology topology = *random_topology();
    topology.datacenters[0].nodes[0].shards = *rc::gen::inRange(1U, 4U);
    const auto back = parse_topology(render_topology(topology));
    RC_ASSERT(back);
    RC_ASSERT(*back == topology);
  });
}

TEST_CASE("a_name_that_looks_like_another_yaml_value_is_rendered_in_quotes") {
  for (const std::string name : {"null", "True", "no", "y", "1e3", "0x1f", "007", "1.5", "12"}) {
    const auto topology = parse_topology(spoiled("name: us-1", "name: \"" + name + "\""));
    REQUIRE(topology);
    const std::string text = render_topology(*topology);
    CHECK(text.find("name: \"" + name + "\"") != std::string::npos);
    CHECK(parse_topology(text) == topology);
  }
}

TEST_CASE("a_fingerprint_is_blind_to_the_order_of_the_file_and_to_where_nodes_are_reached") {
  rc::prop("shuffled, moved and with other limits", [] {
    const Topology topology = *random_topology();
    Topology other = shuffled(topology);
    for (Datacenter& dc : other.datacenters) {
      for (Node& node : dc.nodes) {
        node.address = "relay";
        node.ports.client = 1;
      }
    }
    other.links.clear();
    other.limits.value_bytes = 7;
    other.durability = {5ms};
    RC_ASSERT(fingerprint(other) == fingerprint(topology));
  });
}

TEST_CASE("a_fingerprint_tells_apart_what_placement_depends_on") {
  const Topology topology = *parse_topology(good_document);
  const auto changed = [&](auto change) {
    Topology other = topology;
    change(other);
    return fingerprint(other) != fingerprint(topology);
  };
  CHECK(changed([](Topology& t) { t.cluster = "prod"; }));
  CHECK(changed([](Topology& t) { t.partitions = 128; }));
  CHECK(changed([](Topology& t) { t.datacenters.pop_back(); }));
  CHECK(changed([](Topology& t) { t.datacenters[0].name = "ue"; }));
  CHECK(changed([](Topology& t) { t.datacenters[0].replicas = 1; }));
  CHECK(changed([](Topology& t) { t.datacenters[0].nodes.pop_back(); }));
  CHECK(changed([](Topology& t) { t.datacenters[0].nodes[0].name = "eu-3"; }));
  CHECK(changed([](Topology& t) { t.datacenters[0].nodes[0].rack = "b"; }));
  CHECK(changed([](Topology& t) { t.datacenters[0].nodes[0].weight = 3; }));
  CHECK(changed([](Topology& t) { t.datacenters[0].nodes[0].shards = 3; }));
}

TEST_CASE("a_node_may_use_the_address_of_another_with_other_ports") {
  CHECK(parse_topology(spoiled("127.9.1.2, weight: 2, client: 7500",
                               "127.9.1.1, client: 1, peer: 2, bridge: 3, resp: 4, http: 5")));
}
