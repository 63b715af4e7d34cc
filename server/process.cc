#include "server/process.h"

#include <poll.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "net/tcp.h"
#include "net/wake_event.h"
#include "ring/shards.h"
#include "server/addresses.h"
#include "server/health.h"
#include "server/machine.h"
#include "server/reshard.h"
#include "server/shard.h"
#include "server/signals.h"

namespace causeway {

struct Process::Parts {
  explicit Parts(Configuration c) : configuration(std::move(c)) {}

  OrExit<void> open_health();
  OrExit<void> open_shards(const ServerOptions& options);
  OrExit<void> open_ports();
  OrExit<Shard::Options> options_of(std::uint32_t k, const ServerOptions& options) const;
  void remember_cluster(const NodeStatus& status);
  void wait();

  Configuration configuration;
  Node node;
  StopSignals* signals = nullptr;
  std::shared_ptr<spdlog::logger> log;
  std::optional<DataFolder> folder;
  std::unique_ptr<HealthBoard> board;
  std::vector<std::unique_ptr<Shard>> shards;
  std::unique_ptr<HealthServer> health;
  WakeEvent ended;  ///< a shard has
};

Process::Process(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Process::~Process() = default;

OrExit<std::unique_ptr<Process>> Process::start(const ServerOptions& options, Topology topology,
                                                StopSignals& signals) {
  auto parts = std::make_unique<Parts>(Configuration(Epoch(1), std::move(topology)));
  const auto node = find_node(parts->configuration, options.node);
  if (!node) return tl::unexpected(node.error());
  parts->node = **node;
  parts->signals = &signals;
  parts->log = make_log(options.node);
  if (auto opened = parts->open_health(); !opened) return tl::unexpected(opened.error());
  if (auto opened = parts->open_shards(options); !opened) return tl::unexpected(opened.error());
  // Last: until all have recovered, clients do better to go elsewhere.
  if (auto opened = parts->open_ports(); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Process>(new Process(std::move(parts)));
}

OrExit<void> Process::Parts::open_health() {
  board = std::make_unique<HealthBoard>(node.shards);
  auto http = HealthServer::open({node.address, node.ports.http}, *board);
  if (!http) return cannot_start(http.error());
  health = std::move(*http);
  return {};
}

OrExit<Shard::Options> Process::Parts::options_of(std::uint32_t k, const ServerOptions& options) const {
  Shard::Options own;
  own.node.self = shard_of(node, k).id;
  own.node.found = options.found;
  own.node.run = random_number();
  own.node.boot_id = read_boot_id();
  own.node.seed = random_number();
  own.folder = folder->shard(k);
  own.limits = shard_limits(configuration.topology().limits, node.shards);
  auto addresses = addresses_of(configuration, own.node.self, options.routes);
  if (!addresses) return tl::unexpected(addresses.error());
  own.addresses = std::move(*addresses);
  own.addresses.resp_shared = node.shards > 1;
  return own;
}

OrExit<void> Process::Parts::open_shards(const ServerOptions& options) {
  // Before any data moves.
  if (auto addresses = addresses_of(configuration, node.id, options.routes); !addresses)
    return tl::unexpected(addresses.error());
  auto opened = open_data(options.data, configuration, node,
                          [this](const std::string& what) { log->info("{}", what); });
  if (!opened) return tl::unexpected(opened.error());
  folder = std::move(*opened);
  if (options.found && folder->cluster() && *folder->cluster() != *options.found) {
    return exit_with(ExitStatus::cannot_start,
                     "the data folder " + options.data +
                         " belongs to another cluster; move it away, or leave out --found");
  }
  std::vector<std::future<OrExit<std::unique_ptr<Shard>>>> opening;
  for (std::uint32_t k = 0; k < node.shards; ++k) {
    auto own = options_of(k, options);
    if (!own) return tl::unexpected(own.error());
    opening.push_back(std::async(std::launch::async, [this, k, each = std::move(*own)]() mutable {
      return Shard::open(configuration, std::move(each), *board, k);
    }));
  }
  std::optional<Exit> failure;
  for (auto& each : opening) {
    if (auto shard = each.get()) {
      shards.push_back(std::move(*shard));
    } else if (!failure) {
      failure = shard.error();
    }
  }
  if (failure) return tl::unexpected(*failure);
  shards.front()->when_serving([this](const NodeStatus& status) { remember_cluster(status); });
  return {};
}

OrExit<void> Process::Parts::open_ports() {
  // Where its threads share a port, so could another process: it must be free before.
  if (node.shards > 1) {
    if (auto free = listen_tcp({node.address, node.ports.resp}, 1, "RESP", "resp"); !free)
      return cannot_start(free.error());
  }
  for (auto& shard : shards) {
    if (auto opened = shard->open_ports(); !opened) return tl::unexpected(opened.error());
  }
  return {};
}

/// The store has it; the folder says it once more, for people and scripts.
void Process::Parts::remember_cluster(const NodeStatus& status) {
  const auto cluster = parse_cluster_id(status.cluster_id);
  if (!cluster) return;
  if (auto told = folder->set_cluster(*cluster); !told) log->warn("{}", told.error().sentence);
}

/// Until a signal comes, or a shard ends.
void Process::Parts::wait() {
  std::array<pollfd, 2> either{{{signals->fd(), POLLIN, 0}, {ended.fd(), POLLIN, 0}}};
  do {
    ::poll(either.data(), either.size(), -1);
  } while (signals->take() == 0 && (either[1].revents & POLLIN) == 0);
}

Exit Process::run() {
  Parts& parts = *parts_;
  std::mutex mutex;
  Exit end;
  std::vector<std::thread> threads;
  for (auto& shard : parts.shards) {
    threads.emplace_back([&parts, &mutex, &end, shard = shard.get()] {
      Exit own = shard->run();
      const std::lock_guard held(mutex);
      if (end.status == ExitStatus::stopped) end = std::move(own);
      parts.ended.wake();
    });
  }
  parts.wait();
  for (auto& shard : parts.shards) shard->stop();
  for (std::thread& thread : threads) thread.join();
  return end;
}

}  // namespace causeway
