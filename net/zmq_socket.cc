#include "net/zmq_socket.h"

#include <utility>

namespace causeway {
namespace {

int milliseconds(Micros time) {
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(time).count());
}

struct Held {
  Bytes bytes;
  std::shared_ptr<SendQueue> queue;
};

void release_message(void* /*data*/, void* hint) {
  const std::unique_ptr<Held> held(static_cast<Held*>(hint));
  held->queue->remove(held->bytes.size());
}

}  // namespace

zmq::context_t make_context() {
  zmq::context_t context(1);
  context.set(zmq::ctxopt::blocky, false);
  return context;
}

zmq::socket_t make_socket(zmq::context_t& context, zmq::socket_type type, const NetLimits& limits,
                          std::size_t message_bytes_max) {
  namespace opt = zmq::sockopt;
  zmq::socket_t socket(context, type);
  socket.set(opt::linger, 0);
  socket.set(opt::maxmsgsize, static_cast<std::int64_t>(message_bytes_max));
  socket.set(opt::rcvhwm, limits.receive_messages_max);
  socket.set(opt::sndhwm, limits.send_messages_max);
  socket.set(opt::handshake_ivl, milliseconds(limits.handshake_max));
  socket.set(opt::heartbeat_ivl, milliseconds(limits.heartbeat_every));
  socket.set(opt::heartbeat_timeout, milliseconds(limits.heartbeat_silence_max));
  socket.set(opt::heartbeat_ttl, milliseconds(limits.heartbeat_silence_max));
  socket.set(opt::tcp_keepalive, 1);
  socket.set(opt::tcp_keepalive_idle, limits.keepalive_idle_s);
  socket.set(opt::tcp_keepalive_intvl, limits.keepalive_every_s);
  socket.set(opt::tcp_keepalive_cnt, limits.keepalive_probes);
  if (type == zmq::socket_type::router) {
    socket.set(opt::router_mandatory, true);
    socket.set(opt::router_handover, true);
    socket.set(opt::backlog, limits.backlog);
  } else {
    // Nothing queues for a connection that does not stand: what is late is repaired, not delivered late.
    socket.set(opt::immediate, true);
    socket.set(opt::connect_timeout, milliseconds(limits.connect_max));
    socket.set(opt::reconnect_ivl, milliseconds(limits.reconnect_first));
    socket.set(opt::reconnect_ivl_max, milliseconds(limits.reconnect_max));
  }
  return socket;
}

std::string zmq_address(zmq::socket_t& socket, const Endpoint& endpoint, const std::string& source) {
  if (endpoint.host.find(':') != std::string::npos) socket.set(zmq::sockopt::ipv6, true);
  return "tcp://" + (source.empty() ? "" : source + ":0;") + to_string(endpoint);
}

zmq::message_t make_message(Bytes&& bytes, const std::shared_ptr<SendQueue>& queue) {
  auto held = std::make_unique<Held>(Held{std::move(bytes), queue});
  queue->add(held->bytes.size());
  void* data = held->bytes.data();
  const std::size_t size = held->bytes.size();
  return {data, size, &release_message, held.release()};
}

bool send_now(zmq::socket_t& socket, zmq::message_t& message) {
  if (socket.send(message, zmq::send_flags::dontwait)) return true;
  // Asking for the events makes the socket look at what its I/O thread has told it.
  return (socket.get(zmq::sockopt::events) & ZMQ_POLLOUT) != 0 &&
         socket.send(message, zmq::send_flags::dontwait).has_value();
}

bool skip_more_frames(zmq::socket_t& socket, const zmq::message_t& first) {
  zmq::message_t rest;
  for (bool more = first.more(); more && socket.recv(rest, zmq::recv_flags::dontwait);) more = rest.more();
  return first.more();
}

}  // namespace causeway
