// Known failures of other stores, each as a scenario that must end well here. The tests are named after the failures.
#include <catch2/catch.hpp>

#include "tests/sim/cluster.h"
#include "tests/cluster/topologies.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr Level local_one{Level::Kind::local_one, 0};
constexpr std::int64_t expires_ms = 1'700'000'000'000 + 3'600'000;

Value value_of(const std::variant<Value, Error>& result) {
  if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
  return std::get<Value>(result);
}

Value ask(Cluster& cluster, BytesView node, std::vector<Bytes> arguments, Level level = {}) {
  return value_of(cluster.ask(node, std::move(arguments), level));
}

/// An increment that is sent again, to the next of these nodes, until one says that it is done.
void increment(Cluster& cluster, const std::vector<Bytes>& nodes, const Bytes& key, std::uint64_t id) {
  for (std::size_t i = 0; i < 40; ++i) {
    const auto call = cluster.call(nodes[i % nodes.size()], {"INCR", key}, {}, RequestId{9, id, expires_ms}, 300);
    cluster.run_until([&] { return call->result.has_value(); }, 400ms);
    if (call->result && std::holds_alternative<Value>(*call->result)) return;
  }
  FAIL("nobody takes the increment");
}

bool converges(Cluster& cluster, Micros limit = 30s) {
  return cluster.run_until([&] { return cluster.difference().empty(); }, limit);
}

/// The same answer at every node.
void check_everywhere(Cluster& cluster, const std::vector<Bytes>& arguments, const Value& expected) {
  for (const NodeId id : cluster.configuration().nodes()) {
    const std::string& node = cluster.configuration().node(id)->name;
    INFO(node << ": " << arguments[0] << " " << arguments[1]);
    CHECK(ask(cluster, node, arguments, local_one) == expected);
  }
}

Value members(std::vector<Bytes> names) {
  std::sort(names.begin(), names.end());
  Value::Array values;
  for (Bytes& name : names) values.emplace_back(std::move(name));
  return values;
}

Disks small_logs() {
  Disks disks;
  disks.log.segment_bytes = 4 << 10U;
  disks.log.block_bytes = 1 << 10U;
  disks.store.checkpoint_every = 500ms;
  return disks;
}

const std::vector<Bytes> us{"us-1", "us-2", "us-3"};

}  // namespace

TEST_CASE("counters_that_diverge_when_a_datacenter_restarts_in_the_middle_of_increments") {
  for (const bool power : {false, true}) {
    Cluster cluster(three_dcs, 41 + (power ? 1 : 0), {}, small_logs());
    REQUIRE(cluster.run_until_serving());
    std::uint64_t id = 0;
    for (int round = 0; round < 6; ++round) {
      std::vector<std::shared_ptr<Call>> in_flight;
      for (std::size_t i = 0; i < 12; ++i) {
        in_flight.push_back(cluster.call(us[i % 3], {"INCR", "views"}, {}, RequestId{9, ++id, expires_ms}));
      }
      cluster.run_for(Micros(100 + 150 * round));  // some have issued, some have been sent, none or few are answered
      for (const Bytes& node : us) power ? cluster.power_cut(node, static_cast<std::uint64_t>(round % 3)) : cluster.kill(node);
      increment(cluster, {"eu-1", "ap-2"}, "views", 1000 + static_cast<std::uint64_t>(round));
      for (const Bytes& node : us) cluster.start(node);
      REQUIRE(cluster.run_until_serving());
      for (std::uint64_t again = id - 11; again <= id; ++again) increment(cluster, {"us-2", "us-1", "eu-3"}, "views", again);
    }
    REQUIRE(converges(cluster));
    check_everywhere(cluster, {"GET", "views"}, Value(Bytes("78")));
  }
}

TEST_CASE("deletes_undone_by_a_returning_node") {
  Cluster cluster(three_dcs, 43, {}, small_logs());
  REQUIRE(cluster.run_until_serving());
  ask(cluster, "us-2", {"SADD", "cart", "kept", "gone"});
  ask(cluster, "us-2", {"SET", "name", "x"});
  ask(cluster, "us-2", {"INCRBY", "count", "5"});
  REQUIRE(converges(cluster));
  cluster.kill("us-2");
  cluster.run_for(3s);
  ask(cluster, "eu-1", {"SREM", "cart", "gone"});
  ask(cluster, "us-1", {"DEL", "name"});
  ask(cluster, "ap-1", {"DEL", "count"});
  for (int i = 0; i < 200; ++i) ask(cluster, "eu-2", {"SET", "other" + std::to_string(i % 7), Bytes(300, 'v')});
  cluster.run_for(30s);  // checkpoints, and trims as far as they go
  cluster.start("us-2");
  REQUIRE(cluster.run_until_serving());
  REQUIRE(converges(cluster));
  check_everywhere(cluster, {"SMEMBERS", "cart"}, members({"kept"}));
  check_everywhere(cluster, {"GET", "name"}, Value(Nil{}));
  check_everywhere(cluster, {"GET", "count"}, Value(Nil{}));
  cluster.run_for(10s);
  cluster.kill("us-2");  // and not by what its disk has, either
  cluster.start("us-2");
  REQUIRE(cluster.run_until_serving());
  check_everywhere(cluster, {"SMEMBERS", "cart"}, members({"kept"}));
}

TEST_CASE("set_additions_lost_when_a_cut_between_datacenters_heals") {
  Cluster cluster(three_dcs, 44);
  REQUIRE(cluster.run_until_serving());
  ask(cluster, "eu-1", {"SADD", "s", "before", "contended"});
  REQUIRE(converges(cluster));
  cluster.cut("eu", "us");
  cluster.cut("eu", "ap");
  cluster.cut("us", "ap");
  std::vector<Bytes> all{"before"};
  for (int i = 0; i < 30; ++i) {
    for (const char* node : {"eu-2", "us-3", "ap-1"}) {
      all.push_back(Bytes(node) + "/" + std::to_string(i));
      ask(cluster, node, {"SADD", "s", all.back()});
    }
    if (i == 10) ask(cluster, "us-1", {"SREM", "s", "contended"});
    if (i == 20) ask(cluster, "ap-2", {"SADD", "s", "contended"});  // it was there already: it must count all the same
    cluster.run_for(200ms);
  }
  all.emplace_back("contended");
  cluster.heal();
  REQUIRE(converges(cluster));
  check_everywhere(cluster, {"SMEMBERS", "s"}, members(all));
}

TEST_CASE("a_restarted_datacenter_that_never_catches_up") {
  Network network;
  network.loss_permille = 30;
  network.reorder_permille = 30;
  Cluster cluster(three_dcs, 45, network, small_logs());
  REQUIRE(cluster.run_until_serving());
  for (const Bytes& node : us) cluster.kill(node);
  for (int i = 0; i < 300; ++i) {
    ask(cluster, i % 2 == 0 ? "eu-1" : "ap-3", {"INCR", "n" + std::to_string(i % 5)});
    if (i % 50 == 0) cluster.run_for(5s);
  }
  for (const Bytes& node : us) cluster.start(node);
  REQUIRE(cluster.run_until_serving());
  for (int i = 0; i < 5; ++i) {
    CHECK(cluster.run_until([&] {
      return cluster.ask("us-2", {"GET", "n" + std::to_string(i)}) == std::variant<Value, Error>(Value(Bytes("60")));
    }, 20s));
  }
  CHECK(converges(cluster));
}

TEST_CASE("a_retry_after_a_timeout_that_counts_twice") {
  Cluster cluster(three_dcs, 46);
  REQUIRE(cluster.run_until_serving());
  const auto send = [&](BytesView node, std::uint64_t id) {
    const auto call = cluster.call(node, {"INCR", "paid"}, {}, RequestId{7, id, expires_ms}, 400);
    cluster.run_until([&] { return call->result.has_value(); }, 600ms);
    return call->result;
  };
  // The coordinator has it, and cannot tell anybody: the answer is a timeout, or none.
  cluster.cut("eu-1", "eu-2");
  cluster.cut("eu-1", "eu-3");
  cluster.cut("eu", "us");
  const auto first = send("eu-1", 1);
  REQUIRE((!first || std::holds_alternative<Error>(*first)));
  REQUIRE(send("eu-2", 1));  // through another node
  REQUIRE(send("us-1", 1));  // through another datacenter
  REQUIRE(send("us-3", 1));
  CHECK(ask(cluster, "us-2", {"GET", "paid"}) == Value(Bytes("1")));
  cluster.heal();
  REQUIRE(converges(cluster));
  check_everywhere(cluster, {"GET", "paid"}, Value(Bytes("1")));
  value_of(*send("ap-1", 1));  // long after
  value_of(*send("eu-1", 2));
  REQUIRE(converges(cluster));
  check_everywhere(cluster, {"GET", "paid"}, Value(Bytes("2")));
}

TEST_CASE("a_removal_that_overtakes_its_addition") {
  Cluster cluster(three_dcs, 47);
  REQUIRE(cluster.run_until_serving());
  cluster.run_for(1s);
  cluster.cut("eu", "ap");
  ask(cluster, "eu-1", {"SADD", "s", "x"});
  ask(cluster, "eu-1", {"INCRBY", "n", "5"});
  REQUIRE(cluster.run_until([&] { return ask(cluster, "us-1", {"GET", "n"}, local_one) == Value(Bytes("5")); }, 2s));
  REQUIRE(cluster.run_until([&] { return ask(cluster, "us-1", {"SCARD", "s"}, local_one) == Value(std::int64_t{1}); }, 2s));
  ask(cluster, "us-1", {"SREM", "s", "x"});
  ask(cluster, "us-1", {"DEL", "n"});
  cluster.run_for(300ms);  // the removals are at ap, the additions are not
  for (const BytesView node : {"ap-1", "ap-2", "ap-3"}) {
    CHECK(ask(cluster, node, {"SCARD", "s"}, local_one) == Value(std::int64_t{0}));
    CHECK(ask(cluster, node, {"GET", "n"}, local_one) == Value(Nil{}));
  }
  cluster.heal();
  REQUIRE(converges(cluster));
  check_everywhere(cluster, {"SCARD", "s"}, Value(std::int64_t{0}));
  check_everywhere(cluster, {"GET", "n"}, Value(Nil{}));
  ask(cluster, "ap-1", {"INCR", "n"});
  REQUIRE(converges(cluster));
  check_everywhere(cluster, {"GET", "n"}, Value(Bytes("1")));
}

namespace {

/// Durability by time: what was not synced is lost with the power.
Bytes timed(BytesView topology) {
  Bytes text(topology);
  text.insert(text.find("partitions:"), "durability: 5000ms\n");
  return text;
}

bool noted(const Cluster& cluster, BytesView what) {
  const auto& notices = cluster.notices();
  return std::any_of(notices.begin(), notices.end(), [what](const auto& notice) { return notice.find(what) != Bytes::npos; });
}

void start(Cluster& cluster, BytesView node) { REQUIRE(cluster.start(node)); }

}  // namespace

TEST_CASE("an_actor_reused_after_its_disk_was_lost") {
  Cluster cluster(three_dcs, 48, {}, small_logs());
  REQUIRE(cluster.run_until_serving());
  for (int i = 0; i < 10; ++i) ask(cluster, "us-2", {"INCR", "n"});
  REQUIRE(converges(cluster));
  const PartitionId partition = partition_of("n", 4);
  const auto actors = [&] { return cluster.store("eu-1").partition(partition).clock().rows().size(); };
  const auto before = actors();
  const auto incarnation = cluster.status("us-2").incarnation;
  cluster.kill("us-2");
  cluster.wipe("us-2");
  start(cluster, "us-2");
  REQUIRE(cluster.run_until_serving(30s));
  CHECK(cluster.status("us-2").incarnation > incarnation);
  for (int i = 0; i < 10; ++i) ask(cluster, "us-2", {"INCR", "n"});
  REQUIRE(converges(cluster));
  CHECK(actors() == before + 1);  // what it issues now is another's
  check_everywhere(cluster, {"GET", "n"}, Value(Bytes("20")));
}

TEST_CASE("a_snapshot_that_claims_its_clock_too_early") {
  Disks disks = small_logs();
  disks.chunk_bytes = 256;
  Cluster cluster(three_dcs, 49, {}, disks);
  REQUIRE(cluster.run_until_serving());
  std::vector<Bytes> all;
  const auto add = [&](BytesView node) {
    all.push_back("m" + std::to_string(all.size()));
    ask(cluster, node, {"SADD", "s", all.back(), "passing"});
    if (all.size() % 3 == 0) ask(cluster, node, {"SREM", "s", "passing"});
    ask(cluster, node, {"INCR", "n" + std::to_string(all.size() % 5)});
  };
  for (int i = 0; i < 60; ++i) add("us-1");
  REQUIRE(converges(cluster));
  cluster.run_for(10s);  // the logs are trimmed
  cluster.kill("us-2");
  cluster.wipe("us-2");
  start(cluster, "us-2");
  // The source's state changes from chunk to chunk, and in both directions.
  for (int i = 0; i < 60; ++i) add(i % 2 == 0 ? "us-1" : "eu-2");
  ask(cluster, "us-3", {"SREM", "s", "passing"});
  REQUIRE(cluster.run_until_serving(30s));
  REQUIRE(converges(cluster));
  CHECK(noted(cluster, "full sync"));
  check_everywhere(cluster, {"SMEMBERS", "s"}, members(all));
  for (int i = 0; i < 5; ++i) check_everywhere(cluster, {"GET", "n" + std::to_string(i)}, Value(Bytes("24")));
  for (const NodeId id : cluster.configuration().nodes()) {
    CHECK(cluster.status(cluster.configuration().node(id)->name).divergences == 0);
  }
}

TEST_CASE("a_restored_backup") {
  Cluster cluster(three_dcs, 50, {}, small_logs());
  REQUIRE(cluster.run_until_serving());
  ask(cluster, "us-2", {"SADD", "cart", "kept", "gone"});
  for (int i = 0; i < 5; ++i) ask(cluster, "us-2", {"INCR", "n"});
  REQUIRE(converges(cluster));
  cluster.stop_clean("us-2");  // the copy has the mark of a clean stop
  cluster.back_up("us-2");
  start(cluster, "us-2");
  REQUIRE(cluster.run_until_serving());
  for (int i = 0; i < 5; ++i) ask(cluster, "us-2", {"INCR", "n"});
  ask(cluster, "us-2", {"SREM", "cart", "gone"});
  REQUIRE(converges(cluster));
  cluster.run_for(20s);
  cluster.kill("us-2");
  cluster.restore("us-2");
  start(cluster, "us-2");
  REQUIRE(cluster.run_until_serving(30s));
  CHECK(noted(cluster, "the folder is an older copy"));
  for (int i = 0; i < 5; ++i) ask(cluster, "us-2", {"INCR", "n"});
  REQUIRE(converges(cluster));
  check_everywhere(cluster, {"GET", "n"}, Value(Bytes("15")));
  check_everywhere(cluster, {"SMEMBERS", "cart"}, members({"kept"}));
}

TEST_CASE("quorum_reads_that_miss_a_write_after_a_lossy_restart") {
  Cluster cluster(timed(one_dc), 51);
  REQUIRE(cluster.run_until_serving());
  cluster.run_for(6s);
  cluster.cut("eu-3", "eu-1");
  cluster.cut("eu-3", "eu-2");
  ask(cluster, "eu-1", {"SET", "k", "acknowledged"});  // by eu-1 and eu-2
  cluster.power_cut("eu-2", 0);
  cluster.heal();
  cluster.cut("eu-1", "eu-2");
  cluster.cut("eu-1", "eu-3");
  start(cluster, "eu-2");
  for (int i = 0; i < 20; ++i) {
    for (const BytesView node : {"eu-2", "eu-3"}) {
      const auto answer = cluster.ask(node, {"GET", "k"});
      if (std::holds_alternative<Value>(answer)) CHECK(std::get<Value>(answer) == Value(Bytes("acknowledged")));
    }
    cluster.run_for(300ms);
  }
  CHECK_FALSE(cluster.status("eu-2").serving);
  cluster.heal();
  REQUIRE(cluster.run_until_serving(30s));
  for (const BytesView node : {"eu-1", "eu-2", "eu-3"}) CHECK(ask(cluster, node, {"GET", "k"}) == Value(Bytes("acknowledged")));
  CHECK(converges(cluster));
}
