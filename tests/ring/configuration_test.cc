#include "ring/configuration.h"

#include <catch2/catch.hpp>

#include "documents.h"

using namespace causeway;

TEST_CASE("a_configuration_finds_nodes_and_datacenters_by_id_and_by_name") {
  const Configuration configuration(Epoch{1}, *parse_topology(good_document));
  CHECK(configuration.epoch() == Epoch{1});
  CHECK(configuration.partitions() == 64);
  REQUIRE(configuration.node("eu-2") != nullptr);
  CHECK(configuration.node("eu-2") == configuration.node(node_id("eu-2")));
  CHECK(configuration.node("eu-2")->weight == 2);
  REQUIRE(configuration.datacenter("us") != nullptr);
  CHECK(configuration.datacenter("us") == configuration.datacenter(dc_id("us")));
  CHECK(configuration.datacenter_of(node_id("us-1")) == configuration.datacenter("us"));
  CHECK(configuration.nodes() == std::vector<NodeId>{node_id("eu-1"), node_id("eu-2"), node_id("us-1")});
  CHECK(configuration.datacenters() == std::vector<DcId>{dc_id("eu"), dc_id("us")});
  CHECK(configuration.nodes_of(dc_id("eu")) == std::vector<NodeId>{node_id("eu-1"), node_id("eu-2")});
}

TEST_CASE("a_configuration_says_nothing_of_strangers") {
  const Configuration configuration(Epoch{1}, *parse_topology(good_document));
  CHECK(configuration.node("mars-1") == nullptr);
  CHECK(configuration.node(NodeId{7}) == nullptr);
  CHECK(configuration.datacenter("mars") == nullptr);
  CHECK(configuration.datacenter(DcId{7}) == nullptr);
  CHECK(configuration.datacenter_of(NodeId{7}) == nullptr);
  CHECK(configuration.nodes_of(DcId{7}).empty());
}

TEST_CASE("a_copy_of_a_configuration_is_independent") {
  auto original = std::make_unique<Configuration>(Epoch{1}, *parse_topology(good_document));
  const Configuration copy = *original;
  CHECK(copy == *original);
  original.reset();
  REQUIRE(copy.node("eu-1") != nullptr);
  CHECK(copy.node("eu-1")->address == "127.9.1.1");
}
