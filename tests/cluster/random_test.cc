// Proves, over random schedules of clients, faults and restarts on a whole cluster, that nothing acknowledged is lost,
// nothing counts twice, reads by quorum see what quorums acknowledged, a dot names one event, clocks never shrink, and that
// in the end every replica is one function of the events, the one that the rules of the types declare.
// CAUSEWAY_SEED and CAUSEWAY_SEEDS say from where and how many.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>

#include "tests/cluster/oracle.h"
#include "tests/cluster/workload.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// Two replicas in one datacenter, three of four nodes in another; `durability` may be added.
constexpr BytesView topology = R"(
cluster: test
partitions: 2
datacenters:
  eu:
    replicas: 3
    nodes:
      - {name: eu-1, rack: a, address: 127.9.1.1}
      - {name: eu-2, rack: b, address: 127.9.1.2}
      - {name: eu-3, rack: c, address: 127.9.1.3}
      - {name: eu-4, rack: c, address: 127.9.1.4}
  us:
    replicas: 2
    nodes:
      - {name: us-1, rack: a, address: 127.9.2.1}
      - {name: us-2, rack: b, address: 127.9.2.2}
  ap:
    replicas: 3
    nodes:
      - {name: ap-1, rack: a, address: 127.9.3.1}
      - {name: ap-2, rack: b, address: 127.9.3.2}
      - {name: ap-3, rack: c, address: 127.9.3.3}
)";
const std::vector<Bytes> nodes{"eu-1", "eu-2", "eu-3", "eu-4", "us-1", "us-2", "ap-1", "ap-2", "ap-3"};
const std::vector<Bytes> datacenters{"eu", "us", "ap"};

Disks small_disks(std::uint64_t seed) {
  Disks disks;
  disks.log.segment_bytes = 8 << 10U;
  disks.log.block_bytes = 1 << 10U;
  disks.store.checkpoint_every = seed % 2 == 0 ? 400ms : 3s;
  disks.store.cache_bytes_max = 16 << 10U;
  return disks;
}

Network bad_network(std::uint64_t seed) {
  Network network;
  network.loss_permille = seed % 3 * 10;
  network.reorder_permille = seed % 4 * 20;
  network.duplicate_permille = seed % 2 * 10;
  return network;
}

class Schedule {
 public:
  explicit Schedule(std::uint64_t seed, BytesView text = topology)
      : cluster(text, seed, bad_network(seed), small_disks(seed)), witness(cluster), random_(cluster.random()) {
    if (seed % 5 == 0) {
      for (const Bytes& node : nodes) cluster.skew(node, Micros(random_.below(600'000)) - 300ms);
    }
  }

  void run(int rounds, const Habits& habits, const std::function<void()>& fault) {
    std::vector<Client> clients;
    for (std::uint64_t i = 1; i <= 6; ++i) clients.emplace_back(cluster, ledger, i, habits);
    REQUIRE(cluster.run_until_serving());
    for (int round = 0; round < rounds; ++round) {
      for (Client& client : clients) client.step();
      if (random_.chance(1, 12)) fault();
      cluster.run_for(Micros(1 + random_.below(30'000)));
    }
  }

  void fault() {
    const Bytes& node = nodes[random_.below(nodes.size())];
    const Bytes& other = nodes[random_.below(nodes.size())];
    switch (random_.below(20)) {
      case 0: cluster.cut(datacenters[random_.below(3)], datacenters[random_.below(3)]); break;
      case 1: cluster.cut_one_way(datacenters[random_.below(3)], datacenters[random_.below(3)]); break;
      case 2: cluster.cut(node, other); break;
      case 3: cluster.cut_one_way(node, other); break;
      case 4:
        if (cluster.up(node)) cluster.kill(node);
        break;
      case 5:
        if (cluster.up(node)) cluster.power_cut(node, random_.below(3));
        break;
      case 6:
        if (cluster.up(node) && cluster.status(node).serving) {
          relieve(node);
          cluster.stop_clean(node);
        }
        break;
      case 7:
        cluster.log(node).fail_next_sync();
        failing_.insert(node);
        break;
      case 8: fill(node); break;
      case 9:
      case 10:
      case 11:
      case 12: cluster.heal(); break;
      default:
        for (const Bytes& each : nodes) {
          if (random_.chance(1, 2)) relieve(each);
          if (!cluster.up(each) && random_.chance(1, 2)) cluster.start(each);
        }
    }
  }
  /// The disk of the log, or of the state, takes no more.
  void fill(const Bytes& node) {
    if (random_.chance(1, 2)) {
      cluster.log(node).set_disk_bytes_max(0);
    } else {
      cluster.state(node).set_bytes_max(0);
    }
  }
  void relieve(const Bytes& node) {
    cluster.log(node).set_disk_bytes_max(LogLimits{}.disk_bytes_max);
    cluster.state(node).set_bytes_max(std::numeric_limits<std::uint64_t>::max());
  }

  /// Faults stop; those of `back` that are down start.
  void settle(const std::vector<Bytes>& back) {
    cluster.heal();
    cluster.network() = Network{};
    for (const Bytes& node : nodes) relieve(node);
    for (const Bytes& node : failing_) {
      if (cluster.up(node)) cluster.kill(node);
    }
    for (const Bytes& node : back) {
      if (!cluster.up(node)) cluster.start(node);
    }
    cluster.run_for(2s);  // what is under way still is answered or given up
    const bool serving = cluster.run_until_serving(20s);
    if (!serving) tell();
    REQUIRE(serving);
    const bool converged = cluster.run_until([&] { return cluster.difference().empty(); }, 30s);
    INFO(cluster.difference());
    if (!converged) tell();
    REQUIRE(converged);
  }

  void check() {
    REQUIRE(witness.explain() == "");
    Expected expected;
    Done done;
    for (std::uint32_t id = 0; id < cluster.placement().partitions(); ++id) {
      add_expected(witness.events(PartitionId{id}), expected, done);
    }
    CHECK(missing(ledger.counted, done.counted) == 0);
    CHECK(missing(ledger.added, done.added) == 0);
    CHECK(missing(ledger.written, done.written) == 0);
    CHECK(ledger.stale_reads == std::vector<std::string>{});
    for (const Bytes& node : nodes) {
      if (cluster.up(node)) CHECK(cluster.status(node).divergences == 0);
    }
    for (const Bytes& datacenter : datacenters) check_reads(some_node(datacenter), expected);
  }

  Cluster cluster;
  Witness witness;
  Ledger ledger;

 private:
  template <class Set>
  static std::size_t missing(const Set& told, const Set& found) {
    return static_cast<std::size_t>(
        std::count_if(told.begin(), told.end(), [&](const auto& item) { return !found.contains(item); }));
  }
  Bytes some_node(const Bytes& datacenter) {
    for (const NodeId id : cluster.configuration().nodes_of(dc_id(datacenter))) {
      const Bytes name = cluster.configuration().node(id)->name;
      if (cluster.up(name)) return name;
    }
    FAIL("nobody is up in " << datacenter);
    return {};
  }
  Value read(const Bytes& node, std::vector<Bytes> arguments) {
    const auto result = cluster.ask(node, std::move(arguments), Level{Level::Kind::local_one, 0});
    if (const auto* error = std::get_if<Error>(&result)) FAIL(node << ": " << to_string(*error));
    return std::get<Value>(result);
  }
  void check_reads(const Bytes& node, const Expected& expected) {
    for (const auto& [key, value] : expected.counters) {
      INFO(node << " " << key);
      if (key.starts_with("reset")) {
        CHECK(std::get<std::int64_t>(read(node, {"COUNTER.GET", key})) == value);
      } else {
        CHECK(read(node, {"GET", key}) == Value(std::to_string(value)));
      }
    }
    for (const auto& [key, members] : expected.members) {
      INFO(node << " " << key);
      const Value found = read(node, {"SMEMBERS", key});
      std::set<Bytes> names;
      for (const Value& member : std::get<Value::Array>(found)) names.insert(std::get<Bytes>(member));
      CHECK(names == members);
    }
    for (const auto& [key, values] : expected.siblings) {
      INFO(node << " " << key);
      const Value winner = values.empty() ? Value(Nil{}) : Value(values.front());
      CHECK(read(node, {key.starts_with("text") ? "GET" : "REG.GET", key}) == winner);
      Value::Array all;
      for (const Bytes& value : values) all.emplace_back(value);
      CHECK(read(node, {"SIBLINGS", key}) == Value(std::move(all)));
      CHECK(values.size() <= 6);  // no more than clients that write
    }
  }
  void tell() {
    for (const Bytes& node : nodes) {
      if (!cluster.up(node)) continue;
      UNSCOPED_INFO(node << ": " << cluster.status(node).reason);
      for (const PartitionId id : cluster.store(node).partitions()) {
        std::string line = "  p" + std::to_string(id.value) + ":";
        for (const auto& [actor, counter] : cluster.store(node).partition(id).clock().rows()) {
          line += " " + std::to_string(actor.value % 1000) + ":" + std::to_string(counter);
        }
        UNSCOPED_INFO(line);
      }
    }
    for (const auto& notice : cluster.notices()) UNSCOPED_INFO(notice);
  }

  Random& random_;
  std::set<Bytes> failing_;  ///< whose next sync may fail
};

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

void each_seed(std::uint64_t count, const std::function<void(std::uint64_t seed)>& run) {
  const std::uint64_t first = number("CAUSEWAY_SEED", 1);
  for (std::uint64_t seed = first; seed < first + number("CAUSEWAY_SEEDS", count); ++seed) {
    INFO("repeat: CAUSEWAY_SEED=" << seed << " CAUSEWAY_SEEDS=1");
    run(seed);
  }
}

}  // namespace

TEST_CASE("random_schedules_converge_and_lose_nothing_acknowledged") {
  std::uint64_t acknowledged = 0;
  std::uint64_t seeds = 0;
  each_seed(60, [&](std::uint64_t seed) {
    Schedule schedule(seed);
    schedule.run(400, Habits{}, [&] { schedule.fault(); });
    schedule.settle(nodes);
    schedule.check();
    acknowledged += schedule.ledger.acknowledged;
    ++seeds;
  });
  if (seeds >= 10) CHECK(acknowledged > 50 * seeds);  // else the faults leave nothing to check
}
