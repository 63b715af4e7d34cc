// One listening port of a node: a ROUTER that takes a turn's worth of messages.
#pragma once

#include <functional>
#include <string>
#include <zmq.hpp>

#include "base/bytes.h"
#include "net/endpoint.h"
#include "net/limits.h"

namespace causeway {

class Port {
 public:
  /// `name` says whose port it is: "client", "peer", "bridge".
  Port(zmq::context_t& context, const NetLimits& limits, std::string name, std::size_t message_bytes_max);

  /// Errors: as Reactor::bind.
  Result<void> bind(const Endpoint& at);

  struct Arrival {
    BytesView routing_id;  ///< ZeroMQ's name of the connection
    zmq::message_t& message;  ///< may be moved from
    bool alone;  ///< not one of several frames

    /// The address that it came from.
    [[nodiscard]] std::string sender() const;
  };
  using Handler = std::function<void(const Arrival&)>;
  /// Takes what has arrived, up to the limits of a turn.
  void take(const Handler& handle);

  enum class Sent { yes, full, gone };
  Sent send(BytesView routing_id, zmq::message_t&& message);

  /// Readable when something may have arrived since has_messages() was asked. It is an edge: after each take() and
  /// send(), has_messages() must be asked again before waiting for it.
  [[nodiscard]] int fd() const { return socket_.get(zmq::sockopt::fd); }
  [[nodiscard]] bool has_messages() const { return (socket_.get(zmq::sockopt::events) & ZMQ_POLLIN) != 0; }
  [[nodiscard]] const std::string& name() const { return name_; }
  void linger(Micros time);

 private:
  const NetLimits& limits_;
  std::string name_;
  zmq::socket_t socket_;
};

}  // namespace causeway
