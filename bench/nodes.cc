#include "bench/nodes.h"

#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/check.h"
#include "ring/placement.h"

namespace causeway::bench {

ScratchFolder::ScratchFolder() : path_(std::filesystem::temp_directory_path() / "causeway-bench-XXXXXX") {
  CW_CHECK(::mkdtemp(path_.data()) != nullptr, "a scratch folder can be made");
}
ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Requests requests_of(Operation operation, const WorkloadOptions& options, Workload& workload,
                     std::uint64_t count) {
  Form form = form_of(operation, options);
  for (char& c : form.arguments[0]) c = static_cast<char>(c | 0x20);  // as clients send it
  Requests requests;
  for (std::uint64_t i = 0; i < count; ++i) {
    write_digits(form.arguments[form.which].data() + form.offset, workload.next_key());
    Request request;
    request.id = i;
    request.arguments = form.arguments;
    request.read_level = {Level::Kind::one, 0};
    request.write_level = {Level::Kind::one, 0};
    requests.requests.push_back(std::move(request));
  }
  return requests;
}

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

BenchNode::BenchNode(const Configuration& configuration, const std::string& name, std::uint64_t seed,
                     const std::string& folder, Now now)
    : id_(node_id(name)) {
  const Placement placement = Placement::compute(configuration);
  const auto held = placement.partitions_of(id_);
  const ShardFolder place{folder};
  std::filesystem::create_directories(place.log());
  std::filesystem::create_directories(place.state());
  auto disk = Disk::open(place, configuration.topology().limits, {held.begin(), held.end()});
  CW_CHECK(disk.has_value(), "the folder opens");
  disk_ = std::move(*disk);
  NodeOptions options;
  options.self = id_;
  options.found = 0xC0FFEE;
  options.run = seed;
  options.boot_id = "boot";
  options.seed = seed;
  auto core = NodeCore::open(configuration, options, disk_->store(), now);
  CW_CHECK(core.has_value(), "the node opens");
  core_ = std::move(*core);
}

Outbox BenchNode::turn(Now now) {
  auto out = core_->run_turn(std::exchange(inbox, {}), now);
  CW_CHECK(out.has_value(), "the turn is done");
  return std::move(*out);
}

BenchCluster::BenchCluster(int nodes, const std::string& folder) {
  const Configuration configuration = one_datacenter(nodes);
  for (int i = 1; i <= nodes; ++i) {
    const std::string name = "n" + std::to_string(i);
    nodes_.push_back(std::make_unique<BenchNode>(configuration, name, static_cast<std::uint64_t>(i) * 1'000,
                                                 folder + "/" + name, now()));
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
