#include "net/reactor.h"

#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "net/client_table.h"
#include "net/peer_link.h"
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
  void take_peer(const Port& port, const Port::Arrival& arrival, Inbox& into);
  void take_client(const Port::Arrival& arrival, Inbox& into);
  void malformed(const Port& port, const Port::Arrival& arrival, const std::string& why);
  void send_peer(NodeId to, const Envelope& envelope, MonoTime now);
  void send_client(ClientId to, const ClientMessage& message);
  void reply_one_by_one(ClientId to, const Responses& reply);
  void complain(const std::string& topic, const std::string& sentence);

  ReactorOptions options;
  const NetLimits& limits = options.limits;
  WakeEvent wake;
  zmq::context_t context = make_context();
  Port clients{context, limits, "client", limits.request_bytes_max};
  Port peers{context, limits, "peer", limits.peer_message_bytes_max};
  Port bridges{context, limits, "bridge", limits.peer_message_bytes_max};
  ClientTable table{limits.clients_max, limits.send_bytes_max, limits.all_clients_send_bytes_max};
  std::unordered_map<NodeId, PeerLink> links;
  std::vector<zmq::pollitem_t> items;
  std::vector<PeerLink*> waiting;
  std::set<std::string> complained;
  ReactorCounters counters;
};

Reactor::Parts::Parts(ReactorOptions o) : options(std::move(o)) {
  CW_CHECK(limits.reply_bytes_max >= 1024, "the error TOO_LARGE itself must fit");
  const auto all = std::make_shared<SendQueue>(limits.all_peers_send_bytes_max);
  for (const ReactorOptions::Peer& peer : options.peers) {
    const bool both_here = is_loopback_v4(options.host) && is_loopback_v4(peer.at.host);
    links.try_emplace(peer.node, context, limits, peer.at, both_here ? options.host : std::string(), all);
  }
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

void Reactor::Parts::take_peer(const Port& port, const Port::Arrival& arrival, Inbox& into) {
  auto envelope = decode_envelope(view(arrival.message));
  if (!envelope || !arrival.alone) {
    malformed(port, arrival, envelope ? "several frames" : envelope.error().sentence);
    return;
  }
  ++counters.peer_messages_received;
  into.peers.push_back(std::move(*envelope));
}

void Reactor::Parts::take_client(const Port::Arrival& arrival, Inbox& into) {
  auto message = decode_client_message(view(arrival.message));
  if (!message || !arrival.alone) {
    malformed(clients, arrival, message ? "several frames" : message.error().sentence);
    return;
  }
  ++counters.client_messages_received;
  into.clients.emplace_back(table.heard(arrival.routing_id).id, std::move(*message));
}

void Reactor::Parts::wait(Micros timeout) {
  items.assign(
      {clients.poll_item(), peers.poll_item(), bridges.poll_item(), {nullptr, wake.fd(), ZMQ_POLLIN, 0}});
  if (options.interrupt_fd >= 0) items.push_back({nullptr, options.interrupt_fd, ZMQ_POLLIN, 0});
  waiting.clear();
  for (auto& [node, link] : links) {
    if (!link.waits()) continue;
    waiting.push_back(&link);
    items.push_back(link.poll_item());
  }
  try {
    zmq::poll(items.data(), items.size(), poll_timeout(timeout));
  } catch (const zmq::error_t& error) {
    if (error.num() != EINTR) throw;
  }
  wake.clear();
  for (PeerLink* link : waiting) link->flush(steady_now());
}

void Reactor::Parts::send_peer(NodeId to, const Envelope& envelope, MonoTime now) {
  const auto link = links.find(to);
  if (link == links.end()) {
    ++counters.peer_messages_dropped;
    return;
  }
  const auto sent = link->second.send(encode(envelope), now);
  if (!sent) complain("connect" + to_string(link->second.peer()), sent.error().sentence);
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

Reactor::Reactor(ReactorOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}

Reactor::~Reactor() {
  parts_->clients.linger(parts_->limits.linger_at_end);
  for (auto& [node, link] : parts_->links) link.linger(parts_->limits.linger_at_end);
}

Result<void> Reactor::bind() {
  const ReactorOptions& o = parts_->options;
  CW_TRY_VOID(parts_->clients.bind({o.host, o.client_port}));
  CW_TRY_VOID(parts_->peers.bind({o.host, o.peer_port}));
  return parts_->bridges.bind({o.host, o.bridge_port});
}

Inbox Reactor::poll(Micros timeout) {
  parts_->wait(timeout);
  Inbox inbox;
  for (Port* port : {&parts_->peers, &parts_->bridges}) {
    port->take([&](const Port::Arrival& arrival) { parts_->take_peer(*port, arrival, inbox); });
  }
  parts_->clients.take([&](const Port::Arrival& arrival) { parts_->take_client(arrival, inbox); });
  return inbox;
}

void Reactor::send(Outbox&& out) {
  const MonoTime now = steady_now();
  for (const auto& [to, envelope] : out.peers) parts_->send_peer(to, envelope, now);
  for (const auto& [to, message] : out.clients) parts_->send_client(to, message);
}

void Reactor::wake() { parts_->wake.wake(); }

ReactorCounters Reactor::counters() const {
  ReactorCounters now = parts_->counters;
  for (const auto& [node, link] : parts_->links) {
    now.peer_messages_sent += link.sent();
    now.peer_messages_dropped += link.dropped();
  }
  return now;
}

}  // namespace causeway
