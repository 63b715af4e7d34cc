// Proves that whole clusters forget what is settled, everywhere, and nothing while a member is away, whatever clocks say.
#include <catch2/catch.hpp>

#include "base/check.h"
#include "tests/cluster/topologies.h"
#include "tests/sim/cluster.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr Level local_quorum{Level::Kind::local_quorum, 0};

struct Forgetting {
  explicit Forgetting(BytesView topology, std::uint64_t seed) : cluster(topology, seed) {
    REQUIRE(cluster.run_until_serving());
  }
  void ask(BytesView node, std::vector<Bytes> arguments) {
    const auto answer = cluster.ask(node, std::move(arguments));
    if (const auto* error = std::get_if<Error>(&answer)) FAIL(to_string(*error));
  }
  std::shared_ptr<Call> increment(BytesView node, const Bytes& key, std::uint64_t number, Micros lifetime) {
    const std::int64_t expires_ms = (cluster.wall().time_since_epoch() + lifetime) / 1ms;
    auto call = cluster.call(node, {"INCR", key}, local_quorum, RequestId{1, number, expires_ms});
    cluster.run_until([&] { return call->result.has_value(); }, 5s);
    REQUIRE(call->result);
    return call;
  }
  /// Entries with this part, over all replicas.
  std::size_t count(Part part) {
    std::size_t sum = 0;
    for (const NodeId node : cluster.configuration().nodes()) {
      const std::string& name = cluster.configuration().node(node)->name;
      if (!cluster.up(name)) continue;
      for (const PartitionId id : cluster.store(name).partitions()) {
        const auto walked =
            cluster.store(name).partition(id).walk(std::nullopt, [&](BytesView, const EntryView& entry) {
              if (parse_path(entry.path)->part == part) ++sum;
              return true;
            });
        CW_CHECK(walked.has_value(), "it is read");
      }
    }
    return sum;
  }
  bool is_forgotten(Part part, Micros limit) {
    return cluster.run_until([&] { return count(part) == 0; }, limit, 500ms);
  }
  void check_sound() {
    REQUIRE(cluster.run_until([&] { return cluster.difference().empty(); }, 20s));
  }
  Bytes read(BytesView node, const Bytes& key) {
    const auto answer = cluster.ask(node, {"GET", key});
    return std::get<Bytes>(std::get<Value>(answer));
  }

  Cluster cluster;
};

}  // namespace

TEST_CASE("a_request_is_forgotten_everywhere_once_it_has_expired_and_not_before") {
  Forgetting test(three_dcs, 1);
  for (std::uint64_t i = 0; i < 20; ++i)
    test.increment(i % 2 == 0 ? "eu-1" : "us-2", "key" + std::to_string(i), i, 60s);
  test.cluster.run_for(50s);
  CHECK(test.count(Part::request) == 20 * 9);
  CHECK(test.is_forgotten(Part::request, 40s));
  test.check_sound();
  CHECK(test.read("ap-1", "key3") == "1");
}

TEST_CASE("nothing_is_forgotten_while_a_member_is_away_and_all_once_it_is_back") {
  Forgetting test(three_dcs, 2);
  test.increment("eu-1", "key", 1, 10s);
  test.cluster.run_for(2s);
  test.cluster.kill("ap-3");
  test.cluster.run_for(300s);
  CHECK(test.count(Part::request) == 8);
  REQUIRE(test.cluster.start("ap-3"));
  CHECK(test.is_forgotten(Part::request, 40s));
  test.check_sound();
}

TEST_CASE("nothing_is_forgotten_while_a_datacenter_is_cut_off_and_a_retry_there_still_counts_once") {
  Forgetting test(three_dcs, 3);
  test.cluster.cut("eu", "ap");
  test.cluster.cut("us", "ap");
  test.cluster.run_for(3s);
  test.increment("eu-1", "key", 1, 100s);
  test.increment("ap-1", "key", 1, 100s);
  test.cluster.run_for(300s);
  CHECK(test.count(Part::request) == 9);
  test.cluster.heal();
  test.check_sound();
  CHECK(test.read("us-1", "key") == "1");
  test.cluster.run_for(60s);
  CHECK(test.count(Part::request) ==
        2 * 9);  // both cells are there: the records say that one too many counts
  test.ask("eu-2", {"DEL", "key"});
  CHECK(test.is_forgotten(Part::request, 60s));
  test.check_sound();
}

TEST_CASE("a_member_whose_clock_is_behind_holds_up_what_has_expired_elsewhere") {
  Forgetting test(one_dc, 4);
  test.cluster.skew("eu-3", -1000s);
  test.increment("eu-1", "key", 1, 30s);
  test.cluster.run_for(200s);
  CHECK(test.count(Part::request) == 3);
  test.cluster.skew("eu-3", 0s);
  CHECK(test.is_forgotten(Part::request, 40s));
}

TEST_CASE("what_a_reset_forgot_goes_when_those_whose_increments_it_saw_have_seen_it") {
  Forgetting test(three_dcs, 5);
  for (const BytesView node : {"eu-1", "eu-2", "us-1", "ap-1"}) test.ask(node, {"COUNTER.ADD", "key", "5"});
  test.check_sound();
  test.ask("eu-3", {"COUNTER.RESET", "key"});
  CHECK(test.count(Part::forgotten) > 0);
  CHECK(test.is_forgotten(Part::forgotten, 60s));
  test.check_sound();
  test.ask("us-2", {"COUNTER.ADD", "key", "1"});
  CHECK(std::get<Value>(test.cluster.ask("us-2", {"COUNTER.GET", "key"})) == Value(std::int64_t{1}));
}

TEST_CASE("a_deleted_counter_leaves_nothing_also_of_nodes_that_were_wiped_since") {
  Forgetting test(three_dcs, 6);
  for (const BytesView node : {"eu-1", "us-1", "ap-1"}) test.ask(node, {"COUNTER.ADD", "key", "5"});
  test.check_sound();
  test.cluster.kill("us-1");
  test.cluster.wipe("us-1");
  REQUIRE(test.cluster.start("us-1"));
  REQUIRE(test.cluster.run_until_serving(30s));
  test.check_sound();
  test.ask("eu-3", {"DEL", "key"});
  CHECK(test.count(Part::forgotten) > 0);
  CHECK(test.is_forgotten(Part::forgotten, 60s));
  test.check_sound();
  std::uint64_t entries = 0;
  for (const NodeId node : test.cluster.configuration().nodes())
    entries += test.cluster.status(test.cluster.configuration().node(node)->name).entries;
  CHECK(entries == 0);
}

TEST_CASE(
    "a_node_that_starts_again_with_an_earlier_clock_does_not_take_a_request_that_others_have_forgotten") {
  Forgetting test(one_dc, 8);
  const auto first = test.increment("eu-1", "key", 1, 20s);
  const std::int64_t expires_ms = test.cluster.wall().time_since_epoch() / 1ms + 20'000 - 100;
  CHECK(test.is_forgotten(Part::request, 60s));
  test.cluster.kill("eu-1");
  test.cluster.skew("eu-1", -3600s);
  REQUIRE(test.cluster.start("eu-1"));
  REQUIRE(test.cluster.run_until_serving());
  const auto call = test.cluster.call("eu-1", {"INCR", "key"}, local_quorum, RequestId{1, 1, expires_ms});
  test.cluster.run_for(3s);
  REQUIRE(call->result);
  REQUIRE(std::holds_alternative<Error>(*call->result));
  CHECK(std::get<Error>(*call->result).code == ErrorCode::invalid);
  CHECK(test.read("eu-2", "key") == "1");
}

TEST_CASE("a_cluster_in_which_nothing_waits_to_be_forgotten_makes_no_checkpoints") {
  Forgetting test(one_dc, 9);
  test.ask("eu-1", {"SADD", "key", "m"});
  test.cluster.run_for(30s);
  const std::uint64_t before = test.cluster.state("eu-1").commits();
  test.cluster.run_for(600s);
  CHECK(test.cluster.state("eu-1").commits() == before);
}
