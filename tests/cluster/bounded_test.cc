// Proves that the rights to subtract from a bounded counter come to where they are wanted, and are spent once.
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/sim/cluster.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr Level quorum{Level::Kind::local_quorum, 0};

bool subtracts(Cluster& cluster, BytesView node, std::int64_t amount) {
  const auto result = cluster.ask(node, {"BOUNDED.SUB", "stock", std::to_string(amount)}, quorum);
  return std::holds_alternative<Value>(result);
}

Value value_at(Cluster& cluster, BytesView node) {
  const auto result = cluster.ask(node, {"BOUNDED.GET", "stock"}, quorum);
  if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
  return std::get<Value>(result);
}

}  // namespace

TEST_CASE("rights_that_are_wanted_elsewhere_come_there_unasked") {
  Cluster cluster(three_dcs, 41);
  REQUIRE(cluster.run_until_serving());
  REQUIRE(std::holds_alternative<Value>(cluster.ask("eu-1", {"BOUNDED.ADD", "stock", "10"}, quorum)));
  const bool has_come =
      cluster.run_until([&] { return value_at(cluster, "us-1") == Value(std::int64_t{10}); }, 10s, 100ms);
  REQUIRE(has_come);
  const auto refused = cluster.ask("us-1", {"BOUNDED.SUB", "stock", "4"}, quorum);
  REQUIRE(std::holds_alternative<Error>(refused));
  CHECK(std::get<Error>(refused).code == ErrorCode::unavailable);
  CHECK(std::get<Error>(refused).tag == ErrorTag::retryable);
  CHECK(std::get<Error>(refused).sentence.find("10 at eu-") != std::string::npos);
  REQUIRE(cluster.run_until([&] { return subtracts(cluster, "us-1", 4); }, 10s, 100ms));
  CHECK(value_at(cluster, "us-1") == Value(std::int64_t{6}));
}

TEST_CASE("datacenters_that_are_cut_off_spend_what_they_have_and_no_more") {
  Cluster cluster(three_dcs, 42);
  REQUIRE(cluster.run_until_serving());
  REQUIRE(std::holds_alternative<Value>(cluster.ask("eu-1", {"BOUNDED.ADD", "stock", "20"}, quorum)));
  REQUIRE(cluster.run_until([&] { return subtracts(cluster, "us-1", 1); }, 10s, 100ms));
  cluster.cut("eu", "us");
  cluster.cut("ap", "us");
  int sold = 1;
  for (int round = 0; round < 30; ++round) {
    for (const char* node : {"eu-1", "us-1"}) sold += subtracts(cluster, node, 1) ? 1 : 0;
  }
  cluster.heal();
  REQUIRE(cluster.run_until([&] { return cluster.unequal().empty(); }, 30s, 100ms));
  CHECK(sold <= 20);
  CHECK(value_at(cluster, "ap-1") == Value(std::int64_t{20 - sold}));
}

TEST_CASE("what_a_lost_node_might_have_subtracted_is_taken_over") {
  const char* const lost = GENERATE("eu-1", "eu-2", "ap-3");
  CAPTURE(lost);
  Cluster cluster(three_dcs, 43);
  REQUIRE(cluster.run_until_serving());
  REQUIRE(std::holds_alternative<Value>(cluster.ask(lost, {"BOUNDED.ADD", "stock", "10"}, quorum)));
  REQUIRE(cluster.run_until([&] { return cluster.unequal().empty(); }, 30s, 100ms));
  cluster.kill(lost);
  cluster.wipe(lost);
  // Until it is back nobody can know that it spends nothing.
  for (int round = 0; round < 100; ++round) REQUIRE_FALSE(subtracts(cluster, "us-1", 1));
  cluster.start(lost);
  REQUIRE(cluster.run_until_serving(30s));
  REQUIRE(cluster.run_until([&] { return subtracts(cluster, "us-1", 10); }, 60s, 100ms));
  CHECK_FALSE(subtracts(cluster, lost, 1));
  CHECK(value_at(cluster, "us-1") == Value(std::int64_t{0}));
}
