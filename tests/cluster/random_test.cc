// Random schedules: unique elements on few keys, retries with request ids through other nodes and datacenters, kills and
// restarts, cuts, loss, reordering. Then the faults stop, and everything must converge and be accounted for.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/cluster/cluster.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

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

/// One client: sends an operation, retries it with the same request id at other nodes until it is acknowledged.
class Client {
 public:
  Client(Cluster& cluster, std::uint64_t number) : cluster_(cluster), number_(number) {}

  void step() {
    if (call_ && call_->result) finish();
    if (call_ && cluster_.now() < give_up_) return;
    if (!busy_) begin();
    if (tries_ > 6) {  // outcome unknown for good
      busy_ = false;
      call_.reset();
      return;
    }
    ++tries_;
    give_up_ = cluster_.now() + 700ms;
    call_ = cluster_.call(nodes[cluster_.random().below(nodes.size())], arguments_, level_, request_id_, 600);
  }

  static std::map<Bytes, std::int64_t> acknowledged;
  static std::map<Bytes, std::int64_t> attempted;
  static std::set<std::pair<Bytes, Bytes>> added;
  static std::set<std::pair<Bytes, Bytes>> removal_tried;

 private:
  void begin() {
    busy_ = true;
    tries_ = 0;
    Random& random = cluster_.random();
    level_ = random.chance(1, 4) ? Level{Level::Kind::local_one, 0} : Level{};
    const Bytes suffix = std::to_string(random.below(3));
    ++serial_;
    request_id_ = RequestId{number_, serial_, 1'700'000'000'000 + 3'600'000};
    if (random.chance(1, 2)) {
      amount_ = static_cast<std::int64_t>(1 + random.below(5));
      arguments_ = {"INCRBY", "counter" + suffix, std::to_string(amount_)};
      attempted[arguments_[1]] += amount_;
    } else {
      const Bytes member = std::to_string(number_) + "-" + std::to_string(serial_);
      arguments_ = {"SADD", "set" + suffix, member};
      if (random.chance(1, 4) && serial_ > 4) {
        arguments_ = {"SREM", "set" + suffix, std::to_string(number_) + "-" + std::to_string(serial_ - 3)};
        removal_tried.insert({arguments_[1], arguments_[2]});
      }
    }
  }

  void finish() {
    const auto* value = std::get_if<Value>(&*call_->result);
    call_.reset();
    if (value == nullptr) return;  // tried again, elsewhere
    busy_ = false;
    if (arguments_[0] == "INCRBY") acknowledged[arguments_[1]] += amount_;
    if (arguments_[0] == "SADD") added.insert({arguments_[1], arguments_[2]});
  }

  Cluster& cluster_;
  std::uint64_t number_;
  std::uint64_t serial_ = 0;
  bool busy_ = false;
  int tries_ = 0;
  std::int64_t amount_ = 0;
  Level level_;
  std::vector<Bytes> arguments_;
  std::optional<RequestId> request_id_;
  std::shared_ptr<Call> call_;
  MonoTime give_up_;
};

std::map<Bytes, std::int64_t> Client::acknowledged;
std::map<Bytes, std::int64_t> Client::attempted;
std::set<std::pair<Bytes, Bytes>> Client::added;
std::set<std::pair<Bytes, Bytes>> Client::removal_tried;

void fault(Cluster& cluster) {
  Random& random = cluster.random();
  const Bytes& node = nodes[random.below(nodes.size())];
  const std::vector<Bytes> datacenters{"eu", "us", "ap"};
  switch (random.below(8)) {
    case 0: cluster.cut(datacenters[random.below(3)], datacenters[random.below(3)]); break;
    case 1: cluster.cut(node, nodes[random.below(nodes.size())]); break;
    case 2:
    case 3: cluster.heal(); break;
    case 4:
      if (cluster.up(node)) cluster.kill(node);
      break;
    case 5:
      if (cluster.up(node)) cluster.power_cut(node, random.below(3));
      break;
    default:
      for (const Bytes& down : nodes) {
        if (!cluster.up(down) && random.chance(1, 2)) cluster.start(down);
      }
  }
}

void run_seed(std::uint64_t seed) {
  Client::acknowledged.clear();
  Client::attempted.clear();
  Client::added.clear();
  Client::removal_tried.clear();
  Network network;
  network.loss_permille = seed % 3 * 10;
  network.reorder_permille = seed % 4 * 20;
  network.duplicate_permille = seed % 2 * 10;
  Cluster cluster(topology, seed, network);
  std::vector<Client> clients;
  for (std::uint64_t i = 1; i <= 6; ++i) clients.emplace_back(cluster, i);
  REQUIRE(cluster.run_until_serving());
  for (int round = 0; round < 400; ++round) {
    for (Client& client : clients) client.step();
    if (cluster.random().chance(1, 12)) fault(cluster);
    cluster.run_for(Micros(1 + cluster.random().below(30'000)));
  }
  cluster.heal();
  cluster.network() = Network{};
  for (const Bytes& node : nodes) {
    if (!cluster.up(node)) cluster.start(node);
  }
  INFO("seed " << seed);
  const bool serving = cluster.run_until_serving();
  if (!serving) {
    for (const Bytes& node : nodes) UNSCOPED_INFO(node << ": " << cluster.status(node).reason);
    for (const auto& notice : cluster.notices()) UNSCOPED_INFO(notice);
  }
  REQUIRE(serving);
  const bool converged = cluster.run_until([&] { return cluster.difference().empty(); }, 30s);
  INFO(cluster.difference());
  if (!converged) {
    for (const Bytes& node : nodes) {
      UNSCOPED_INFO(node);
      for (std::uint32_t p = 0; p < 2; ++p) {
        if (!cluster.store(node).holds(PartitionId{p})) continue;
        std::string line = "  p" + std::to_string(p) + ":";
        for (const auto& [actor, counter] : cluster.store(node).partition(PartitionId{p}).clock().rows()) line += " " + std::to_string(actor.value % 1000) + ":" + std::to_string(counter);
        UNSCOPED_INFO(line);
      }
    }
    for (const auto& notice : cluster.notices()) UNSCOPED_INFO(notice);
  }
  REQUIRE(converged);
  for (const auto& [key, attempted] : Client::attempted) {
    const auto result = cluster.ask("eu-1", {"GET", key});
    INFO(key);
    REQUIRE(std::holds_alternative<Value>(result));
    const auto* text = std::get_if<Bytes>(&std::get<Value>(result));
    const std::int64_t value = text == nullptr ? 0 : std::stoll(*text);
    CHECK(value >= Client::acknowledged[key]);
    CHECK(value <= attempted);
  }
  for (const auto& [key, member] : Client::added) {
    if (Client::removal_tried.contains({key, member})) continue;
    INFO(key << " " << member);
    CHECK(std::get<Value>(cluster.ask("ap-2", {"SISMEMBER", key, member})) == Value(std::int64_t{1}));
  }
  for (const Bytes& node : nodes) CHECK(cluster.status(node).divergences == 0);
}

}  // namespace

TEST_CASE("random_schedules_converge_and_lose_nothing_acknowledged") {
  const char* first = std::getenv("CAUSEWAY_SEED");
  const char* count = std::getenv("CAUSEWAY_SEEDS");
  const std::uint64_t from = first == nullptr ? 1 : std::strtoull(first, nullptr, 10);
  const std::uint64_t seeds = count == nullptr ? 30 : std::strtoull(count, nullptr, 10);
  for (std::uint64_t seed = from; seed < from + seeds; ++seed) run_seed(seed);
}
