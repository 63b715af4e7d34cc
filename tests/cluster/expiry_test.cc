// Proves how keys expire in whole clusters: everywhere at their time, early nowhere, and that the owner's own clock removes nothing.
#include <catch2/catch.hpp>

#include "base/check.h"
#include "tests/cluster/topologies.h"
#include "tests/sim/cluster.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

struct Expiring {
  explicit Expiring(BytesView topology, std::uint64_t seed) : cluster(topology, seed) {
    REQUIRE(cluster.run_until_serving());
  }
  Value ask(BytesView node, std::vector<Bytes> arguments) {
    const auto answer = cluster.ask(node, std::move(arguments));
    if (const auto* error = std::get_if<Error>(&answer)) FAIL(to_string(*error));
    return std::get<Value>(answer);
  }
  std::uint64_t entries() {
    std::uint64_t sum = 0;
    for (const NodeId node : cluster.configuration().nodes()) {
      const std::string& name = cluster.configuration().node(node)->name;
      if (cluster.up(name)) sum += cluster.status(name).entries;
    }
    return sum;
  }
  bool leaves_nothing(Micros limit) {
    return cluster.run_until([&] { return entries() == 0; }, limit, 500ms);
  }
  void settle() {
    REQUIRE(cluster.run_until([&] { return cluster.difference().empty(); }, 20s));
  }

  Cluster cluster;
};

const Value nil{};
const Value one{std::int64_t{1}};
const Value none{std::int64_t{0}};

}  // namespace

TEST_CASE("a_key_expires_everywhere_at_its_time_and_leaves_nothing") {
  Expiring test(three_dcs, 1);
  test.ask("eu-1", {"SET", "key", "v", "EX", "30"});
  test.ask("us-1", {"SADD", "set", "m", "n"});
  CHECK(test.ask("us-2", {"EXPIRE", "set", "30"}) == one);
  test.settle();
  test.cluster.run_for(25s);
  for (const BytesView node : {"eu-2", "us-3", "ap-1"}) {
    CHECK(test.ask(node, {"GET", "key"}) == Value(Bytes("v")));
    CHECK(test.ask(node, {"SCARD", "set"}) == Value(std::int64_t{2}));
  }
  test.cluster.run_for(6s);
  for (const BytesView node : {"eu-2", "us-3", "ap-1"}) {
    CHECK(test.ask(node, {"GET", "key"}) == nil);
    CHECK(test.ask(node, {"EXISTS", "set"}) == none);
  }
  CHECK(test.leaves_nothing(60s));
  test.settle();
}

TEST_CASE("an_extension_that_is_accepted_where_the_clock_is_behind_is_not_lost") {
  Expiring test(three_dcs, 2);
  for (const BytesView node : {"ap-1", "ap-2", "ap-3"}) test.cluster.skew(node, -20s);
  test.ask("eu-1", {"SET", "key", "v", "EX", "30"});
  test.settle();
  test.cluster.cut("eu", "ap");
  test.cluster.cut("us", "ap");
  test.cluster.run_for(35s);
  CHECK(test.ask("eu-1", {"GET", "key"}) == nil);
  CHECK(test.ask("ap-1", {"EXPIRE", "key", "1000"}) == one);
  test.cluster.run_for(60s);
  test.cluster.heal();
  test.settle();
  for (const BytesView node : {"eu-1", "us-1", "ap-2"})
    CHECK(test.ask(node, {"GET", "key"}) == Value(Bytes("v")));
  test.cluster.run_for(1000s);
  CHECK(test.leaves_nothing(60s));
}

TEST_CASE("a_node_whose_clock_is_ahead_hides_early_and_removes_nothing") {
  Expiring test(three_dcs, 3);
  test.ask("eu-1", {"SET", "key", "v", "EX", "300"});
  test.settle();
  const std::uint64_t before = test.entries();
  test.cluster.skew("eu-1", 500s);
  test.cluster.run_for(100s);
  CHECK(test.ask("eu-1", {"GET", "key"}) == nil);
  CHECK(test.ask("us-1", {"GET", "key"}) == Value(Bytes("v")));
  CHECK(test.entries() == before);
}

TEST_CASE("nothing_that_has_expired_is_removed_while_a_member_is_away_and_it_stays_hidden") {
  Expiring test(three_dcs, 4);
  test.ask("eu-1", {"SET", "key", "v", "EX", "30"});
  test.settle();
  test.cluster.kill("us-2");
  test.cluster.run_for(600s);
  CHECK(test.entries() > 0);
  CHECK(test.ask("eu-1", {"GET", "key"}) == nil);
  REQUIRE(test.cluster.start("us-2"));
  REQUIRE(test.cluster.run_until_serving());
  CHECK(test.ask("us-2", {"GET", "key"}) == nil);
  CHECK(test.leaves_nothing(60s));
}

TEST_CASE("a_counter_that_expired_counts_anew_exactly") {
  Expiring test(three_dcs, 5);
  test.ask("eu-1", {"INCRBY", "key", "5"});
  test.ask("us-1", {"INCRBY", "key", "7"});
  test.settle();
  test.ask("ap-1", {"EXPIRE", "key", "20"});
  test.settle();
  test.cluster.run_for(21s);
  CHECK(test.ask("us-1", {"INCR", "key"}) == one);
  test.settle();
  CHECK(test.ask("eu-1", {"GET", "key"}) == Value(Bytes("1")));
  test.cluster.run_for(120s);
  CHECK(test.ask("eu-1", {"GET", "key"}) == Value(Bytes("1")));
  CHECK(test.ask("eu-1", {"TTL", "key"}) == Value(std::int64_t{-1}));
}

TEST_CASE("what_persists_keeps_no_trace_of_it") {
  Expiring test(three_dcs, 6);
  test.ask("eu-1", {"SADD", "set", "m"});
  test.settle();
  const std::uint64_t before = test.entries();
  test.ask("eu-1", {"EXPIRE", "set", "100"});
  test.ask("eu-1", {"PERSIST", "set"});
  test.settle();
  CHECK(test.entries() > before);
  CHECK(test.cluster.run_until([&] { return test.entries() == before; }, 120s, 500ms));
}
