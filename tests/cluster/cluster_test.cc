#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/sim/cluster.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

Value value_of(const std::variant<Value, Error>& result) {
  if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
  return std::get<Value>(result);
}

ErrorCode error_of(const std::variant<Value, Error>& result) {
  REQUIRE(std::holds_alternative<Error>(result));
  return std::get<Error>(result).code;
}

bool converges(Cluster& cluster, Micros limit = 20s) {
  return cluster.run_until([&] { return cluster.difference().empty(); }, limit);
}

}  // namespace

TEST_CASE("a_founded_datacenter_serves_reads_of_its_writes_through_any_node") {
  Cluster cluster(one_dc, 1);
  REQUIRE(cluster.run_until_serving());
  CHECK(value_of(cluster.ask("eu-1", {"INCRBY", "views", "3"})) == Value(std::int64_t{3}));
  CHECK(value_of(cluster.ask("eu-2", {"INCR", "views"})) == Value(std::int64_t{4}));
  CHECK(value_of(cluster.ask("eu-3", {"GET", "views"})) == Value(Bytes("4")));
  CHECK(value_of(cluster.ask("eu-3", {"SADD", "cart", "apple", "pear"})) == Value(std::int64_t{2}));
  CHECK(value_of(cluster.ask("eu-1", {"SREM", "cart", "pear"})) == Value(std::int64_t{1}));
  CHECK(value_of(cluster.ask("eu-2", {"SMEMBERS", "cart"})) == Value(Value::Array{Value(Bytes("apple"))}));
  CHECK(converges(cluster));
}

TEST_CASE("three_datacenters_agree_while_and_after_one_is_cut_off") {
  Cluster cluster(three_dcs, 2);
  REQUIRE(cluster.run_until_serving());
  value_of(cluster.ask("eu-1", {"INCR", "word"}));
  REQUIRE(converges(cluster));
  CHECK(value_of(cluster.ask("ap-2", {"GET", "word"})) == Value(Bytes("1")));
  cluster.cut("eu", "us");
  cluster.cut("eu", "ap");
  cluster.run_for(3s);
  for (int i = 0; i < 10; ++i) {
    value_of(cluster.ask("eu-1", {"INCR", "word"}));
    value_of(cluster.ask("us-2", {"INCR", "word"}));
    value_of(cluster.ask("ap-3", {"SADD", "set", "m" + std::to_string(i)}));
  }
  CHECK(value_of(cluster.ask("us-1", {"GET", "word"})) == Value(Bytes("11")));
  cluster.heal();
  REQUIRE(converges(cluster));
  CHECK(value_of(cluster.ask("ap-1", {"GET", "word"})) == Value(Bytes("21")));
  CHECK(value_of(cluster.ask("eu-3", {"SCARD", "set"})) == Value(std::int64_t{10}));
}

TEST_CASE("commands_of_several_keys_are_taken_by_any_node_and_arrive_everywhere") {
  Cluster cluster(three_dcs, 22);
  REQUIRE(cluster.run_until_serving());
  value_of(cluster.ask("eu-1", {"SADD", "{t}a", "1", "2"}));
  value_of(cluster.ask("eu-2", {"SADD", "{t}b", "2", "3"}));
  CHECK(value_of(cluster.ask("eu-3", {"SUNIONSTORE", "{t}c", "{t}a", "{t}b"})) == Value(std::int64_t{3}));
  CHECK(value_of(cluster.ask("eu-1", {"SMOVE", "{t}a", "{t}b", "1"})) == Value(std::int64_t{1}));
  CHECK(value_of(cluster.ask("eu-2", {"SINTERCARD", "2", "{t}b", "{t}c"})) == Value(std::int64_t{3}));
  value_of(cluster.ask("us-1", {"PFADD", "{t}p", "x", "y"}));
  value_of(cluster.ask("ap-1", {"PFADD", "{t}q", "y", "z"}));
  REQUIRE(converges(cluster));
  CHECK(value_of(cluster.ask("ap-3", {"SCARD", "{t}c"})) == Value(std::int64_t{3}));
  CHECK(value_of(cluster.ask("eu-3", {"PFCOUNT", "{t}p", "{t}q"})) == Value(std::int64_t{3}));
  value_of(cluster.ask("eu-3", {"PFMERGE", "{t}q", "{t}p"}));
  CHECK(value_of(cluster.ask("eu-1", {"PFCOUNT", "{t}q"})) == Value(std::int64_t{3}));
}

TEST_CASE("a_pop_of_all_members_of_a_large_set_takes_what_it_saw_everywhere") {
  Cluster cluster(three_dcs, 23);
  REQUIRE(cluster.run_until_serving());
  std::vector<Bytes> add{"SADD", "s"};
  for (int i = 0; i < 2000; ++i) add.push_back("member" + std::to_string(i));
  value_of(cluster.ask("eu-1", add));
  REQUIRE(converges(cluster));
  cluster.cut("eu", "us");
  cluster.cut("eu", "ap");
  value_of(cluster.ask("us-1", {"SADD", "s", "member7", "new"}));
  CHECK(std::get<Value::Array>(value_of(cluster.ask("eu-2", {"SPOP", "s", "5000"}))).size() == 2000);
  CHECK(value_of(cluster.ask("eu-3", {"EXISTS", "s"})) == Value(std::int64_t{0}));
  cluster.heal();
  REQUIRE(converges(cluster));
  CHECK(value_of(cluster.ask("eu-1", {"SMEMBERS", "s"})) ==
        Value(Value::Array{Bytes("member7"), Bytes("new")}));
  CHECK(value_of(cluster.ask("ap-1", {"SCARD", "s"})) == Value(std::int64_t{2}));
}

TEST_CASE("a_killed_node_comes_back_and_catches_up") {
  Cluster cluster(three_dcs, 3);
  REQUIRE(cluster.run_until_serving());
  cluster.kill("us-2");
  for (int i = 0; i < 20; ++i) value_of(cluster.ask("us-1", {"INCR", "k" + std::to_string(i % 5)}));
  cluster.start("us-2");
  REQUIRE(cluster.run_until([&] { return cluster.status("us-2").serving; }, 2s));
  CHECK(converges(cluster));
}

TEST_CASE("with_no_local_quorum_a_write_is_refused_before_anything_happens") {
  Cluster cluster(one_dc, 4);
  REQUIRE(cluster.run_until_serving());
  cluster.kill("eu-2");
  cluster.kill("eu-3");
  cluster.run_for(3s);
  const auto result = cluster.ask("eu-1", {"INCR", "views"});
  REQUIRE(error_of(result) == ErrorCode::unavailable);
  CHECK(std::get<Error>(result).tag == ErrorTag::retryable);
  CHECK(std::get<Error>(result).needed == 2);
  CHECK(std::get<Error>(result).got == 1);
}

TEST_CASE("every_level_is_reached_across_datacenters") {
  Cluster cluster(three_dcs, 5);
  REQUIRE(cluster.run_until_serving());
  cluster.run_for(1s);
  std::int64_t expected = 0;
  for (const BytesView name :
       {"ONE", "TWO", "THREE", "QUORUM", "LOCAL_ONE", "LOCAL_QUORUM", "EACH_QUORUM", "ALL", "5"}) {
    const Level level = *parse_level(name);
    INFO(name);
    const MonoTime before = cluster.now();
    CHECK(value_of(cluster.ask("eu-2", {"INCR", "n"}, level)) == Value(++expected));
    CHECK(cluster.now() - before < 500ms);
    CHECK(value_of(cluster.ask("eu-2", {"GET", "n"}, level)) == Value(Bytes(std::to_string(expected))));
  }
}

namespace {

Disks small_logs() {
  Disks disks;
  disks.log.segment_bytes = 16 << 10U;
  disks.log.block_bytes = 1 << 10U;
  disks.store.checkpoint_every = 1s;
  disks.store.log_bytes_max = std::uint64_t{1} << 20U;
  return disks;
}

void write_much(Cluster& cluster, BytesView node, int writes) {
  for (int i = 0; i < writes; ++i) {
    value_of(cluster.ask(node, {"SET", "k" + std::to_string(i % 20), Bytes(1000, 'x')}));
  }
}

}  // namespace

TEST_CASE("what_every_member_has_leaves_the_logs") {
  Cluster cluster(three_dcs, 11, {}, small_logs());
  REQUIRE(cluster.run_until_serving());
  write_much(cluster, "eu-1", 300);
  const auto trimmed = [&](BytesView node) { return cluster.log(node).bytes_used() < 150'000; };
  CHECK(cluster.run_until([&] { return trimmed("eu-1") && trimmed("us-2") && trimmed("ap-3"); }, 30s));
  CHECK(converges(cluster));
}

// Nobody's clock but its own moves there.
TEST_CASE("what_the_only_replica_has_leaves_its_log") {
  Cluster cluster(one_node, 14, {}, small_logs());
  REQUIRE(cluster.run_until_serving());
  write_much(cluster, "eu-1", 300);
  CHECK(cluster.run_until([&] { return cluster.log("eu-1").bytes_used() < 100'000; }, 30s));
}

TEST_CASE("what_a_member_lacks_stays_in_the_logs_until_it_is_back") {
  Cluster cluster(three_dcs, 12, {}, small_logs());
  REQUIRE(cluster.run_until_serving());
  cluster.kill("us-2");
  write_much(cluster, "eu-1", 300);
  cluster.run_for(20s);
  CHECK(cluster.log("eu-1").bytes_used() > 250'000);
  cluster.start("us-2");
  CHECK(converges(cluster));
}

TEST_CASE("the_same_seed_gives_the_same_trace") {
  const auto run = [](std::uint64_t seed) {
    Network network;
    network.loss_permille = 20;
    network.reorder_permille = 50;
    Cluster cluster(three_dcs, seed, network);
    cluster.run_for(2s);
    for (int i = 0; i < 5; ++i) cluster.ask("eu-1", {"INCR", "a"});
    return cluster.trace();
  };
  CHECK(run(7) == run(7));
  CHECK(run(7) != run(8));
}
