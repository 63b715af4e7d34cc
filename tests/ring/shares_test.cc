#include "ring/shares.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <map>

#include "random_topology.h"

using namespace causeway;

namespace {

struct Spec {
  std::string rack;
  std::uint32_t weight;
};

/// The fair shares of nodes n0, n1 … with these racks and weights, 60 partitions.
std::vector<double> shares(std::uint32_t replicas, const std::vector<Spec>& nodes) {
  Datacenter dc{"dc", dc_id("dc"), replicas, {}};
  for (const Spec& spec : nodes) {
    const std::string name = "n" + std::to_string(dc.nodes.size());
    dc.nodes.push_back({name, node_id(name), spec.rack, "127.9.0.1", spec.weight, {}});
  }
  const Room room = room_of(dc);
  const std::vector<std::uint64_t> fair = fair_shares(room, 60);
  std::map<NodeId, double> by_id;
  for (std::size_t i = 0; i < fair.size(); ++i) {
    by_id[room.members[i].id] = static_cast<double>(fair[i]) / static_cast<double>(share_unit);
  }
  std::vector<double> in_order;
  for (const Node& node : dc.nodes) in_order.push_back(by_id[node.id]);
  return in_order;
}

void check(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("node " << i);
    CHECK(got[i] == Approx(expected[i]).margin(0.001));
  }
}

}  // namespace

TEST_CASE("shares_follow_the_weights") {
  check(shares(1, {{"a", 1}, {"a", 1}, {"a", 2}}), {15, 15, 30});
  check(shares(2, {{"a", 1}, {"a", 1}, {"a", 1}, {"a", 1}}), {30, 30, 30, 30});
}

TEST_CASE("no_share_is_more_than_every_partition_once") {
  check(shares(2, {{"a", 1}, {"a", 1}, {"a", 8}}), {30, 30, 60});
  check(shares(3, {{"a", 1}, {"a", 2}, {"a", 4}}), {60, 60, 60});
}

TEST_CASE("with_as_many_racks_as_replicas_each_rack_has_every_partition_at_most_once") {
  check(shares(3, {{"a", 1}, {"b", 1}, {"b", 1}, {"c", 1}, {"c", 3}}), {60, 30, 30, 15, 45});
  check(shares(2, {{"a", 6}, {"b", 1}, {"c", 1}}), {60, 30, 30});
}

TEST_CASE("with_fewer_racks_than_replicas_they_are_spread_as_evenly_as_the_racks_allow") {
  check(shares(3, {{"a", 1}, {"b", 1}, {"b", 1}, {"b", 2}}), {60, 30, 30, 60});
  check(shares(4, {{"a", 1}, {"a", 1}, {"a", 1}, {"b", 1}, {"b", 1}, {"b", 1}}), {40, 40, 40, 40, 40, 40});
  const Datacenter dc{"dc", dc_id("dc"), 4, {{"x", node_id("x"), "a", "", 1, {}}, {"y", node_id("y"), "b", "", 1, {}},
                                             {"z", node_id("z"), "b", "", 1, {}}, {"v", node_id("v"), "b", "", 1, {}}}};
  const Room room = room_of(dc);
  CHECK(room.racks[0].lower == 1);
  CHECK(room.racks[0].upper == 1);
  CHECK(room.racks[1].lower == 2);
  CHECK(room.racks[1].upper == 3);
  CHECK(room.spare == 1);
}

TEST_CASE("shares_add_up_to_all_replicas_and_rise_with_the_weight") {
  rc::prop("any datacenter", [] {
    const Topology topology = *random_topology();
    const Datacenter& dc = topology.datacenters[0];
    const Room room = room_of(dc);
    const std::vector<std::uint64_t> fair = fair_shares(room, topology.partitions);
    std::uint64_t sum = 0;
    for (const std::uint64_t share : fair) sum += share;
    const std::uint64_t all = dc.replicas * topology.partitions * share_unit;
    RC_ASSERT(sum >= all);
    RC_ASSERT(sum - all <= 100 * fair.size());  // rounded up
    for (std::size_t i = 0; i < fair.size(); ++i) {
      for (std::size_t j = 0; j < fair.size(); ++j) {
        if (room.members[i].rack == room.members[j].rack && room.members[i].weight <= room.members[j].weight) RC_ASSERT(fair[i] <= fair[j]);
      }
    }
  });
}
