// The port of a node that speaks the Redis protocol, and its connections.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "net/resp_connection.h"
#include "net/tcp_listener.h"

namespace causeway {

struct RespCounters {
  std::uint64_t connections = 0;  ///< open now
  std::uint64_t connections_received = 0;
  std::uint64_t connections_rejected = 0;  ///< beyond RespLimits::connections_max
  std::uint64_t connections_cut_off = 0;   ///< over a limit: mostly, did not read
  std::uint64_t commands = 0;
  std::uint64_t protocol_errors = 0;
};

class RespPort {
 public:
  /// All must outlive the port.
  RespPort(Poller& poller, const NetLimits& limits, RespHandler& handler);
  ~RespPort();

  /// `shared` with others of this process. Errors: as Reactor::bind.
  Result<void> listen(const Endpoint& at, bool shared);

  /// Connections of this port have ids of their own, which no client of another port has.
  static bool owns(ClientId id) { return (id.value & own_bit) != 0; }

  /// How long the poller may wait, of `timeout`: not at all while commands are here already.
  Micros patience(Micros timeout);
  /// After the wait: accepts, reads, and takes the commands of a turn.
  void take(Inbox& into);
  /// False if the connection has gone.
  bool answer(ClientId to, Responses&& answers);
  /// Sends what the turn has brought: one write a connection.
  void flush();

  [[nodiscard]] RespCounters counters() const;

 private:
  static constexpr std::uint64_t own_bit = std::uint64_t{1} << 63U;
  static constexpr unsigned slot_bits = 20;

  void open(Fd socket);
  RespConnection* find(ClientId id);
  void queue(RespConnection& connection);
  void mark(RespConnection& connection);
  void close(const RespConnection& connection);

  Poller& poller_;
  const NetLimits& limits_;
  RespShared shared_;
  std::optional<TcpListener> listener_;
  std::vector<std::unique_ptr<RespConnection>> connections_;  // by slot
  std::vector<std::size_t> free_slots_;
  std::vector<RespConnection*> ready_;  // for the next take()
  std::vector<RespConnection*> taken_;
  std::vector<RespConnection*> dirty_;  // for the next flush()
  RespCounters counters_;
};

}  // namespace causeway
