#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "ring/placement.h"
#include "ring/topology.h"

using namespace causeway;

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

const std::filesystem::path folder = CAUSEWAY_TOPOLOGIES;

}  // namespace

TEST_CASE("every_shipped_topology_parses_and_gives_a_placement") {
  std::set<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto topology = parse_topology(text_of(file));
    INFO((topology ? "" : to_string(topology.error(), file.path().string())));
    REQUIRE(topology);
    found.insert(file.path().stem());
    const Configuration configuration(Epoch{1}, *topology);
    const Placement placement = Placement::compute(configuration);
    for (const NodeId node : configuration.nodes()) {
      CHECK_FALSE(placement.partitions_of(node).empty());
      CHECK(configuration.node(node)->address.starts_with("127."));
      CHECK_FALSE(configuration.node(node)->address.starts_with("127.9."));  // the tests' own
    }
  }
  CHECK(found == std::set<std::string>{"five-regions", "one-dc", "one-node", "three-regions", "uneven"});
}

TEST_CASE("a_link_joins_every_two_regions_of_a_shipped_topology") {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    INFO(file.path());
    const auto topology = parse_topology(text_of(file));
    REQUIRE(topology);
    const std::size_t regions = topology->datacenters.size();
    CHECK(topology->links.size() == regions * (regions - 1) / 2);
  }
}

TEST_CASE("no_two_shipped_topologies_share_an_address") {
  std::set<std::string> addresses;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto topology = parse_topology(text_of(file));
    REQUIRE(topology);
    for (const Datacenter& dc : topology->datacenters) {
      for (const Node& node : dc.nodes) CHECK(addresses.insert(node.address).second);
    }
  }
}

TEST_CASE("three_regions_is_three_times_three_with_a_replica_everywhere") {
  const auto topology = parse_topology(text_of(folder / "three-regions.yaml"));
  REQUIRE(topology);
  CHECK(topology->cluster == "demo");
  CHECK(topology->partitions == 64);
  CHECK(topology->durability.is_sync());
  REQUIRE(topology->datacenters.size() == 3);
  CHECK(topology->datacenters[0].name == "eu");
  CHECK(topology->datacenters[2].nodes[2].address == "127.3.3.1");
  const Placement placement = Placement::compute(Configuration(Epoch{1}, *topology));
  CHECK(placement.all_replicas(PartitionId{0}).size() == 9);
}
