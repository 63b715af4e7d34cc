// The port of a node to which the others of its datacenter connect, and those connections.
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "net/peer_stream.h"
#include "net/tcp_listener.h"

namespace causeway {

struct PeerPortCounters {
  std::size_t connections = 0;  ///< open now
  std::uint64_t malformed = 0;  ///< what was said was no message: each costs its sender the connection
  std::uint64_t connections_cut_off = 0;  ///< over a limit, or silent
};

class PeerPort {
 public:
  /// Told whose connection was closed here, and why.
  using Tell = std::function<void(const std::string& sender, const std::string& why)>;

  /// All must outlive the port.
  PeerPort(Poller& poller, const NetLimits& limits, Tell tell);

  /// Errors: as Reactor::bind.
  Result<void> listen(const Endpoint& at);

  /// How long the poller may wait, of `timeout`: not at all while messages are here already.
  Micros patience(Micros timeout, MonoTime now);
  /// An error says why it is no message; its connection ends.
  using Handler = FunctionRef<Result<void>(BytesView message)>;
  /// After the wait: accepts, reads, and hands over the messages of a turn.
  void take(MonoTime now, Handler handle);

  [[nodiscard]] PeerPortCounters counters() const;

 private:
  /// What may still be taken in this turn.
  struct Turn {
    std::size_t messages;
    std::size_t bytes;
  };

  void open(Fd socket, MonoTime now);
  void queue(PeerStream& stream);
  void take_from(PeerStream& stream, Turn& left, Handler handle);
  void account(PeerStream& stream);
  void end(PeerStream& stream, std::uint64_t& counter, const std::string& why);
  void send_silent_away(MonoTime now);
  void tidy();

  Poller& poller_;
  const NetLimits& limits_;
  Tell tell_;
  SpareBuffers spare_;
  std::optional<TcpListener> listener_;
  std::list<PeerStream> streams_;
  std::vector<PeerStream*> ready_;  // for the next take()
  std::vector<PeerStream*> taken_;
  std::size_t held_bytes_ = 0;       // over all streams
  std::optional<MonoTime> look_at_;  // when the next that has not said hello is late, or earlier
  PeerPortCounters counters_;
};

}  // namespace causeway
