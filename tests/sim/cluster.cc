#include "tests/sim/cluster.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"
#include "tests/sim/machine.h"
#include "wire/codec.h"

namespace causeway::testing {
namespace {

constexpr auto wall_origin = 1'700'000'000s;
constexpr Micros late_retry = 50ms;
constexpr std::uint64_t disks_salt = 0xD15C;  // their times are drawn apart: the rest of a run stays as it is

}  // namespace

Configuration configuration_from(BytesView text) {
  auto topology = parse_topology(text);
  CW_CHECK(topology.has_value(), "a test's topology is right");
  return Configuration(Epoch{1}, std::move(*topology));
}

Cluster::Cluster(BytesView topology, std::uint64_t seed, Network network, Disks disks)
    : configuration_(configuration_from(topology)),
      placement_(Placement::compute(configuration_)),
      random_(seed),
      of_disks_(seed ^ disks_salt),
      network_(std::move(network)),
      wires_(configuration_, seed, network_),
      disks_(disks) {
  for (const NodeId id : configuration_.nodes()) machines_.emplace(id, make_machine(id));
  for (const NodeId id : configuration_.nodes()) {
    const auto started = start(configuration_.node(id)->name, true);
    CW_CHECK(started.has_value(), "an empty store opens");
  }
}

Cluster::~Cluster() = default;

std::unique_ptr<Cluster::Machine> Cluster::make_machine(NodeId id) {
  auto machine =
      std::make_unique<Machine>(disks_.log, [this, id](Machine::Beside& beside, std::function<void()> work) {
        run_beside(*machines_.at(id), beside.until, std::move(work));
      });
  machine->id = id;
  machine->name = configuration_.node(id)->name;
  return machine;
}

Cluster::Machine& Cluster::machine(BytesView name) { return *machines_.at(node_id(name)); }
const Cluster::Machine& Cluster::machine(BytesView name) const { return *machines_.at(node_id(name)); }
ShardStore& Cluster::store(BytesView node) { return *machine(node).store; }
MemoryEventLog& Cluster::log(BytesView node) { return machine(node).log; }
MemoryStateStore& Cluster::state(BytesView node) { return machine(node).state; }
NodeStatus Cluster::status(BytesView node) { return machine(node).core->status(now_of(machine(node))); }

WallTime Cluster::wall() const { return WallTime(now_.time_since_epoch() + wall_origin); }
WallTime Cluster::wall(BytesView node) const { return now_of(machine(node)).wall; }

Now Cluster::now_of(const Machine& machine) const {
  const Micros drifted = (now_ - machine.drifts_since) * machine.drift_ppm / 1'000'000;
  return {now_, wall() + machine.skew + drifted};
}

void Cluster::at(MonoTime time, std::function<void()> action) {
  agenda_.push_back({std::max(time, now_), ++order_, std::move(action)});
  std::push_heap(agenda_.begin(), agenda_.end(), std::greater<>());
}

void Cluster::run_for(Micros time) {
  const MonoTime end = now_ + time;
  while (!agenda_.empty() && agenda_.front().at <= end) {
    std::pop_heap(agenda_.begin(), agenda_.end(), std::greater<>());
    const Later next = std::move(agenda_.back());
    agenda_.pop_back();
    now_ = next.at;
    next.action();
  }
  now_ = end;
}

bool Cluster::run_until(const std::function<bool()>& holds, Micros limit, Micros step) {
  const MonoTime end = now_ + limit;
  while (!holds()) {
    if (now_ >= end) return false;
    run_for(step);
  }
  return true;
}

bool Cluster::run_until_serving(Micros limit) {
  return run_until(
      [this] {
        return std::all_of(machines_.begin(), machines_.end(), [this](const auto& row) {
          return !row.second->core || row.second->core->status(now_of(*row.second)).ready;
        });
      },
      limit);
}

void Cluster::cut(BytesView a, BytesView b) {
  cut_one_way(a, b);
  cut_one_way(b, a);
}

void Cluster::transmit(NodeId from, NodeId to, const Envelope& envelope) {
  const auto arrivals = wires_.send(from, to, now_, !std::holds_alternative<Forward>(envelope.message));
  if (arrivals.empty()) return;
  const auto bytes = std::make_shared<const Bytes>(encode(envelope));
  for (const MonoTime arrival : arrivals) {
    at(arrival, [this, from, to, bytes] { arrive(from, to, bytes); });
  }
}

void Cluster::arrive(NodeId from, NodeId to, const std::shared_ptr<const Bytes>& bytes) {
  switch (wires_.arrive(from, to)) {
    case Wires::Fate::lost: return;
    case Wires::Fate::waits:
      at(now_ + late_retry, [this, from, to, bytes] { arrive(from, to, bytes); });
      return;
    case Wires::Fate::arrives: break;
  }
  const auto at_machine = machines_.find(to);
  if (at_machine == machines_.end()) return;  // a shard that is no more
  Machine& machine = *at_machine->second;
  if (!machine.core || machine.inbox.peers.size() >= network_.high_water) return;
  auto envelope = decode_envelope(*bytes);
  CW_CHECK(envelope.has_value(), "nodes understand each other");
  trace_ = hash64(*bytes, trace_ ^ static_cast<std::uint64_t>(now_.time_since_epoch().count()) ^ to.value);
  ++delivered_;
  ++delivered_between_[{configuration_.datacenter_of(from)->id, configuration_.datacenter_of(to)->id}];
  if (observer_ != nullptr) observer_->delivered(from, to, envelope->message);
  machine.inbox.peers.push_back(std::move(*envelope));
  wake(machine, now_);
}

std::uint64_t Cluster::delivered_between(BytesView from_dc, BytesView to_dc) const {
  const auto at = delivered_between_.find({dc_id(from_dc), dc_id(to_dc)});
  return at == delivered_between_.end() ? 0 : at->second;
}

void Cluster::wake(Machine& machine, MonoTime when) {
  when = std::max({when, machine.busy_until, machine.paused_until, now_});
  if (machine.wake_at <= when) return;
  machine.wake_at = when;
  at(when, [this, &machine, when, life = machine.life] {
    if (machine.life == life && machine.wake_at == when) turn(machine);
  });
}

void Cluster::turn(Machine& machine) {
  machine.wake_at = MonoTime::max();
  if (machine.paused_until > now_) return wake(machine, now_);
  auto outbox = machine.core->run_turn(std::exchange(machine.inbox, {}), now_of(machine));
  if (!outbox) {
    notices_.push_back(machine.name + ": stopped itself: " + to_string(outbox.error()));
    kill(machine.name);
    if (observer_ != nullptr) observer_->stopped_itself(machine.id, outbox.error());
    return;
  }
  if (observer_ != nullptr) observer_->turned(machine.id, *outbox);
  note_written(machine);
  // A turn takes time, in which more arrives.
  machine.busy_until = now_ + Micros(10 + random_.below(90));
  dispatch(machine, std::move(*outbox));
  wake(machine, machine.core->wake_at());
}

void Cluster::run_beside(Machine& machine, MonoTime& until, std::function<void()> work) {
  // Most often a disk is quick; now and then it takes most of the time that it may.
  const auto us_max = of_disks_.chance(1, 8) ? beside_max.count() : beside_max.count() / 20;
  until = std::max(until, now_) + Micros(1 + of_disks_.below(static_cast<std::uint64_t>(us_max)));
  at(until, [this, &machine, work = std::move(work), life = machine.life] {
    if (machine.life != life) return;
    work();
    wake(machine, now_);
  });
}

void Cluster::dispatch(Machine& machine, Outbox outbox) {
  for (auto& notice : outbox.notices) notices_.push_back(machine.name + ": " + notice);
  for (const auto& [to, envelope] : outbox.peers) transmit(machine.id, to, envelope);
  for (auto& [client, message] : outbox.clients) {
    auto* responses = std::get_if<Responses>(&message);
    if (responses == nullptr || random_.chance(network_.client_loss_permille, 1000)) continue;
    at(now_ + network_.local_delay, [this, held = std::move(responses->responses)] {
      for (const Response& response : held) answer(response);
    });
  }
}

void Cluster::answer(const Response& response) {
  const auto at = waiting_.find(response.id);
  if (at == waiting_.end()) return;
  const Waiting waiting = std::move(at->second);
  waiting_.erase(at);
  (*waiting.answered)(waiting.index, response);
}

void Cluster::send(BytesView node, std::vector<Request> requests, Answered answered) {
  const auto shared = std::make_shared<Answered>(std::move(answered));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].id = ++last_request_;
    waiting_[requests[i].id] = {shared, i};
  }
  if (random_.chance(network_.client_loss_permille, 1000)) return;
  at(now_ + network_.local_delay,
     [this, id = node_id(node), message = Requests{std::move(requests), Epoch{}}] {
       Machine& machine = *machines_.at(id);
       if (!machine.core) return;
       machine.inbox.clients.emplace_back(ClientId{1}, message);
       wake(machine, now_);
     });
}

std::shared_ptr<Call> Cluster::call(BytesView node, std::vector<Bytes> arguments, Level level,
                                    std::optional<RequestId> request_id, std::uint32_t timeout_ms) {
  return call(node, Request{0, std::move(arguments), level, level, timeout_ms, request_id});
}

std::shared_ptr<Call> Cluster::call(BytesView node, Request request) {
  auto call = std::make_shared<Call>();
  send(node, {std::move(request)}, [call](std::size_t, const Response& response) {
    call->result = response.result;
    call->session = response.session;
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

std::string Cluster::unequal() {
  for (std::uint32_t number = 0; number < placement_.partitions(); ++number) {
    const PartitionId id{number};
    const Partition* first = nullptr;
    for (const NodeId node : placement_.all_replicas(id)) {
      const Machine& machine = *machines_.at(node);
      if (!machine.core) continue;
      const Partition& partition = machine.store->partition(id);
      if (first == nullptr) first = &partition;
      const std::string where = "partition " + std::to_string(number) + ": ";
      if (partition.clock() != first->clock()) return where + "clocks differ at " + machine.name;
      if (partition.digest() != first->digest()) return where + "digests differ at " + machine.name;
    }
  }
  return "";
}

std::string Cluster::difference() {
  if (auto what = unequal(); !what.empty()) return what;
  for (const auto& [id, machine] : machines_) {
    if (!machine->core) continue;
    if (const auto verified = machine->store->verify(); !verified)
      return machine->name + ": " + to_string(verified.error());
  }
  return "";
}

}  // namespace causeway::testing
