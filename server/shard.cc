#include "server/shard.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "net/steady_clock.h"
#include "ring/placement.h"
#include "server/machine.h"

namespace causeway {
namespace {

constexpr Micros publish_every = 200ms;

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

std::shared_ptr<spdlog::logger> make_log(const std::string& name) {
  auto log = std::make_shared<spdlog::logger>(name, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %n: %v");
  log->flush_on(spdlog::level::info);
  return log;
}

Shard::Shard(const Configuration& configuration, Options options, HealthBoard& board, std::size_t place)
    : configuration_(configuration),
      options_(std::move(options)),
      board_(board),
      place_(place),
      log_(make_log(configuration.node(options_.node.self)->name)),
      begin_(steady_now()) {}

/// The reactor goes before the threads that wake it.
Shard::~Shard() {
  if (disk_) disk_->wake_with({});
}

OrExit<std::unique_ptr<Shard>> Shard::open(const Configuration& configuration, Options options,
                                           HealthBoard& board, std::size_t place) {
  std::unique_ptr<Shard> shard(new Shard(configuration, std::move(options), board, place));
  const Options& own = shard->options_;
  const Placement placement = Placement::compute(configuration);
  const auto held = placement.partitions_of(own.node.self);
  auto disk = Disk::open(own.folder, own.limits, {held.begin(), held.end()});
  if (!disk) return cannot_open(disk.error(), own.folder.path);
  shard->disk_ = std::move(*disk);
  auto core = NodeCore::open(configuration, own.node, shard->disk_->store(), read_clocks());
  if (!core) return cannot_open(core.error(), own.folder.path);
  shard->core_ = std::move(*core);
  shard->log_->info("recovered {} partitions from {}", held.size(), own.folder.path);
  return shard;
}

OrExit<void> Shard::open_ports() {
  ReactorOptions addresses = std::move(options_.addresses);
  addresses.complain = [this](const std::string& sentence) { log_->warn("{}", sentence); };
  addresses.resp = &door_;
  addresses.limits = net_limits(options_.limits);
  reactor_ = std::make_unique<Reactor>(std::move(addresses));
  if (auto bound = reactor_->bind(); !bound) return cannot_start(bound.error());
  disk_->wake_with([this] { reactor_->wake(); });
  return {};
}

Result<void> Shard::turn() {
  Inbox inbox = reactor_->poll(core_->wake_at() - steady_now());
  const std::uint64_t malformed_now = reactor_->counters().malformed;
  core_->count_malformed(malformed_now - std::exchange(malformed_, malformed_now));
  const Now now = read_clocks();
  CW_TRY(Outbox out, core_->run_turn(std::move(inbox), now));
  for (const std::string& notice : out.notices) log_->info("{}", notice);
  reactor_->send(std::move(out));
  if (now.mono >= next_publish_) publish(now);
  return {};
}

void Shard::publish(Now now) {
  next_publish_ = now.mono + publish_every;
  const NodeStatus status = core_->status(now);
  if (status.serving && !was_serving_ && serving_) serving_(status);
  board_.publish(place_, {status.ready, status.reason.empty() ? "not ready yet" : status.reason});
  if (status.ready != was_ready_) log_->info("{}", status.ready ? "ready" : "not ready: " + status.reason);
  was_serving_ = status.serving;
  was_ready_ = status.ready;
}

RespFacts Shard::facts() const {
  const Topology& topology = configuration_.topology();
  const Node& own = *configuration_.node(options_.node.self);
  const Now now = read_clocks();
  RespFacts facts;
  facts.status = core_->status(now);
  facts.counters = reactor_->counters().resp;
  facts.cluster = topology.cluster;
  facts.address = own.address;
  facts.port = own.ports.resp;
  facts.uptime_s =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now.mono - begin_).count());
  facts.memory_bytes = topology.limits.memory_bytes;
  facts.request_bytes = topology.limits.request_bytes;
  facts.durable_sync = topology.durability.is_sync();
  return facts;
}

void Shard::stop() {
  stopping_ = true;
  reactor_->wake();
}

Exit Shard::run() {
  while (!stopping_) {
    if (auto turned = turn(); !turned) {
      return {ExitStatus::stopped_itself, "stopped to protect the data: " + to_string(turned.error())};
    }
  }
  log_->info("stopping");
  if (auto stopped = core_->stop(read_clocks()); !stopped) {
    return {ExitStatus::stopped_itself, "the end was not clean: " + to_string(stopped.error())};
  }
  log_->info("stopped");
  return {};
}

}  // namespace causeway
