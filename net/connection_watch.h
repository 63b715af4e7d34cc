// Whether a connecting socket is connected, as ZeroMQ's own monitor tells.
#pragma once

#include <cstdint>
#include <zmq.hpp>

namespace causeway {

class ConnectionWatch {
 public:
  /// REQUIRES: constructed before the socket connects, destroyed before it closes.
  ConnectionWatch(zmq::context_t& context, zmq::socket_t& socket);
  ~ConnectionWatch();
  ConnectionWatch(const ConnectionWatch&) = delete;
  ConnectionWatch& operator=(const ConnectionWatch&) = delete;

  /// Readable when update() has something to take.
  [[nodiscard]] zmq::pollitem_t poll_item() { return {events_.handle(), 0, ZMQ_POLLIN, 0}; }
  /// Takes what has happened since.
  void update();

  [[nodiscard]] bool up() const { return up_; }
  /// How often a connection was lost, or an attempt at one failed.
  [[nodiscard]] std::uint64_t failures() const { return failures_; }

 private:
  zmq::socket_t& socket_;
  zmq::socket_t events_;
  bool up_ = false;
  std::uint64_t failures_ = 0;
};

}  // namespace causeway
