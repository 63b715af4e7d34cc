// The way to one peer in another datacenter: what this node says to it, in order, and never waiting for it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <zmq.hpp>

#include "base/bytes.h"
#include "base/time.h"
#include "net/endpoint.h"
#include "net/limits.h"
#include "net/poller.h"
#include "net/zmq_socket.h"

namespace causeway {

/// One-way: answers come in through this node's own ports. What cannot be sent now waits in a small room; beyond it the
/// oldest message is dropped, since the newest says most, and the protocol repairs.
class BridgeLink {
 public:
  /// Connects at the first send(). `source`: the address to connect from, or empty. All must outlive the link.
  BridgeLink(Poller& poller, zmq::context_t& context, const NetLimits& limits, Endpoint peer,
             std::string source, std::shared_ptr<SendQueue> all_peers);

  /// Errors: invalid, if the peer's address is none; the message is dropped and counted.
  Result<void> send(Bytes&& bytes, MonoTime now);
  /// Sends what waits, as far as it can be sent now; the poller waits for the rest. To be called before and after its wait.
  void flush(MonoTime now);

  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] const Endpoint& peer() const { return peer_; }
  /// How long the socket may go on sending after it is closed.
  void linger(Micros time);

 private:
  struct Waiting {
    zmq::message_t message;
    MonoTime since;
  };
  Result<void> connect();
  void send_waiting(MonoTime now);
  void drop_oldest();

  Poller& poller_;
  zmq::context_t& context_;
  const NetLimits& limits_;
  Endpoint peer_;
  std::string source_;
  std::shared_ptr<SendQueue> queue_;
  zmq::socket_t socket_;
  std::optional<Poller::Watch> watch_;  // from when something has had to wait
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace causeway
