#include "tests/cluster/cluster.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/serial.h"
#include "wire/codec.h"

namespace causeway::testing {
namespace {

constexpr std::uint64_t cluster_id = 0xC0FFEE;
constexpr auto wall_origin = 1'700'000'000s;

Configuration parse(BytesView text) {
  auto topology = parse_topology(text);
  CW_CHECK(topology.has_value(), "a test's topology is right");
  return Configuration(Epoch{1}, std::move(*topology));
}

}  // namespace

/// One node's machine: the disks outlive the process.
struct Cluster::Machine {
  explicit Machine(const LogLimits& limits) : log(limits) {}

  NodeId id;
  std::string name;
  MemoryEventLog log;
  MemoryStateStore state;
  std::unique_ptr<ShardStore> store;
  std::unique_ptr<NodeCore> core;
  std::uint64_t life = 0;  ///< counts processes: what was meant for an earlier one is dropped
  std::uint64_t boots = 1;
  Inbox inbox;
  MonoTime busy_until;
  MonoTime wake_at = MonoTime::max();
  Micros skew{0};
};

Cluster::Cluster(BytesView topology, std::uint64_t seed, Network network, Disks disks)
    : configuration_(parse(topology)),
      placement_(Placement::compute(configuration_)),
      random_(seed),
      network_(network),
      disks_(disks) {
  for (const NodeId id : configuration_.nodes()) {
    auto machine = std::make_unique<Machine>(disks_.log);
    machine->id = id;
    machine->name = configuration_.node(id)->name;
    machines_.emplace(id, std::move(machine));
  }
  for (const NodeId id : configuration_.nodes()) start(configuration_.node(id)->name, true);
}

Cluster::~Cluster() = default;

Cluster::Machine& Cluster::machine(BytesView name) { return *machines_.at(node_id(name)); }
const Cluster::Machine& Cluster::machine(BytesView name) const { return *machines_.at(node_id(name)); }
bool Cluster::up(BytesView node) const { return machine(node).core != nullptr; }
ShardStore& Cluster::store(BytesView node) { return *machine(node).store; }
MemoryEventLog& Cluster::log(BytesView node) { return machine(node).log; }
MemoryStateStore& Cluster::state(BytesView node) { return machine(node).state; }
NodeStatus Cluster::status(BytesView node) { return machine(node).core->status(now_at(now_)); }
void Cluster::skew(BytesView node, Micros ahead) { machine(node).skew = ahead; }

Now Cluster::now_at(MonoTime mono) const { return {mono, WallTime(mono.time_since_epoch() + wall_origin)}; }

Now Cluster::now_of(const Machine& machine) const {
  Now now = now_at(now_);
  now.wall += machine.skew;
  return now;
}

void Cluster::at(MonoTime time, std::function<void()> action) {
  agenda_.push({std::max(time, now_), ++order_, std::move(action)});
}

void Cluster::run_for(Micros time) {
  const MonoTime end = now_ + time;
  while (!agenda_.empty() && agenda_.top().at <= end) {
    now_ = agenda_.top().at;
    const auto action = agenda_.top().action;
    agenda_.pop();
    action();
  }
  now_ = end;
}

bool Cluster::run_until(const std::function<bool()>& holds, Micros limit) {
  const MonoTime end = now_ + limit;
  while (!holds()) {
    if (now_ >= end) return false;
    run_for(5ms);
  }
  return true;
}

bool Cluster::run_until_serving(Micros limit) {
  return run_until(
      [this] {
        for (const auto& [id, machine] : machines_) {
          if (machine->core && !machine->core->status(now_at(now_)).ready) return false;
        }
        return true;
      },
      limit);
}

bool Cluster::is_cut(NodeId a, NodeId b) const {
  const auto names = [this](NodeId id) {
    return std::array<std::string, 2>{configuration_.node(id)->name, configuration_.datacenter_of(id)->name};
  };
  for (const auto& x : names(a)) {
    for (const auto& y : names(b)) {
      if (cuts_.contains({x, y})) return true;
    }
  }
  return false;
}

void Cluster::cut_one_way(BytesView from, BytesView to) { cuts_.insert({std::string(from), std::string(to)}); }
void Cluster::cut(BytesView a, BytesView b) {
  cut_one_way(a, b);
  cut_one_way(b, a);
}
void Cluster::heal() { cuts_.clear(); }

void Cluster::transmit(NodeId from, NodeId to, Bytes bytes) {
  if (is_cut(from, to) || random_.chance(network_.loss_permille, 1000)) return;
  const DcId from_dc = configuration_.datacenter_of(from)->id;
  const DcId to_dc = configuration_.datacenter_of(to)->id;
  const Micros base = from_dc == to_dc ? network_.local_delay : network_.remote_delay;
  MonoTime arrival = now_ + base + Micros(random_.below(static_cast<std::uint64_t>(network_.jitter.count()) + 1));
  MonoTime& last = last_delivery_[{from, to}];
  if (!random_.chance(network_.reorder_permille, 1000)) arrival = std::max(arrival, last);
  last = std::max(last, arrival);
  const int copies = random_.chance(network_.duplicate_permille, 1000) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    at(arrival, [this, from, to, from_dc, to_dc, bytes] {
      Machine& machine = *machines_.at(to);
      if (!machine.core || is_cut(from, to)) return;
      auto envelope = decode_envelope(bytes);
      CW_CHECK(envelope.has_value(), "nodes understand each other");
      trace_ = hash64(bytes, trace_ ^ static_cast<std::uint64_t>(now_.time_since_epoch().count()) ^ to.value);
      ++delivered_;
      ++delivered_between_[{from_dc, to_dc}];
      if (tap_) tap_(from, to, envelope->message);
      machine.inbox.peers.push_back(std::move(*envelope));
      wake(machine, now_);
    });
  }
}

std::uint64_t Cluster::delivered_between(BytesView from_dc, BytesView to_dc) const {
  const auto at = delivered_between_.find({dc_id(from_dc), dc_id(to_dc)});
  return at == delivered_between_.end() ? 0 : at->second;
}

void Cluster::wake(Machine& machine, MonoTime when) {
  when = std::max({when, machine.busy_until, now_});
  if (machine.wake_at <= when) return;
  machine.wake_at = when;
  at(when, [this, &machine, when, life = machine.life] {
    if (machine.life == life && machine.wake_at == when) turn(machine);
  });
}

void Cluster::turn(Machine& machine) {
  machine.wake_at = MonoTime::max();
  auto outbox = machine.core->run_turn(std::exchange(machine.inbox, {}), now_of(machine));
  if (!outbox) {
    notices_.push_back(machine.name + ": stopped itself: " + to_string(outbox.error()));
    kill(machine.name);
    return;
  }
  if (watch_) watch_(machine.name);
  // A turn takes time, in which more arrives.
  machine.busy_until = now_ + Micros(10 + random_.below(90));
  dispatch(machine, std::move(*outbox));
  wake(machine, machine.core->wake_at());
}

void Cluster::dispatch(Machine& machine, Outbox outbox) {
  for (auto& notice : outbox.notices) notices_.push_back(machine.name + ": " + notice);
  for (auto& [to, envelope] : outbox.peers) transmit(machine.id, to, encode(envelope));
  for (auto& [client, message] : outbox.clients) {
    const auto* responses = std::get_if<Responses>(&message);
    if (responses == nullptr) continue;
    for (const Response& response : responses->responses) {
      at(now_ + network_.local_delay, [this, response] {
        const auto call = calls_.find(response.id);
        if (call != calls_.end()) {
          call->second->result = response.result;
          call->second->session = response.session;
        }
        calls_.erase(response.id);
      });
    }
  }
}

void Cluster::kill(BytesView node) {
  Machine& machine = this->machine(node);
  ++machine.life;
  machine.core.reset();
  machine.store.reset();
  machine.inbox = {};
  machine.log.crash({});
  machine.state.crash();
}

void Cluster::power_cut(BytesView node, std::uint64_t unsynced_kept) {
  kill(node);
  Machine& machine = this->machine(node);
  ++machine.boots;
  machine.log.crash({true, unsynced_kept, random_.chance(1, 2)});
}

void Cluster::wipe(BytesView node) {
  Machine& machine = this->machine(node);
  CW_CHECK(!machine.core, "only a dead node is wiped");
  machine.log.wipe();
  machine.state.wipe();
}

void Cluster::start(BytesView node, bool found) {
  Machine& machine = this->machine(node);
  CW_CHECK(!machine.core, "it is not up");
  const auto held = placement_.partitions_of(machine.id);
  auto store = ShardStore::open(machine.log, machine.state, {held.begin(), held.end()}, disks_.store);
  CW_CHECK(store.has_value(), "the store recovers");
  machine.store = std::move(*store);
  NodeOptions options;
  options.self = machine.id;
  if (found) options.found = cluster_id;
  options.run = random_.next();
  options.boot_id = "boot " + std::to_string(machine.boots);
  options.seed = random_.next();
  auto core = NodeCore::open(configuration_, options, *machine.store, now_of(machine));
  CW_CHECK(core.has_value(), "the node opens");
  machine.core = std::move(*core);
  ++machine.life;
  machine.busy_until = now_;
  machine.wake_at = MonoTime::max();
  wake(machine, now_ + Micros(random_.below(1000)));
}

void Cluster::stop_clean(BytesView node) {
  Machine& machine = this->machine(node);
  const auto stopped = machine.core->stop(now_of(machine));
  if (!stopped) notices_.push_back(machine.name + ": did not stop in order: " + to_string(stopped.error()));
  kill(node);
}

std::shared_ptr<Call> Cluster::call(BytesView node, std::vector<Bytes> arguments, Level level,
                                    std::optional<RequestId> request_id, std::uint32_t timeout_ms) {
  return call(node, Request{0, std::move(arguments), level, level, timeout_ms, request_id});
}

std::shared_ptr<Call> Cluster::call(BytesView node, Request request) {
  auto call = std::make_shared<Call>();
  const std::uint64_t id = ++last_call_;
  calls_[id] = call;
  request.id = id;
  Requests message{{std::move(request)}};
  at(now_ + network_.local_delay, [this, name = std::string(node), message] {
    Machine& machine = this->machine(name);
    if (!machine.core) return;
    machine.inbox.clients.emplace_back(ClientId{1}, message);
    wake(machine, now_);
  });
  return call;
}

std::variant<Value, Error> Cluster::ask(BytesView node, std::vector<Bytes> arguments, Level level) {
  const auto call = this->call(node, std::move(arguments), level);
  if (!run_until([&] { return call->result.has_value(); }, 5s)) {
    return Error{ErrorCode::timeout, ErrorTag::ambiguous, "no answer", 0, 0};
  }
  return *call->result;
}

std::string Cluster::difference() {
  for (std::uint32_t number = 0; number < placement_.partitions(); ++number) {
    const PartitionId id{number};
    const Partition* first = nullptr;
    for (const NodeId node : placement_.all_replicas(id)) {
      const Machine& machine = *machines_.at(node);
      if (!machine.core) continue;
      const Partition& partition = machine.store->partition(id);
      if (first == nullptr) first = &partition;
      if (partition.clock() != first->clock()) return "partition " + std::to_string(number) + ": clocks differ at " + machine.name;
      if (partition.digest() != first->digest()) return "partition " + std::to_string(number) + ": digests differ at " + machine.name;
    }
  }
  for (const auto& [id, machine] : machines_) {
    if (!machine->core) continue;
    if (const auto verified = machine->store->verify(); !verified) return machine->name + ": " + to_string(verified.error());
  }
  return "";
}

}  // namespace causeway::testing
