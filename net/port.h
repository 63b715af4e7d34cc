// A listening port of a node that speaks ZeroMQ: a ROUTER that takes a turn's worth of messages.
#pragma once

#include <functional>
#include <string>
#include <zmq.hpp>

#include "base/bytes.h"
#include "net/endpoint.h"
#include "net/limits.h"
#include "net/poller.h"

namespace causeway {

class Port {
 public:
  /// `name` says whose port it is: "client", "bridge". All must outlive it.
  Port(Poller& poller, zmq::context_t& context, const NetLimits& limits, std::string name,
       std::size_t message_bytes_max);

  /// Errors: as Reactor::bind.
  Result<void> bind(const Endpoint& at);

  struct Arrival {
    BytesView routing_id;     ///< ZeroMQ's name of the connection
    zmq::message_t& message;  ///< may be moved from
    bool alone;               ///< not one of several frames

    /// The address that it came from.
    [[nodiscard]] std::string sender() const;
  };
  using Handler = std::function<void(const Arrival&)>;
  /// Before the poller waits: true if there are messages, which it may not tell then.
  bool look();
  /// After the wait: takes what has arrived, up to the limits of a turn.
  void take(const Handler& handle);

  enum class Sent { yes, full, gone };
  Sent send(BytesView routing_id, zmq::message_t&& message);

  [[nodiscard]] const std::string& name() const { return name_; }
  void linger(Micros time);

 private:
  const NetLimits& limits_;
  std::string name_;
  zmq::socket_t socket_;
  Poller::Watch watch_;
  bool ready_ = false;
  // The socket may have taken from its descriptor, while it was used, that there are messages: it must be asked itself.
  bool unsure_ = true;
};

}  // namespace causeway
