#include "net/reactor.h"

#include <sys/epoll.h>

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "net/client_table.h"
#include "net/peer_link.h"
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

/// A port in the epoll set.
struct WatchedPort {
  WatchedPort(Poller& poller, zmq::context_t& context, const NetLimits& limits, std::string name,
              std::size_t message_bytes_max)
      : port(context, limits, std::move(name), message_bytes_max),
        watch(poller, port.fd(), [this](std::uint32_t) { ready = true; }) {
    watch.want(EPOLLIN);
  }

  /// What the descriptor does not tell, because the socket was used since.
  void look() {
    if (std::exchange(used, false)) ready = port.has_messages();
  }

  Port port;
  Poller::Watch watch;
  bool used = true;
  bool ready = false;
};

/// A link, in the epoll set while something waits for it.
struct WatchedLink {
  WatchedLink(zmq::context_t& context, const NetLimits& limits, const Endpoint& peer, std::string source,
              std::shared_ptr<SendQueue> all)
      : link(context, limits, peer, std::move(source), std::move(all)) {}

  void flush(Poller& poller, MonoTime now) {
    if (link.waits()) link.flush(now);
    if (!watch && !link.waits()) return;
    if (!watch) watch.emplace(poller, link.fd(), [](std::uint32_t) {});
    watch->want(link.waits() ? EPOLLIN : 0U);
  }

  PeerLink link;
  std::optional<Poller::Watch> watch;
};

}  // namespace

struct Reactor::Parts {
  explicit Parts(ReactorOptions o);

  void wait(Micros timeout);
  void flush_links();
  static void take(WatchedPort& from, const Port::Handler& handle);
  void take_peer(const Port& port, const Port::Arrival& arrival, Inbox& into);
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
  WatchedPort clients{poller, context, limits, "client", limits.request_bytes_max};
  WatchedPort peers{poller, context, limits, "peer", limits.peer_message_bytes_max};
  WatchedPort bridges{poller, context, limits, "bridge", limits.peer_message_bytes_max};
  std::optional<RespPort> resp;
  ClientTable table{limits.clients_max, limits.send_bytes_max, limits.all_clients_send_bytes_max};
  std::unordered_map<NodeId, WatchedLink> links;
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
  // Moved first: a short message is stored in the frame itself.
  const auto frame = std::make_shared<zmq::message_t>(std::move(arrival.message));
  auto message = decode_client_message(view(*frame), frame);
  if (!message || !arrival.alone) {
    arrival.message = std::move(*frame);
    malformed(clients.port, arrival, message ? "several frames" : message.error().sentence);
    return;
  }
  ++counters.client_messages_received;
  into.clients.emplace_back(table.heard(arrival.routing_id).id, std::move(*message));
}

void Reactor::Parts::wait(Micros timeout) {
  bool ready = false;
  for (WatchedPort* each : {&peers, &bridges, &clients}) {
    each->look();
    ready = ready || each->ready;
  }
  flush_links();
  if (resp) timeout = resp->patience(timeout);
  poller.wait(ready ? Micros{0} : timeout);
  flush_links();
}

void Reactor::Parts::flush_links() {
  const MonoTime now = steady_now();
  for (auto& [node, each] : links) each.flush(poller, now);
}

void Reactor::Parts::take(WatchedPort& from, const Port::Handler& handle) {
  if (!std::exchange(from.ready, false)) return;
  from.used = true;
  from.port.take(handle);
}

void Reactor::Parts::send_peer(NodeId to, const Envelope& envelope, MonoTime now) {
  const auto link = links.find(to);
  if (link == links.end()) {
    ++counters.peer_messages_dropped;
    return;
  }
  const auto sent = link->second.link.send(encode(envelope), now);
  if (!sent) complain("connect" + to_string(link->second.link.peer()), sent.error().sentence);
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
  clients.used = true;
  const Port::Sent sent =
      clients.port.send(client->routing_id, make_message(std::move(bytes), client->queue));
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
  parts_->clients.port.linger(parts_->limits.linger_at_end);
  for (auto& [node, each] : parts_->links) each.link.linger(parts_->limits.linger_at_end);
}

Result<void> Reactor::bind() {
  const ReactorOptions& o = parts_->options;
  CW_TRY_VOID(parts_->clients.port.bind({o.host, o.client_port}));
  CW_TRY_VOID(parts_->peers.port.bind({o.host, o.peer_port}));
  CW_TRY_VOID(parts_->bridges.port.bind({o.host, o.bridge_port}));
  return parts_->resp ? parts_->resp->listen({o.host, o.resp_port}, o.resp_shared) : Result<void>();
}

Inbox Reactor::poll(Micros timeout) {
  parts_->wait(timeout);
  Inbox inbox;
  for (WatchedPort* from : {&parts_->peers, &parts_->bridges}) {
    parts_->take(*from, [&](const Port::Arrival& arrival) { parts_->take_peer(from->port, arrival, inbox); });
  }
  parts_->take(parts_->clients, [&](const Port::Arrival& arrival) { parts_->take_client(arrival, inbox); });
  if (parts_->resp) parts_->resp->take(inbox);
  return inbox;
}

void Reactor::send(Outbox&& out) {
  const MonoTime now = steady_now();
  for (const auto& [to, envelope] : out.peers) parts_->send_peer(to, envelope, now);
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
  ReactorCounters now = parts_->counters;
  for (const auto& [node, each] : parts_->links) {
    now.peer_messages_sent += each.link.sent();
    now.peer_messages_dropped += each.link.dropped();
  }
  if (parts_->resp) now.resp = parts_->resp->counters();
  return now;
}

}  // namespace causeway
