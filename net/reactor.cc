#include "net/reactor.h"

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "net/bridge_link.h"
#include "net/client_table.h"
#include "net/peer_link.h"
#include "net/peer_port.h"
#include "net/poller.h"
#include "net/port.h"
#include "net/steady_clock.h"
#include "net/wake_event.h"
#include "net/zmq_socket.h"
#include "wire/codec.h"

namespace causeway {
namespace {

bool is_loopback_v4(const std::string& host) { return host.rfind("127.", 0) == 0; }

/// What is sent instead of a reply that is too large to travel.
Responses too_large(const Responses& reply, std::size_t bytes_max) {
  Responses instead;
  for (const Response& each : reply.responses) {
    instead.responses.push_back({each.id, Error{ErrorCode::too_large, ErrorTag::fatal,
                                                "the reply is larger than " + std::to_string(bytes_max) +
                                                    " bytes: ask for a part of it",
                                                0, 0}});
  }
  return instead;
}

}  // namespace

struct Reactor::Parts {
  explicit Parts(ReactorOptions o);

  void wait(Micros timeout);
  [[nodiscard]] Micros patience(Micros timeout, MonoTime now);
  void flush_bridges(MonoTime now);
  void flush_peers(MonoTime now);
  Result<void> take_peer(BytesView message, Inbox& into);
  void take_bridge(const Port::Arrival& arrival, Inbox& into);
  void take_client(const Port::Arrival& arrival, Inbox& into);
  void malformed(const Port& port, const Port::Arrival& arrival, const std::string& why);
  void send_peer(NodeId to, const Envelope& envelope, MonoTime now);
  void send_client(ClientId to, const ClientMessage& message);
  void answer_resp(ClientId to, ClientMessage&& message);
  void reply_one_by_one(ClientId to, const Responses& reply);
  void complain(const std::string& topic, const std::string& sentence);

  ReactorOptions options;
  const NetLimits& limits = options.limits;
  WakeEvent wake;
  zmq::context_t context = make_context();
  Poller poller;
  Poller::Watch on_wake{poller, wake.fd(), [this](std::uint32_t) { wake.clear(); }};
  Port clients{poller, context, limits, "client", limits.request_bytes_max};
  Port bridges{poller, context, limits, "bridge", limits.peer_message_bytes_max};
  PeerPort peers{poller, limits, [this](const std::string& sender, const std::string& why) {
                   complain("peer" + sender, "closed a connection from " + sender + " on the peer port: " +
                                                 why + "; more of them are only counted");
                 }};
  std::optional<RespPort> resp;
  ClientTable table{limits.clients_max, limits.send_bytes_max, limits.all_clients_send_bytes_max};
  std::shared_ptr<SendQueue> to_peers = std::make_shared<SendQueue>(limits.all_peers_send_bytes_max);
  PeerLinks links{poller, limits, to_peers, Random(std::random_device()()),
                  [this](const Endpoint& peer, const std::string& sentence) {
                    complain("connect" + to_string(peer), sentence);
                  }};
  std::unordered_map<NodeId, PeerLink> to_local;
  std::unordered_map<NodeId, BridgeLink> to_remote;
  std::set<std::string> complained;
  ReactorCounters counters;
};

Reactor::Parts::Parts(ReactorOptions o) : options(std::move(o)) {
  CW_CHECK(limits.reply_bytes_max >= 1024, "the error TOO_LARGE itself must fit");
  for (const ReactorOptions::Peer& peer : options.peers) {
    const bool both_here = is_loopback_v4(options.host) && is_loopback_v4(peer.at.host);
    const std::string source = both_here ? options.host : "";
    if (peer.local) {
      to_local.try_emplace(peer.node, links, peer.at, source);
    } else {
      to_remote.try_emplace(peer.node, poller, context, limits, peer.at, source, to_peers);
    }
  }
  if (options.resp != nullptr) resp.emplace(poller, limits, *options.resp);
  on_wake.want(EPOLLIN);
}

void Reactor::Parts::complain(const std::string& topic, const std::string& sentence) {
  if (!options.complain || complained.size() >= limits.complained_peers_max) return;
  if (complained.insert(topic).second) options.complain(sentence);
}

void Reactor::Parts::malformed(const Port& port, const Port::Arrival& arrival, const std::string& why) {
  ++counters.malformed;
  const std::string sender = arrival.sender();
  complain(port.name() + sender, "dropped a malformed message from " + sender + " on the " + port.name() +
                                     " port: " + why + "; more of them are only counted");
}

Result<void> Reactor::Parts::take_peer(BytesView message, Inbox& into) {
  CW_TRY(Envelope envelope, decode_envelope(message));
  ++counters.peer_messages_received;
  into.peers.push_back(std::move(envelope));
  return {};
}

void Reactor::Parts::take_bridge(const Port::Arrival& arrival, Inbox& into) {
  if (!arrival.alone) return malformed(bridges, arrival, "several frames");
  const auto taken = take_peer(view(arrival.message), into);
  if (!taken) malformed(bridges, arrival, taken.error().sentence);
}

void Reactor::Parts::take_client(const Port::Arrival& arrival, Inbox& into) {
  // Moved first: a short message is stored in the frame itself.
  const auto frame = std::make_shared<zmq::message_t>(std::move(arrival.message));
  auto message = decode_client_message(view(*frame), frame);
  if (!message || !arrival.alone) {
    arrival.message = std::move(*frame);
    malformed(clients, arrival, message ? "several frames" : message.error().sentence);
    return;
  }
  ++counters.client_messages_received;
  into.clients.emplace_back(table.heard(arrival.routing_id).id, std::move(*message));
}

void Reactor::Parts::wait(Micros timeout) {
  const bool clients_ready = clients.look();
  const bool bridges_ready = bridges.look();
  const MonoTime now = steady_now();
  flush_bridges(now);
  poller.wait(clients_ready || bridges_ready ? Micros{0} : patience(timeout, now));
  const MonoTime then = steady_now();
  flush_bridges(then);
  flush_peers(then);
}

Micros Reactor::Parts::patience(Micros timeout, MonoTime now) {
  timeout = peers.patience(timeout, now);
  for (const auto& [node, link] : to_local) timeout = std::min(timeout, link.due() - now);
  return resp ? resp->patience(timeout) : timeout;
}

void Reactor::Parts::flush_bridges(MonoTime now) {
  for (auto& [node, link] : to_remote) link.flush(now);
}

void Reactor::Parts::flush_peers(MonoTime now) {
  for (auto& [node, link] : to_local) link.flush(now);
}

void Reactor::Parts::send_peer(NodeId to, const Envelope& envelope, MonoTime now) {
  if (const auto local = to_local.find(to); local != to_local.end()) {
    local->second.send(encode(envelope), now);
    return;
  }
  const auto remote = to_remote.find(to);
  if (remote == to_remote.end()) {
    ++counters.peer_messages_dropped;
    return;
  }
  const auto sent = remote->second.send(encode(envelope), now);
  if (!sent) links.complain(remote->second.peer(), sent.error().sentence);
}

void Reactor::Parts::reply_one_by_one(ClientId to, const Responses& reply) {
  if (reply.responses.size() == 1) {
    send_client(to, too_large(reply, limits.reply_bytes_max));
    return;
  }
  for (const Response& each : reply.responses) send_client(to, Responses{{each}});
}

void Reactor::Parts::send_client(ClientId to, const ClientMessage& message) {
  const ClientConnection* client = table.find(to);
  if (client == nullptr) {
    ++counters.client_messages_dropped;
    return;
  }
  Bytes bytes = encode(message);
  const auto* reply = std::get_if<Responses>(&message);
  if (bytes.size() > limits.reply_bytes_max && reply != nullptr && !reply->responses.empty()) {
    reply_one_by_one(to, *reply);
    return;
  }
  if (bytes.size() > limits.reply_bytes_max || !client->queue->has_room(bytes.size())) {
    ++counters.client_messages_dropped;
    return;
  }
  const Port::Sent sent = clients.send(client->routing_id, make_message(std::move(bytes), client->queue));
  ++(sent == Port::Sent::yes ? counters.client_messages_sent : counters.client_messages_dropped);
  if (sent == Port::Sent::gone) table.forget(to);
}

void Reactor::Parts::answer_resp(ClientId to, ClientMessage&& message) {
  auto* answers = std::get_if<Responses>(&message);
  if (answers == nullptr || !resp || !resp->answer(to, std::move(*answers)))
    ++counters.client_messages_dropped;
}

Reactor::Reactor(ReactorOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}

Reactor::~Reactor() {
  parts_->clients.linger(parts_->limits.linger_at_end);
  for (auto& [node, link] : parts_->to_remote) link.linger(parts_->limits.linger_at_end);
}

Result<void> Reactor::bind() {
  const ReactorOptions& o = parts_->options;
  CW_TRY_VOID(parts_->clients.bind({o.host, o.client_port}));
  CW_TRY_VOID(parts_->peers.listen({o.host, o.peer_port}));
  CW_TRY_VOID(parts_->bridges.bind({o.host, o.bridge_port}));
  return parts_->resp ? parts_->resp->listen({o.host, o.resp_port}, o.resp_shared) : Result<void>();
}

Inbox Reactor::poll(Micros timeout) {
  Parts& parts = *parts_;
  parts.wait(timeout);
  Inbox inbox;
  parts.peers.take(steady_now(), [&](BytesView message) { return parts.take_peer(message, inbox); });
  parts.bridges.take([&](const Port::Arrival& arrival) { parts.take_bridge(arrival, inbox); });
  parts.clients.take([&](const Port::Arrival& arrival) { parts.take_client(arrival, inbox); });
  if (parts.resp) parts.resp->take(inbox);
  return inbox;
}

void Reactor::send(Outbox&& out) {
  const MonoTime now = steady_now();
  for (const auto& [to, envelope] : out.peers) parts_->send_peer(to, envelope, now);
  parts_->flush_peers(now);
  for (auto& [to, message] : out.clients) {
    if (RespPort::owns(to)) {
      parts_->answer_resp(to, std::move(message));
    } else {
      parts_->send_client(to, message);
    }
  }
  if (parts_->resp) parts_->resp->flush();
}

void Reactor::wake() { parts_->wake.wake(); }

ReactorCounters Reactor::counters() const {
  const Parts& parts = *parts_;
  ReactorCounters now = parts.counters;
  const auto add = [&](const auto& links) {
    for (const auto& [node, link] : links) {
      now.peer_messages_sent += link.sent();
      now.peer_messages_dropped += link.dropped();
    }
  };
  add(parts.to_local);
  add(parts.to_remote);
  const PeerPortCounters port = parts.peers.counters();
  now.malformed += port.malformed;
  now.peer_connections = port.connections;
  now.peer_connections_cut_off = port.connections_cut_off;
  if (parts.resp) now.resp = parts.resp->counters();
  return now;
}

}  // namespace causeway
