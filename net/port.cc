#include "net/port.h"

#include <utility>

#include "net/zmq_socket.h"

namespace causeway {

Port::Port(Poller& poller, zmq::context_t& context, const NetLimits& limits, std::string name,
           std::size_t message_bytes_max)
    : limits_(limits),
      name_(std::move(name)),
      socket_(make_socket(context, zmq::socket_type::router, limits, message_bytes_max)),
      watch_(poller, socket_.get(zmq::sockopt::fd), [this](std::uint32_t) { ready_ = true; }) {
  watch_.want(EPOLLIN);
}

Result<void> Port::bind(const Endpoint& at) {
  CW_TRY(const std::string address, loopback_address(at.host));
  try {
    socket_.bind(zmq_address(socket_, {address, at.port}));
    return {};
  } catch (const zmq::error_t& error) {
    return tl::unexpected(cannot_listen(name_ + "s", name_, at, error.num()));
  }
}

std::string Port::Arrival::sender() const {
  const char* address = zmq_msg_gets(message.handle(), "Peer-Address");
  return address == nullptr ? "an unknown address" : address;
}

bool Port::look() {
  if (std::exchange(unsure_, false)) ready_ = (socket_.get(zmq::sockopt::events) & ZMQ_POLLIN) != 0;
  return ready_;
}

void Port::take(const Handler& handle) {
  if (!std::exchange(ready_, false)) return;
  zmq::message_t routing_id;
  zmq::message_t message;
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < limits_.turn_messages_max && bytes < limits_.turn_bytes_max; ++count) {
    // It has looked for more itself: whatever comes from now on is told.
    if (!socket_.recv(routing_id, zmq::recv_flags::dontwait)) return;
    if (!routing_id.more() || !socket_.recv(message, zmq::recv_flags::dontwait)) continue;
    bytes += message.size();
    const bool alone = !skip_more_frames(socket_, message);
    handle({view(routing_id), message, alone});
  }
  unsure_ = true;
}

Port::Sent Port::send(BytesView routing_id, zmq::message_t&& message) {
  unsure_ = true;
  try {
    zmq::message_t head(routing_id.data(), routing_id.size());
    if (!socket_.send(head, zmq::send_flags::sndmore | zmq::send_flags::dontwait)) return Sent::full;
    if (!socket_.send(message, zmq::send_flags::dontwait)) return Sent::full;
    return Sent::yes;
  } catch (const zmq::error_t& error) {
    if (error.num() == EHOSTUNREACH) return Sent::gone;
    throw;
  }
}

void Port::linger(Micros time) {
  socket_.set(zmq::sockopt::linger, static_cast<int>(poll_timeout(time).count()));
}

}  // namespace causeway
