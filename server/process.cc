#include "server/process.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "net/reactor.h"
#include "net/steady_clock.h"
#include "node/core.h"
#include "ring/placement.h"
#include "server/addresses.h"
#include "server/disk.h"
#include "server/health.h"
#include "server/machine.h"
#include "server/resp_door.h"
#include "server/signals.h"

namespace causeway {
namespace {

constexpr Micros publish_every = 200ms;

std::shared_ptr<spdlog::logger> make_log(const std::string& node) {
  auto log = std::make_shared<spdlog::logger>(node, std::make_shared<spdlog::sinks::stderr_sink_st>());
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %n: %v");
  log->flush_on(spdlog::level::info);
  return log;
}

tl::unexpected<Exit> cannot_start(const Error& error) {
  return exit_with(ExitStatus::cannot_start, error.sentence);
}

tl::unexpected<Exit> cannot_open(const Error& error, const std::string& folder) {
  if (error.code != ErrorCode::internal) return cannot_start(error);
  return exit_with(ExitStatus::cannot_start,
                   error.sentence + "; move the data folder " + folder +
                       " away and start with an empty one: what others hold comes back from them");
}

/// The requests that a node takes, and some room for the rest of the message.
NetLimits net_limits(const Limits& limits) {
  constexpr std::size_t head_bytes = std::size_t{64} << 10U;
  NetLimits net;
  net.request_bytes_max =
      std::min<std::size_t>(2 * limits.request_bytes + head_bytes, WireLimits::message_bytes_max);
  net.resp.bulk_bytes_max = limits.request_bytes;
  net.resp.command_bytes_max = net.request_bytes_max;
  return net;
}

}  // namespace

struct Process::Parts {
  explicit Parts(Configuration c) : configuration(std::move(c)) {}
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts();

  OrExit<void> open_health();
  OrExit<void> open_store(const ServerOptions& options);
  OrExit<void> open_ports(ReactorOptions addresses);
  Result<void> turn();
  void publish(Now now);
  [[nodiscard]] RespFacts facts() const;
  void remember_cluster(const NodeStatus& status);

  Configuration configuration;
  NodeId self;
  StopSignals* signals = nullptr;
  std::shared_ptr<spdlog::logger> log;
  std::unique_ptr<Disk> disk;
  std::unique_ptr<NodeCore> core;
  RespDoor door{[this] { return facts(); }};
  std::unique_ptr<Reactor> reactor;
  HealthBoard board;
  std::unique_ptr<HealthServer> health;

  std::uint64_t malformed = 0;
  MonoTime begin = steady_now();
  MonoTime next_publish;
  bool was_serving = false;
  bool was_ready = false;
};

/// The reactor goes before the threads that wake it.
Process::Parts::~Parts() {
  if (disk) disk->wake_with({});
}

Process::Process(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Process::~Process() = default;

OrExit<std::unique_ptr<Process>> Process::start(const ServerOptions& options, Topology topology,
                                                StopSignals& signals) {
  auto parts = std::make_unique<Parts>(Configuration(Epoch(1), std::move(topology)));
  const auto self = find_node(parts->configuration, options.node);
  if (!self) return tl::unexpected(self.error());
  parts->self = *self;
  parts->signals = &signals;
  parts->log = make_log(options.node);
  if (auto opened = parts->open_health(); !opened) return tl::unexpected(opened.error());
  auto addresses = addresses_of(parts->configuration, parts->self, options.routes);
  if (!addresses) return tl::unexpected(addresses.error());
  if (auto opened = parts->open_store(options); !opened) return tl::unexpected(opened.error());
  // Last: until it has recovered, clients do better to go elsewhere.
  if (auto opened = parts->open_ports(std::move(*addresses)); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Process>(new Process(std::move(parts)));
}

OrExit<void> Process::Parts::open_health() {
  const Node& own = *configuration.node(self);
  auto http = HealthServer::open({own.address, own.ports.http}, board);
  if (!http) return cannot_start(http.error());
  health = std::move(*http);
  return {};
}

OrExit<void> Process::Parts::open_ports(ReactorOptions addresses) {
  addresses.interrupt_fd = signals->fd();
  addresses.complain = [this](const std::string& sentence) { log->warn("{}", sentence); };
  addresses.resp = &door;
  addresses.limits = net_limits(configuration.topology().limits);
  reactor = std::make_unique<Reactor>(std::move(addresses));
  if (auto bound = reactor->bind(); !bound) return cannot_start(bound.error());
  disk->wake_with([this] { reactor->wake(); });
  return {};
}

OrExit<void> Process::Parts::open_store(const ServerOptions& options) {
  const Placement placement = Placement::compute(configuration);
  const auto held = placement.partitions_of(self);
  auto opened = Disk::open(options.data, configuration.topology().limits, {held.begin(), held.end()});
  if (!opened) return cannot_open(opened.error(), options.data);
  disk = std::move(*opened);
  const auto cluster = disk->folder().cluster();
  if (options.found && cluster && *cluster != *options.found) {
    return exit_with(ExitStatus::cannot_start,
                     "the data folder " + options.data +
                         " belongs to another cluster; move it away, or leave out --found");
  }
  NodeOptions node;
  node.self = self;
  node.found = options.found;
  node.run = random_number();
  node.boot_id = read_boot_id();
  node.seed = random_number();
  auto core_opened = NodeCore::open(configuration, std::move(node), disk->store(), read_clocks());
  if (!core_opened) return cannot_open(core_opened.error(), options.data);
  core = std::move(*core_opened);
  log->info("recovered {} partitions from {}", held.size(), options.data);
  return {};
}

Result<void> Process::Parts::turn() {
  Inbox inbox = reactor->poll(core->wake_at() - steady_now());
  const std::uint64_t malformed_now = reactor->counters().malformed;
  core->count_malformed(malformed_now - std::exchange(malformed, malformed_now));
  const Now now = read_clocks();
  CW_TRY(Outbox out, core->run_turn(std::move(inbox), now));
  for (const std::string& notice : out.notices) log->info("{}", notice);
  reactor->send(std::move(out));
  if (now.mono >= next_publish) publish(now);
  return {};
}

void Process::Parts::publish(Now now) {
  next_publish = now.mono + publish_every;
  const NodeStatus status = core->status(now);
  if (status.serving && !was_serving) remember_cluster(status);
  board.publish({status.ready, status.reason.empty() ? "not ready yet" : status.reason});
  if (status.ready != was_ready) log->info("{}", status.ready ? "ready" : "not ready: " + status.reason);
  was_serving = status.serving;
  was_ready = status.ready;
}

RespFacts Process::Parts::facts() const {
  const Topology& topology = configuration.topology();
  const Node& own = *configuration.node(self);
  const Now now = read_clocks();
  RespFacts facts;
  facts.status = core->status(now);
  facts.counters = reactor->counters().resp;
  facts.cluster = topology.cluster;
  facts.address = own.address;
  facts.port = own.ports.resp;
  facts.uptime_s =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now.mono - begin).count());
  facts.memory_bytes = topology.limits.memory_bytes;
  facts.request_bytes = topology.limits.request_bytes;
  facts.durable_sync = topology.durability.is_sync();
  return facts;
}

/// The store has it; the folder says it once more, for people and scripts.
void Process::Parts::remember_cluster(const NodeStatus& status) {
  const auto cluster = parse_cluster_id(status.cluster_id);
  if (!cluster) return;
  if (auto told = disk->folder().set_cluster(*cluster); !told) log->warn("{}", told.error().sentence);
}

Exit Process::run() {
  Parts& parts = *parts_;
  for (;;) {
    if (auto turned = parts.turn(); !turned) {
      return {ExitStatus::stopped_itself, "stopped to protect the data: " + to_string(turned.error())};
    }
    if (parts.signals->take() == 0) continue;
    parts.log->info("stopping");
    if (auto stopped = parts.core->stop(read_clocks()); !stopped) {
      return {ExitStatus::stopped_itself, "the end was not clean: " + to_string(stopped.error())};
    }
    parts.log->info("stopped");
    return {};
  }
}

}  // namespace causeway
