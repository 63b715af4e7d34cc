// A node's sockets: everything that arrives at its ports in a turn, and everything that it says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/endpoint.h"
#include "net/limits.h"
#include "net/resp_port.h"
#include "wire/mail.h"

namespace causeway {

struct ReactorOptions {
  std::string host;  ///< this node's address: it listens there, and connects from there
  std::uint16_t client_port = 7400;
  std::uint16_t peer_port = 7401;    ///< for nodes of this datacenter: TCP, framed as in net/peer_frame.h
  std::uint16_t bridge_port = 7402;  ///< for nodes of other datacenters

  std::uint16_t resp_port = 7379;
  bool resp_shared =
      false;  ///< other threads of this process listen there, too: the system divides the connections
  RespHandler* resp = nullptr;  ///< who answers the Redis protocol; null: that port stays closed

  struct Peer {
    NodeId node;
    Endpoint at;
    bool local = true;  ///< of this datacenter: a peer port is there, else a bridge port
  };
  std::vector<Peer> peers;

  /// Told in one sentence of what an operator should know: malformed messages (once per address), bad addresses, peers that
  /// speak otherwise.
  std::function<void(const std::string&)> complain;
  NetLimits limits;
};

struct ReactorCounters {
  std::uint64_t peer_messages_received = 0;
  std::uint64_t client_messages_received = 0;
  std::uint64_t peer_messages_sent = 0;
  std::uint64_t client_messages_sent = 0;
  std::uint64_t malformed = 0;                 ///< not decoded, and dropped
  std::uint64_t peer_messages_dropped = 0;     ///< no room, no connection, unknown node
  std::uint64_t peer_connections = 0;          ///< that others opened to the peer port, now
  std::uint64_t peer_connections_cut_off = 0;  ///< … over a limit, or silent
  std::uint64_t client_messages_dropped = 0;   ///< no room, or the client has gone
  RespCounters resp;
};

/// All but wake() is for one thread. No call but poll() waits.
class Reactor {
 public:
  explicit Reactor(ReactorOptions options);
  /// Gives the last messages to clients and bridges NetLimits::linger_at_end to leave.
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// Opens the ports. Errors: invalid (a busy port, no address of this machine), permission_denied (not loopback);
  /// each says what to do.
  Result<void> bind();

  /// Sleeps until something arrives, wake(), or the timeout; takes all that has arrived, at most one turn's
  /// worth a port. What is no message is counted and dropped; a peer of this datacenter that said it loses its connection.
  /// REQUIRES: bind() succeeded.
  Inbox poll(Micros timeout);

  /// What finds no room is dropped and counted: the protocol between nodes repairs, and clients try again. A reply that
  /// is too large to travel becomes the error TOO_LARGE.
  void send(Outbox&& out);

  /// From any thread: the running poll() returns, or the next does.
  void wake();

  [[nodiscard]] ReactorCounters counters() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace causeway
