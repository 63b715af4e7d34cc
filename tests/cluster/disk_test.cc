// Proves what becomes of a cluster when one node's disk is full, or its replicas are stale: the others go on, its links are
// held by others, and it catches up when there is room.
#include <catch2/catch.hpp>

#include "tests/sim/cluster.h"
#include "tests/cluster/topologies.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr Level local_one{Level::Kind::local_one, 0};

Disks small_disks(std::uint64_t log_bytes_max) {
  Disks disks;
  disks.log.segment_bytes = 16 << 10U;
  disks.log.block_bytes = 1 << 10U;
  disks.store.checkpoint_every = 1s;
  disks.store.log_bytes_max = log_bytes_max;
  return disks;
}

Value value_of(const std::variant<Value, Error>& result) {
  if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
  return std::get<Value>(result);
}

void write(Cluster& cluster, BytesView node, int count) {
  for (int i = 0; i < count; ++i) value_of(cluster.ask(node, {"SET", "k" + std::to_string(i % 20), Bytes(1000, 'x')}));
}

/// Whether these nodes hold the same in all partitions.
bool equal(Cluster& cluster, const std::vector<Bytes>& nodes) {
  for (const PartitionId id : cluster.store(nodes[0]).partitions()) {
    for (const Bytes& node : nodes) {
      if (cluster.store(node).partition(id).clock() != cluster.store(nodes[0]).partition(id).clock()) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("while_one_disk_is_full_its_datacenter_goes_on_and_hears_the_others") {
  Cluster cluster(three_dcs, 21, {}, small_disks(std::uint64_t{64} << 20U));
  REQUIRE(cluster.run_until_serving());
  cluster.log("us-1").set_disk_bytes_max(0);
  write(cluster, "us-2", 120);  // until its reserve is gone, too
  cluster.run_for(3s);
  CHECK(std::get<Error>(cluster.ask("us-1", {"SET", "k1", "v"}, local_one)).code == ErrorCode::storage_full);
  CHECK(value_of(cluster.ask("us-1", {"GET", "k1"}, local_one)) == Value(Bytes(1000, 'x')));
  write(cluster, "eu-1", 40);
  REQUIRE(cluster.run_until([&] { return equal(cluster, {"eu-1", "us-2", "us-3", "ap-1"}); }, 10s));
  CHECK_FALSE(equal(cluster, {"eu-1", "us-1"}));
  write(cluster, "us-2", 40);
  const std::uint64_t before = cluster.delivered_between("eu", "us");
  cluster.run_for(10s);
  CHECK(cluster.delivered_between("eu", "us") - before < 1000);  // nobody asks for what finds no room
  cluster.log("us-1").set_disk_bytes_max(LogLimits{}.disk_bytes_max);
  CHECK(cluster.run_until([&] { return cluster.difference().empty(); }, 20s));
  write(cluster, "us-1", 5);
}

TEST_CASE("a_node_restarts_on_a_full_disk") {
  Cluster cluster(three_dcs, 22, {}, small_disks(std::uint64_t{64} << 20U));
  REQUIRE(cluster.run_until_serving());
  write(cluster, "us-1", 40);
  cluster.log("us-1").set_disk_bytes_max(0);
  cluster.state("us-1").set_bytes_max(0);
  write(cluster, "us-2", 20);
  cluster.kill("us-1");
  cluster.start("us-1");
  cluster.run_for(3s);
  REQUIRE(cluster.up("us-1"));
  cluster.log("us-1").set_disk_bytes_max(LogLimits{}.disk_bytes_max);
  cluster.state("us-1").set_bytes_max(std::numeric_limits<std::uint64_t>::max());
  REQUIRE(cluster.run_until_serving());
  CHECK(cluster.run_until([&] { return cluster.difference().empty(); }, 20s));
}
