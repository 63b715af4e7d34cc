#include "bench/nodes.h"

#include <cstdio>
#include <utility>

#include "base/check.h"
#include "ring/placement.h"

namespace causeway::bench {

Configuration one_datacenter(int nodes) {
  std::string text = "cluster: bench\npartitions: 16\ndurability: 1s\ndatacenters:\n  home:\n    replicas: " +
                     std::to_string(nodes) + "\n    nodes:\n";
  for (int i = 1; i <= nodes; ++i) {
    const std::string number = std::to_string(i);
    text += "      - {name: n" + number + ", rack: r" + number + ", address: 127.9.0." + number + "}\n";
  }
  auto topology = parse_topology(text);
  CW_CHECK(topology.has_value(), "the topology is right");
  return Configuration(Epoch{1}, std::move(*topology));
}

BenchNode::BenchNode(const Configuration& configuration, const std::string& name, std::uint64_t seed)
    : id_(node_id(name)) {
  const Placement placement = Placement::compute(configuration);
  const auto held = placement.partitions_of(id_);
  auto opened = ShardStore::open(log_, state_, {held.begin(), held.end()}, {});
  CW_CHECK(opened.has_value(), "the store opens");
  store_ = std::move(*opened);
  NodeOptions options;
  options.self = id_;
  options.found = 0xC0FFEE;
  options.run = seed;
  options.boot_id = "boot";
  options.seed = seed;
  auto core = NodeCore::open(configuration, options, *store_, {MonoTime{1s}, WallTime{1'700'000'000s}});
  CW_CHECK(core.has_value(), "the node opens");
  core_ = std::move(*core);
}

Outbox BenchNode::turn(Now now) {
  auto out = core_->run_turn(std::exchange(inbox, {}), now);
  CW_CHECK(out.has_value(), "the turn is done");
  return std::move(*out);
}

BenchCluster::BenchCluster(int nodes) {
  const Configuration configuration = one_datacenter(nodes);
  for (int i = 1; i <= nodes; ++i) {
    nodes_.push_back(std::make_unique<BenchNode>(configuration, "n" + std::to_string(i), static_cast<std::uint64_t>(i) * 1'000));
  }
}

Now BenchCluster::now() const { return {mono_, WallTime(mono_.time_since_epoch() + 1'700'000'000s)}; }

void BenchCluster::start() {
  for (int i = 0; i < 1'000; ++i) {
    round();
    bool all = true;
    for (auto& each : nodes_) all = all && each->core().status(now()).serving;
    if (all) return;
  }
  CW_CHECK(false, "all nodes serve");
}

void BenchCluster::round() {
  for (auto& each : nodes_) deliver(each->turn(now()));
  pass(10ms);
}

void BenchCluster::deliver(Outbox out) {
  for (auto& [to, envelope] : out.peers) {
    for (auto& each : nodes_) {
      if (each->id() == to) each->inbox.peers.push_back(std::move(envelope));
    }
  }
  for (auto& [client, message] : out.clients) {
    auto* responses = std::get_if<Responses>(&message);
    if (responses == nullptr) continue;
    for (const Response& response : responses->responses) {
      if (const auto* error = std::get_if<Error>(&response.result)) {
        std::fprintf(stderr, "a request failed: %s\n", to_string(*error).c_str());
        CW_CHECK(false, "every request succeeds");
      }
      ++answers_;
    }
  }
}

}  // namespace causeway::bench
