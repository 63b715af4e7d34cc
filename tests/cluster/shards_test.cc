// Proves that shards are right as members of the ring, and that their number is free to change between starts: what was
// acknowledged is there, what the others lack still goes to them from the log, and who lost something says so.
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/sim/cluster.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr Level local_one{Level::Kind::local_one, 0};

/// Two datacenters of three nodes; `eu` and `us` are the shards of each node there, by its place.
Bytes two_dcs(std::array<int, 3> eu, std::array<int, 3> us, BytesView durability = "sync") {
  Bytes text = "cluster: test\npartitions: 8\ndurability: " + Bytes(durability) + "\ndatacenters:\n";
  int net = 0;
  for (const auto& [name, shards] : {std::pair("eu", eu), std::pair("us", us)}) {
    ++net;
    text += "  " + Bytes(name) + ":\n    replicas: 3\n    nodes:\n";
    for (std::size_t i = 0; i < shards.size(); ++i) {
      const std::string number = std::to_string(i + 1);
      text += "      - {name: " + Bytes(name) + "-" + number + ", rack: r" + number + ", address: 127.9." +
              std::to_string(net) + "." + number + ", shards: " + std::to_string(shards[i]) + "}\n";
    }
  }
  return text;
}

Value value_of(const std::variant<Value, Error>& result) {
  if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
  return std::get<Value>(result);
}

void write(Cluster& cluster, BytesView node, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    for (int key = 0; key < 20; ++key) {
      value_of(cluster.ask(node, {"INCR", "n" + std::to_string(key)}));
      value_of(cluster.ask(node, {"SADD", "s" + std::to_string(key), Bytes(node) + std::to_string(round)}));
    }
  }
}

void require_counts(Cluster& cluster, BytesView node, const Bytes& count, Level level = {}) {
  for (int key = 0; key < 20; ++key) {
    INFO("n" << key);
    REQUIRE(value_of(cluster.ask(node, {"GET", "n" + std::to_string(key)}, level)) == Value(count));
  }
}

bool noticed(Cluster& cluster, BytesView what) {
  return std::any_of(cluster.notices().begin(), cluster.notices().end(),
                     [&](const std::string& notice) { return notice.find(what) != std::string::npos; });
}

void require_serving(Cluster& cluster) {
  const bool serving = cluster.run_until_serving(20s);
  for (const std::string& notice : cluster.notices()) UNSCOPED_INFO(notice);
  REQUIRE(serving);
}

void require_equal(Cluster& cluster) {
  const bool equal = cluster.run_until([&] { return cluster.difference().empty(); }, 30s);
  INFO(cluster.difference());
  for (const std::string& notice : cluster.notices()) UNSCOPED_INFO(notice);
  REQUIRE(equal);
  CHECK_FALSE(noticed(cluster, "ALARM"));
}

enum class End { clean, killed, power_cut };

void end_all(Cluster& cluster, End how) {
  for (const NodeId id : cluster.configuration().nodes()) {
    const std::string& name = cluster.configuration().node(id)->name;
    if (!cluster.up(name)) continue;
    if (how == End::clean) cluster.stop_clean(name);
    if (how == End::killed) cluster.kill(name);
    if (how == End::power_cut) cluster.power_cut(name, 0);
  }
}

}  // namespace

TEST_CASE("nodes_of_several_shards_serve_each_key_from_any_of_them") {
  Cluster cluster(two_dcs({2, 3, 1}, {1, 4, 2}), 61);
  require_serving(cluster);
  write(cluster, "eu-2/2", 1);
  write(cluster, "eu-1/1", 1);
  for (const BytesView node : {"eu-1", "eu-1/1", "eu-2", "eu-2/1", "eu-2/2", "eu-3"})
    require_counts(cluster, node, "2");
  require_equal(cluster);
  for (const BytesView node : {"us-1", "us-2/3", "us-3/1"}) require_counts(cluster, node, "2", local_one);
}

TEST_CASE("a_lost_shard_comes_back_from_the_others_while_those_beside_it_serve_on") {
  Cluster cluster(two_dcs({2, 2, 2}, {1, 1, 1}), 62);
  require_serving(cluster);
  write(cluster, "eu-1", 2);
  const BytesView lost = GENERATE("eu-2", "eu-2/1");
  cluster.kill(lost);
  cluster.wipe(lost);
  cluster.run_for(3s);  // it is noticed
  write(cluster, "eu-1/1", 1);
  REQUIRE(cluster.start(lost));
  require_serving(cluster);
  CHECK(noticed(cluster, "its data folder is empty"));
  require_counts(cluster, lost, "3");
  require_equal(cluster);
}

TEST_CASE("the_number_of_shards_changes_between_starts_and_nothing_else_does") {
  const End how = GENERATE(End::clean, End::killed);
  const auto [before, after] = GENERATE(std::pair(std::array{1, 1, 1}, std::array{2, 3, 1}),
                                        std::pair(std::array{4, 2, 3}, std::array{1, 1, 1}),
                                        std::pair(std::array{2, 3, 8}, std::array{3, 2, 4}));
  Disks disks;
  disks.store.checkpoint_every = 300ms;
  Cluster cluster(two_dcs(before, {1, 2, 1}), 63, {}, disks);
  require_serving(cluster);
  write(cluster, "eu-1", 2);
  cluster.run_for(1s);
  cluster.cut("eu", "us");
  write(cluster, "eu-2", 1);
  write(cluster, "us-1", 1);
  end_all(cluster, how);
  cluster.reshard(two_dcs(after, {2, 1, 3}));
  require_serving(cluster);
  require_counts(cluster, "eu-1", "3");
  require_counts(cluster, "us-3", "3");
  write(cluster, "eu-1", 1);
  cluster.heal();
  require_equal(cluster);
  require_counts(cluster, "us-2", "5");
  // What the others lacked stood in the logs, and nobody took itself for one that had lost something.
  CHECK_FALSE(noticed(cluster, "full sync"));
  CHECK_FALSE(noticed(cluster, "new identity"));
}

TEST_CASE("a_change_of_shards_after_a_power_cut_recovers_as_after_a_loss") {
  Cluster cluster(two_dcs({2, 1, 1}, {1, 1, 1}, "1s"), 64);
  require_serving(cluster);
  write(cluster, "eu-1", 2);
  require_equal(cluster);
  cluster.run_for(3s);
  cluster.power_cut("eu-1", 0);
  cluster.power_cut("eu-1/1", 0);
  end_all(cluster, End::clean);
  cluster.reshard(two_dcs({3, 1, 1}, {1, 1, 1}, "1s"));
  require_serving(cluster);
  CHECK(noticed(cluster, "eu-1: the machine stopped before a sync"));
  CHECK(noticed(cluster, "eu-1/2: the machine stopped before a sync"));
  write(cluster, "eu-1/2", 1);
  require_counts(cluster, "eu-1", "3");
  require_equal(cluster);
}

TEST_CASE("shards_come_and_go_and_come_again") {
  Cluster cluster(two_dcs({1, 1, 1}, {1, 1, 1}), 65);
  require_serving(cluster);
  int writes = 0;
  for (const int shards : {2, 1, 3, 2, 1, 2}) {
    write(cluster, "eu-1", 1);
    write(cluster, "us-1", 1);
    writes += 2;
    end_all(cluster, shards % 2 == 0 ? End::killed : End::clean);
    cluster.reshard(two_dcs({shards, shards, 2}, {1, shards, shards}));
    require_serving(cluster);
    require_equal(cluster);
    require_counts(cluster, "eu-3/1", std::to_string(writes));
  }
  CHECK_FALSE(noticed(cluster, "full sync"));
  CHECK_FALSE(noticed(cluster, "older copy"));
}

TEST_CASE("numbers_of_shards_change_at_random_amid_cuts_and_crashes") {
  const std::uint64_t seed = GENERATE(range(700, 712));
  INFO("seed " << seed);
  Random random(seed);
  const auto draw = [&random] {
    const auto shards = [&random] { return 1 + static_cast<int>(random.below(4)); };
    return two_dcs({shards(), shards(), shards()}, {shards(), shards(), shards()});
  };
  Disks disks;
  disks.store.checkpoint_every = 300ms;
  disks.log.segment_bytes = 16 << 10U;
  Cluster cluster(draw(), seed, {}, disks);
  require_serving(cluster);
  int writes = 0;
  for (int round = 0; round < 5; ++round) {
    const bool cut = random.chance(1, 2);
    if (cut) cluster.cut("eu", "us");
    write(cluster, "eu-2", 1);
    write(cluster, "us-1", 1);
    writes += 2;
    if (random.chance(1, 3)) cluster.run_for(1s);
    for (const NodeId id : cluster.configuration().nodes()) {
      const std::string name = cluster.configuration().node(id)->name;
      switch (random.below(3)) {
        case 0: cluster.stop_clean(name); break;
        case 1: cluster.kill(name); break;
        default: cluster.power_cut(name, random.below(10));
      }
      cluster.run_for(Micros(random.below(300'000)));
    }
    cluster.reshard(draw());
    require_serving(cluster);
    if (cut) cluster.heal();
    require_equal(cluster);
    require_counts(cluster, random.chance(1, 2) ? "eu-3" : "us-2", std::to_string(writes));
  }
}

TEST_CASE("a_lone_node_of_several_shards_keeps_all_when_their_number_changes") {
  const auto topology = [](int shards) {
    return "cluster: test\npartitions: 8\ndatacenters:\n  eu:\n    replicas: 1\n    nodes:\n"
           "      - {name: eu-1, rack: a, address: 127.9.1.1, shards: " +
           std::to_string(shards) + "}\n";
  };
  Cluster cluster(topology(4), 66);
  require_serving(cluster);
  write(cluster, "eu-1/3", 3);
  end_all(cluster, End::killed);
  cluster.reshard(topology(1));
  require_serving(cluster);
  require_counts(cluster, "eu-1", "3");
  end_all(cluster, End::clean);
  cluster.reshard(topology(2));
  require_serving(cluster);
  require_counts(cluster, "eu-1/1", "3");
}
