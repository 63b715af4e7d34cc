// Proves that a replica comes back right after a loss (rules 5 to 8): wiped, stale, damaged, restored from an old copy, or
// cut from power before it had synced; or that it refuses, and says why.
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/sim/cluster.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr Level local_one{Level::Kind::local_one, 0};

/// Logs that reach back a few dozen writes, and checkpoints all the time.
Disks short_logs() {
  Disks disks;
  disks.log.segment_bytes = 16 << 10U;
  disks.log.block_bytes = 1 << 10U;
  disks.store.checkpoint_every = 300ms;
  disks.store.log_bytes_max = 64 << 10U;
  return disks;
}

Value value_of(const std::variant<Value, Error>& result) {
  if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
  return std::get<Value>(result);
}
ErrorCode code_of(const std::variant<Value, Error>& result) {
  const auto* error = std::get_if<Error>(&result);
  REQUIRE(error != nullptr);
  return error->code;
}

/// One write of 1 kB to each of `keys` keys, `rounds` times.
void write(Cluster& cluster, BytesView node, int rounds, int keys = 20, Level level = {}) {
  for (int round = 0; round < rounds; ++round) {
    for (int key = 0; key < keys; ++key) {
      value_of(cluster.ask(node, {"SET", "k" + std::to_string(key), Bytes(node).append(1000, 'x')}, level));
      value_of(cluster.ask(node, {"INCR", "n" + std::to_string(key % 5)}, level));
      value_of(cluster.ask(node, {"SADD", "s", Bytes(node) + std::to_string(round * keys + key)}, level));
    }
    cluster.run_for(100ms);
  }
}

bool noticed(Cluster& cluster, BytesView node, BytesView what) {
  return std::any_of(cluster.notices().begin(), cluster.notices().end(), [&](const std::string& notice) {
    return notice.starts_with(node) && notice.find(what) != std::string::npos;
  });
}

void require_equal(Cluster& cluster, Micros limit = 30s) {
  const bool equal = cluster.run_until([&] { return cluster.difference().empty(); }, limit);
  INFO(cluster.difference());
  for (const std::string& notice : cluster.notices()) UNSCOPED_INFO(notice);
  REQUIRE(equal);
}

void require_serving(Cluster& cluster, Micros limit = 20s) {
  const bool serving = cluster.run_until_serving(limit);
  for (const std::string& notice : cluster.notices()) UNSCOPED_INFO(notice);
  REQUIRE(serving);
}

}  // namespace

TEST_CASE("a_wiped_node_comes_back_from_the_others_under_a_new_actor") {
  const bool trimmed = GENERATE(false, true);
  Cluster cluster(three_dcs, 31, {}, trimmed ? short_logs() : Disks{});
  require_serving(cluster);
  write(cluster, "eu-2", 6);
  cluster.kill("eu-2");
  cluster.wipe("eu-2");
  write(cluster, "eu-1", 2);
  cluster.start("eu-2", GENERATE(false, true));  // told to found or not: the cluster knows better
  require_serving(cluster);
  CHECK(noticed(cluster, "eu-2", "empty"));
  CHECK(noticed(cluster, "eu-2", "full sync with") == trimmed);
  CHECK(value_of(cluster.ask("eu-2", {"GET", "n0"}, local_one)) == Value(Bytes("32")));
  write(cluster, "eu-2", 1);
  require_equal(cluster);
}

TEST_CASE("a_wiped_node_does_not_serve_before_it_has_heard_enough_others") {
  Cluster cluster(one_dc, 32);
  require_serving(cluster);
  write(cluster, "eu-1", 1);
  cluster.kill("eu-2");
  cluster.wipe("eu-2");
  cluster.kill("eu-3");
  cluster.start("eu-2");
  cluster.run_for(10s);
  CHECK_FALSE(cluster.status("eu-2").serving);
  CHECK(code_of(cluster.ask("eu-2", {"GET", "n0"}, local_one)) == ErrorCode::unavailable);
  cluster.start("eu-3");
  require_serving(cluster);
  require_equal(cluster);
}

TEST_CASE("a_whole_region_that_was_wiped_comes_back_from_the_others") {
  Cluster cluster(three_dcs, 33, {}, short_logs());
  require_serving(cluster);
  write(cluster, "ap-1", 5);
  cluster.run_for(3s);
  for (const BytesView node : {"ap-1", "ap-2", "ap-3"}) {
    cluster.kill(node);
    cluster.wipe(node);
  }
  cluster.run_for(5s);
  for (const BytesView node : {"ap-1", "ap-2", "ap-3"}) cluster.start(node);
  require_serving(cluster);
  CHECK(value_of(cluster.ask("ap-3", {"GET", "n0"})) == Value(Bytes("20")));
  require_equal(cluster);
}

TEST_CASE("a_node_that_was_away_for_longer_than_the_logs_reach_serves_on_and_catches_up") {
  Cluster cluster(three_dcs, 34, {}, short_logs());
  require_serving(cluster);
  write(cluster, "us-2", 1);
  cluster.kill("us-2");
  write(cluster, "eu-1", 20);
  cluster.start("us-2");
  require_equal(cluster);
  CHECK(noticed(cluster, "us-2", "full sync with"));
  CHECK(cluster.status("us-2").ready);
}

TEST_CASE("regions_that_were_cut_off_for_longer_than_their_logs_reach_merge_both_ways_and_lose_nothing") {
  Cluster cluster(three_dcs, 35, {}, short_logs());
  require_serving(cluster);
  write(cluster, "eu-1", 1);
  require_equal(cluster);
  cluster.cut("ap", "eu");
  cluster.cut("ap", "us");
  write(cluster, "eu-1", 15);
  write(cluster, "ap-2", 15);
  cluster.heal();
  write(cluster, "us-3", 2);
  require_equal(cluster, 60s);
  CHECK(value_of(cluster.ask("ap-1", {"GET", "n1"})) == Value(Bytes(std::to_string(4 * (1 + 15 + 15 + 2)))));
  CHECK(value_of(cluster.ask("eu-3", {"SCARD", "s"})) == Value(std::int64_t{20 * (15 + 15 + 2)}));
}

TEST_CASE("who_loses_power_before_a_sync_recovers_and_nothing_that_a_quorum_has_is_lost") {
  Bytes text(three_dcs);
  text.insert(text.find("partitions:"), "durability: 500ms\n");
  Cluster cluster(text, 36);
  require_serving(cluster);
  write(cluster, "eu-1", 1);
  cluster.power_cut("eu-1", 0);
  cluster.run_for(1s);
  cluster.start("eu-1");
  require_serving(cluster);
  CHECK(noticed(cluster, "eu-1", "has caught up after a loss"));
  CHECK(value_of(cluster.ask("eu-1", {"GET", "n0"})) == Value(Bytes("4")));
  write(cluster, "eu-1", 1);
  require_equal(cluster);
}

TEST_CASE("a_whole_region_that_loses_power_before_a_sync_serves_once_each_covers_all_of_it") {
  Bytes text(three_dcs);
  text.insert(text.find("partitions:"), "durability: 500ms\n");
  Cluster cluster(text, 37);
  require_serving(cluster);
  write(cluster, "us-1", 2);
  for (const BytesView node : {"us-1", "us-2", "us-3"}) cluster.power_cut(node, 10);
  cluster.run_for(3s);
  cluster.start("us-1");
  cluster.start("us-3");
  cluster.run_for(5s);
  CHECK_FALSE(cluster.status("us-1").serving);  // us-2 may have what they lost
  cluster.start("us-2");
  require_serving(cluster);
  write(cluster, "us-2", 1);
  require_equal(cluster);
}

TEST_CASE("a_replica_alone_in_its_datacenter_asks_the_others_after_a_loss") {
  Bytes text(four_dcs);
  for (std::size_t at = 0; (at = text.find("replicas: 2", at)) != Bytes::npos;)
    text.replace(at, 11, "replicas: 1");
  text.insert(text.find("partitions:"), "durability: 10s\n");
  Cluster cluster(text, 42);
  require_serving(cluster);
  const std::string node =
      cluster.configuration().node(cluster.placement().replicas(PartitionId{0}, dc_id("eu"))[0])->name;
  for (int i = 0; i < 10; ++i) value_of(cluster.ask(node, {"INCR", "n"}));
  require_equal(cluster);  // others have it, and its own disk has not yet
  cluster.power_cut(node, 0);
  cluster.start(node);
  REQUIRE(cluster.run_until([&] { return cluster.status(node).serving; }, 10s));
  CHECK(value_of(cluster.ask(node, {"GET", "n"}, local_one)) == Value(Bytes("10")));
  require_equal(cluster);
}

TEST_CASE("a_folder_restored_from_an_old_copy_takes_a_new_actor_and_catches_up") {
  Cluster cluster(three_dcs, 38, {}, short_logs());
  require_serving(cluster);
  write(cluster, "eu-2", 1);
  cluster.stop_clean("eu-2");
  const MemoryEventLog log = cluster.log("eu-2");
  const MemoryStateStore state = cluster.state("eu-2");
  cluster.start("eu-2");
  require_serving(cluster);
  write(cluster, "eu-2", 10);
  cluster.kill("eu-2");
  cluster.log("eu-2") = log;
  cluster.state("eu-2") = state;
  cluster.start("eu-2");
  require_serving(cluster);
  CHECK(noticed(cluster, "eu-2", "older copy"));
  CHECK(value_of(cluster.ask("eu-2", {"GET", "n0"}, local_one)) == Value(Bytes("44")));
  write(cluster, "eu-2", 1);
  require_equal(cluster);
}

TEST_CASE("a_copy_of_the_last_incarnation_is_told_by_what_it_acknowledged_since") {
  Cluster cluster(one_dc, 39);
  require_serving(cluster);
  write(cluster, "eu-1", 1);
  const MemoryEventLog log = cluster.log("eu-2");  // while it runs
  const MemoryStateStore state = cluster.state("eu-2");
  write(cluster, "eu-1", 1);
  cluster.kill("eu-2");
  cluster.log("eu-2") = log;
  cluster.state("eu-2") = state;
  cluster.start("eu-2");
  require_serving(cluster);
  CHECK(noticed(cluster, "eu-2", "acknowledged events"));
  require_equal(cluster);
}

TEST_CASE("a_restored_folder_with_events_that_no_member_has_is_refused_and_the_reason_says_what_to_do") {
  Cluster cluster(one_dc, 40);
  require_serving(cluster);
  for (const BytesView other : {"eu-1", "eu-3"}) cluster.cut("eu-2", other);
  cluster.run_for(100ms);
  value_of(cluster.ask("eu-2", {"SADD", "s", "known to eu-2 alone"}, local_one));
  cluster.kill("eu-2");
  const MemoryEventLog log = cluster.log("eu-2");
  const MemoryStateStore state = cluster.state("eu-2");
  cluster.wipe("eu-2");
  cluster.heal();
  cluster.start("eu-2");
  require_serving(cluster);
  cluster.kill("eu-2");
  cluster.log("eu-2") = log;
  cluster.state("eu-2") = state;
  cluster.start("eu-2");
  cluster.run_for(20s);
  CHECK_FALSE(cluster.status("eu-2").serving);
  CHECK(cluster.status("eu-2").reason.find("move the folder away") != std::string::npos);
  cluster.kill("eu-2");
  cluster.wipe("eu-2");
  cluster.start("eu-2");
  require_serving(cluster);
  require_equal(cluster);
}

TEST_CASE("what_is_damaged_in_the_state_is_repaired_from_another_replica") {
  const Bytes value = Bytes("eu-1").append(1000, 'x');
  Disks disks = short_logs();
  disks.store.tier_bytes_max = 0;  // what is read is read from the disk
  Cluster cluster(three_dcs, 41, {}, disks);
  require_serving(cluster);
  write(cluster, "eu-1", 4);
  cluster.run_for(2s);  // until it is in a checkpoint
  std::vector<Bytes> keys;
  REQUIRE(cluster.state("eu-2").scan("O", [&](BytesView key, BytesView) {
    if (key[0] == 'O') keys.emplace_back(key);
    return key[0] == 'O';
  }));
  for (std::size_t i = 0; i < keys.size(); i += 7) REQUIRE(cluster.state("eu-2").damage(keys[i], 100));
  for (int i = 0; i < 20; ++i) {
    const auto result = cluster.ask("eu-2", {"GET", "k" + std::to_string(i)}, local_one);
    if (const auto* found = std::get_if<Value>(&result)) CHECK(*found == Value(value));
  }
  cluster.ask("eu-2", {"SMEMBERS", "s"}, local_one);
  REQUIRE(noticed(cluster, "eu-2", "is damaged"));
  require_serving(cluster);
  for (int i = 0; i < 20; ++i) {
    CHECK(value_of(cluster.ask("eu-2", {"GET", "k" + std::to_string(i)}, local_one)) == Value(value));
  }
  write(cluster, "eu-2", 1);
  require_equal(cluster);
}
