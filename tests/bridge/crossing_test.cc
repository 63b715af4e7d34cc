// Proves, on a whole cluster, what crosses between datacenters: each event once over each link in steady state, and all of
// them, sooner or later, whoever dies, restarts or is cut off.
#include <catch2/catch.hpp>

#include "crdt/codec.h"
#include "tests/cluster/topologies.h"
#include "tests/sim/cluster.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// Counts how often each event crosses from one datacenter to another.
struct Crossings : Observer {
  explicit Crossings(Cluster& observed) : cluster(observed) { cluster.observe(this); }

  void delivered(NodeId from, NodeId to, const PeerMessage& message) override {
    const std::string a = cluster.configuration().datacenter_of(from)->name;
    const std::string b = cluster.configuration().datacenter_of(to)->name;
    if (a == b) return;
    if (const auto* run = std::get_if<Run>(&message)) {
      for (const Bytes& event : run->events) ++times[{a, b}][{run->partition, decode_event_head(event)->dot}];
    }
    if (std::holds_alternative<Replicate>(message)) ++pushed;
  }
  /// The events that crossed, and whether each did once.
  std::pair<std::size_t, bool> over(const std::string& a, const std::string& b) {
    bool once = true;
    for (const auto& [event, count] : times[{a, b}]) once = once && count == 1;
    return {times[{a, b}].size(), once};
  }

  Cluster& cluster;
  std::map<std::pair<std::string, std::string>, std::map<std::pair<PartitionId, Dot>, int>> times;
  int pushed = 0;
};

constexpr Level local_one{Level::Kind::local_one, 0};

void write(Cluster& cluster, BytesView node, int count) {
  for (int i = 0; i < count; ++i) {
    const auto result = cluster.ask(node, {"INCR", "k" + std::to_string(i % 7)}, local_one);
    if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
  }
}

bool converges(Cluster& cluster, Micros limit = 20s) {
  return cluster.run_until([&] { return cluster.difference().empty(); }, limit);
}

std::int64_t total(Cluster& cluster, BytesView node) {
  std::int64_t sum = 0;
  for (int i = 0; i < 7; ++i) {
    const auto result = cluster.ask(node, {"GET", "k" + std::to_string(i)});
    if (const auto* text = std::get_if<Bytes>(&std::get<Value>(result))) sum += std::stoll(*text);
  }
  return sum;
}

std::uint64_t events_at(Cluster& cluster, BytesView node) {
  std::uint64_t sum = 0;
  for (const PartitionId id : cluster.store(node).partitions()) sum += cluster.store(node).partition(id).clock().events();
  return sum;
}

}  // namespace

TEST_CASE("in_steady_state_each_event_crosses_each_link_once") {
  Cluster cluster(three_dcs, 11);
  REQUIRE(cluster.run_until_serving());
  cluster.run_for(2s);
  Crossings crossings(cluster);
  for (const BytesView node : {"eu-1", "us-2", "ap-3"}) write(cluster, node, 30);
  REQUIRE(converges(cluster));
  cluster.run_for(10s);
  for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{
           {"eu", "us"}, {"eu", "ap"}, {"us", "eu"}, {"us", "ap"}, {"ap", "eu"}, {"ap", "us"}}) {
    INFO(a << " to " << b);
    CHECK(crossings.over(a, b) == std::pair<std::size_t, bool>{30, true});
  }
  CHECK(crossings.pushed == 0);
}

TEST_CASE("when_the_direct_way_is_cut_events_come_by_the_third_datacenter_and_afterwards_directly_again") {
  Cluster cluster(three_dcs, 12);
  REQUIRE(cluster.run_until_serving());
  cluster.cut("eu", "ap");
  cluster.run_for(3s);
  Crossings crossings(cluster);
  write(cluster, "ap-1", 20);
  REQUIRE(converges(cluster, 3s));
  CHECK(crossings.over("ap", "eu").first == 0);
  CHECK(crossings.over("us", "eu").first == 20);
  cluster.heal();
  cluster.run_for(3s);
  crossings.times.clear();
  write(cluster, "ap-1", 20);
  REQUIRE(converges(cluster, 3s));
  CHECK(crossings.over("ap", "eu") == std::pair<std::size_t, bool>{20, true});
  CHECK(crossings.over("us", "eu").first == 0);
}

TEST_CASE("two_datacenters_that_both_lost_sight_of_a_third_get_its_events_from_the_fourth") {
  Cluster cluster(four_dcs, 13);
  REQUIRE(cluster.run_until_serving());
  cluster.cut("eu", "ap");
  cluster.cut("us", "ap");
  cluster.run_for(3s);
  write(cluster, "ap-1", 10);
  CHECK(converges(cluster, 5s));
}

TEST_CASE("a_link_is_taken_over_when_its_holder_dies_and_resumes_when_either_side_restarts") {
  Cluster cluster(three_dcs, 14);
  REQUIRE(cluster.run_until_serving());
  cluster.kill("us-1");
  cluster.run_for(2s);
  write(cluster, "eu-2", 14);
  REQUIRE(converges(cluster, 5s));
  CHECK(total(cluster, "us-2") == 14);
  cluster.start("us-1");
  cluster.kill("eu-1");
  write(cluster, "eu-2", 14);
  cluster.start("eu-1");
  REQUIRE(converges(cluster, 10s));
  CHECK(total(cluster, "us-1") == 28);
  CHECK(total(cluster, "ap-1") == 28);
}

TEST_CASE("credit_is_not_used_up_however_much_crosses") {
  Cluster cluster(three_dcs, 15);
  REQUIRE(cluster.run_until_serving());
  cluster.run_for(2s);
  Crossings crossings(cluster);
  for (int i = 0; i < 60; ++i) {
    REQUIRE(std::holds_alternative<Value>(cluster.ask("eu-1", {"SET", "key", Bytes(100'000, 'v')}, local_one)));
  }
  const std::uint64_t events = events_at(cluster, "eu-1");
  REQUIRE(cluster.run_until([&] { return events_at(cluster, "us-3") == events; }, 10s));
  CHECK(crossings.over("eu", "us") == std::pair<std::size_t, bool>{60, true});
}
