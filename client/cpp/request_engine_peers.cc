// What the engine knows of the nodes: connections, silence, the topology, and their status.
#include <algorithm>
#include <utility>

#include "client/cpp/request_engine.h"

namespace causeway {
namespace {

constexpr Micros probe_first = 100ms;
constexpr Micros probe_max = 2s;
constexpr Micros refresh_first = 1s;
constexpr Micros refresh_every = 30s;

Result<Topology> given_topology(const ClientOptions& options) {
  if (const auto* topology = std::get_if<Topology>(&options.topology)) return *topology;
  auto parsed = parse_topology(std::get<Bytes>(options.topology));
  if (!parsed) return fail(ErrorCode::invalid, to_string(parsed.error(), "topology"));
  return std::move(*parsed);
}

}  // namespace

// ---- The start -------------------------------------------------------------------------------------------------

void RequestEngine::start(std::function<void(Result<void>)> done, Now now) {
  started_ = std::move(done);
  start_deadline_ = now.mono + options_.connect_timeout;
  refresh_at_ = now.mono + refresh_first;
  if (!std::holds_alternative<std::monostate>(options_.topology)) {
    auto topology = given_topology(options_);
    if (!topology) return settle_start(tl::unexpected(topology.error()));
    const std::string first = topology->datacenters.front().name;
    ring_ = std::make_shared<const ClientRing>(Configuration(Epoch{0}, std::move(*topology)));
    bind_nodes();
    return settle_start(settle_home(first));
  }
  for (const std::string& text : options_.endpoints) {
    const auto endpoint = client_endpoint(text);
    if (!endpoint) return settle_start(tl::unexpected(endpoint.error()));
    const PeerIndex peer = peers_.at(*endpoint);
    seeds_.try_emplace(peer);
    open(peer, now);
  }
  if (seeds_.empty()) settle_start(fail(ErrorCode::invalid, "give an endpoint or a topology to connect to"));
}

void RequestEngine::settle_start(Result<void> result) {
  if (started_) std::exchange(started_, nullptr)(std::move(result));
}

Result<void> RequestEngine::settle_home(const std::string& fallback) {
  const std::string& name = options_.datacenter.empty() ? fallback : options_.datacenter;
  const Datacenter* home = ring_->configuration().datacenter(name);
  if (home == nullptr) {
    std::string known;
    for (const Datacenter& each : ring_->configuration().topology().datacenters) known += ' ' + each.name;
    return fail(ErrorCode::invalid, "there is no datacenter '" + name + "': there is" + known);
  }
  home_ = home->id;
  prefer();
  return {};
}

void RequestEngine::bind_nodes() {
  for (const NodeId id : ring_->configuration().nodes()) {
    const Node& node = *ring_->configuration().node(id);
    peers_.bind(id, peers_.at({node.address, node.ports.client}));
  }
  // A node that answers at an endpoint that was given to us is spoken to there.
  for (const auto& [peer, name] : seeds_) {
    const Node* node = name.empty() ? nullptr : ring_->configuration().node(name);
    if (node != nullptr) peers_.bind(node->id, peer);
  }
  prefer();
}

void RequestEngine::prefer() {
  preferred_.clear();
  const std::uint32_t partitions = ring_->configuration().partitions();
  for (std::uint32_t partition = 0; partition < partitions; ++partition) {
    const auto first = ring_->first(PartitionId{partition}, home_, false, [](NodeId) { return true; });
    if (!first) return preferred_.clear();
    preferred_.push_back(peers_.of(*first));
  }
}

void RequestEngine::learn(const TopologyReply& reply) {
  if (ring_ != nullptr && reply.epoch <= ring_->configuration().epoch()) return;
  auto topology = parse_topology(reply.topology);
  if (!topology) return;
  ring_ = std::make_shared<const ClientRing>(Configuration(reply.epoch, std::move(*topology)));
  bind_nodes();
}

void RequestEngine::try_to_start() {
  if (!started_ || ring_ == nullptr) return;
  for (const auto& [peer, name] : seeds_) {
    const Node* node = ring_->configuration().node(name);
    if (node == nullptr) continue;
    bind_nodes();
    return settle_start(settle_home(ring_->configuration().datacenter_of(node->id)->name));
  }
}

// ---- Connections -----------------------------------------------------------------------------------------------

void RequestEngine::open(PeerIndex peer, Now now) {
  if (peers_[peer].state != Peer::State::idle) return;
  peers_[peer].state = Peer::State::connecting;
  peers_[peer].connecting_since = now.mono;
  connects_.emplace_back(peer, peers_[peer].endpoint);
}

std::vector<std::pair<PeerIndex, Endpoint>> RequestEngine::take_connects() {
  return std::exchange(connects_, {});
}

void RequestEngine::connected(PeerIndex peer, Now now) {
  Peer& it = peers_[peer];
  it.state = Peer::State::up;
  it.probing = false;
  if (started_ && seeds_.contains(peer)) {
    messages_.emplace_back(peer, AskTopology{});
    probe(peer);
  } else if (status_waiters_.contains(peer)) {
    probe(peer);
  }
  for (const CallId id : std::exchange(it.waiting, {})) {
    Call* call = calls_.find(id);
    if (call != nullptr && call->state == Call::State::connecting && call->peer == peer)
      send(id, *call, peer, now);
  }
}

void RequestEngine::disconnected(PeerIndex peer, Now now) {
  peers_[peer].state = Peer::State::down;
  peers_[peer].probing = false;
  fail_status(peer,
              {ErrorCode::unavailable, ErrorTag::retryable, name_of_peer(peer) + " does not answer", 1, 0});
  abandon(peer, now);
}

void RequestEngine::abandon(PeerIndex peer, Now now) {
  const bool lost = peers_[peer].state == Peer::State::down;
  const auto affected =
      calls_.ids([&](const Call& call) { return call.peer == peer && call.state != Call::State::resting; });
  for (const CallId id : affected) {
    Call& call = *calls_.find(id);
    if (call.state == Call::State::connecting) {
      try_next(id, call, now);
    } else if (call.repeatable || lost) {
      no_answer(id, call, now);
    }
  }
  peers_[peer].waiting.clear();
}

// ---- Silence ---------------------------------------------------------------------------------------------------

void RequestEngine::probe(PeerIndex peer) {
  if (std::exchange(peers_[peer].probing, true)) return;
  messages_.emplace_back(peer, AskStatus{});
}

void RequestEngine::suspect(PeerIndex peer, Now now) {
  Peer& it = peers_[peer];
  if (it.state != Peer::State::up) return;
  it.state = Peer::State::suspect;
  it.probe_delay = probe_first;
  it.probe_at = now.mono + it.probe_delay;
  abandon(peer, now);
}

void RequestEngine::look_after_peers(Now now) {
  if (started_ && now.mono >= start_deadline_) {
    std::string asked;
    for (const std::string& endpoint : options_.endpoints) asked += (asked.empty() ? "" : ", ") + endpoint;
    settle_start(fail_retryable(ErrorCode::unavailable, "no node answers at " + asked));
  }
  bool refresh = !started_ && now.mono >= refresh_at_;
  if (refresh) refresh_at_ = now.mono + refresh_every;
  for (PeerIndex peer = 0; peer < peers_.size(); ++peer) {
    Peer& it = peers_[peer];
    if (it.state == Peer::State::connecting && now.mono >= it.connecting_since + try_timeout_) {
      disconnected(peer, now);  // it is still tried in the background
    } else if (it.state == Peer::State::suspect && now.mono >= it.probe_at) {
      it.probing = false;
      probe(peer);
      it.probe_delay = std::min(2 * it.probe_delay, probe_max);
      it.probe_at = now.mono + it.probe_delay;
    } else if (it.state == Peer::State::up && refresh) {
      messages_.emplace_back(peer, AskTopology{});
      refresh = false;
    }
    time_out_status(peer, now);
  }
}

MonoTime RequestEngine::wake_at() const {
  MonoTime earliest = started_ ? start_deadline_ : refresh_at_;
  if (!alarms_.empty()) earliest = std::min(earliest, alarms_.first());
  for (PeerIndex peer = 0; peer < peers_.size(); ++peer) {
    const Peer& it = peers_[peer];
    if (it.state == Peer::State::connecting)
      earliest = std::min(earliest, it.connecting_since + try_timeout_);
    if (it.state == Peer::State::suspect) earliest = std::min(earliest, it.probe_at);
  }
  for (const auto& [peer, waiters] : status_waiters_) {
    for (const StatusWaiter& waiter : waiters) earliest = std::min(earliest, waiter.deadline);
  }
  return earliest;
}

// ---- Messages --------------------------------------------------------------------------------------------------

void RequestEngine::receive(PeerIndex peer, ClientMessage&& message, Now now) {
  Peer& it = peers_[peer];
  it.heard_at = now.mono;
  it.probing = false;
  if (it.state == Peer::State::suspect) it.state = Peer::State::up;
  if (auto* responses = std::get_if<Responses>(&message)) {
    const Epoch known = ring_ == nullptr ? Epoch{} : ring_->configuration().epoch();
    if (responses->epoch > std::max(known, asked_epoch_)) {
      asked_epoch_ = responses->epoch;
      messages_.emplace_back(peer, AskTopology{});
    }
    for (Response& response : responses->responses) answer(peer, std::move(response), now);
  } else if (const auto* reply = std::get_if<TopologyReply>(&message)) {
    learn(*reply);
  } else if (const auto* status = std::get_if<NodeStatus>(&message)) {
    const auto seed = seeds_.find(peer);
    if (seed != seeds_.end()) seed->second = status->node;
    answer_status(peer, *status);
  }
  try_to_start();
}

std::string RequestEngine::name_of_peer(PeerIndex peer) const {
  if (ring_ != nullptr) {
    for (const NodeId node : ring_->configuration().nodes()) {
      if (peers_.is_bound(node) && peers_.of(node) == peer) return ring_->configuration().node(node)->name;
    }
  }
  return to_string(peers_[peer].endpoint);
}

// ---- Status ----------------------------------------------------------------------------------------------------

void RequestEngine::ask_status(const std::string& name, std::chrono::milliseconds timeout,
                               std::function<void(Result<NodeStatus>)> done, Now now) {
  const NodeId id = name.empty() ? ring_->configuration().nodes_of(home_).front() : node_id(name);
  if (!peers_.is_bound(id))
    return done(fail(ErrorCode::invalid, "there is no node '" + name + "' in the topology"));
  const PeerIndex peer = peers_.of(id);
  status_waiters_[peer].push_back({now.mono + timeout, std::move(done)});
  open(peer, now);
  if (peers_[peer].state == Peer::State::up || peers_[peer].state == Peer::State::suspect) probe(peer);
}

void RequestEngine::answer_status(PeerIndex peer, const NodeStatus& status) {
  auto waiters = status_waiters_.extract(peer);
  if (waiters.empty()) return;
  for (StatusWaiter& waiter : waiters.mapped()) waiter.done(status);
}

void RequestEngine::fail_status(PeerIndex peer, const Error& error) {
  auto waiters = status_waiters_.extract(peer);
  if (waiters.empty()) return;
  for (StatusWaiter& waiter : waiters.mapped()) waiter.done(tl::unexpected(error));
}

void RequestEngine::time_out_status(PeerIndex peer, Now now) {
  const auto found = status_waiters_.find(peer);
  if (found == status_waiters_.end()) return;
  std::vector<StatusWaiter> late;
  std::erase_if(found->second, [&](StatusWaiter& waiter) {
    if (now.mono < waiter.deadline) return false;
    late.push_back(std::move(waiter));
    return true;
  });
  if (found->second.empty()) status_waiters_.erase(found);
  for (StatusWaiter& waiter : late) {
    waiter.done(tl::unexpected(
        Error{ErrorCode::timeout, ErrorTag::retryable, "no answer from " + name_of_peer(peer), 0, 0}));
  }
}

}  // namespace causeway
