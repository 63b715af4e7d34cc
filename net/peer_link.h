// The way to one peer of the own datacenter: what this node says to it, in order, and never waiting for it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/random.h"
#include "base/time.h"
#include "net/endpoint.h"
#include "net/limits.h"
#include "net/peer_frame.h"
#include "net/poller.h"
#include "net/send_queue.h"
#include "net/tcp.h"

namespace causeway {

/// What the links of a node share; it must outlive them.
struct PeerLinks {
  Poller& poller;
  const NetLimits& limits;
  std::shared_ptr<SendQueue> queue;  ///< what waits in all of them
  Random random;
  /// Told in a sentence why a peer cannot be spoken to.
  std::function<void(const Endpoint& peer, const std::string& sentence)> complain;
};

/// One-way: answers come in through this node's own port. What cannot be sent now waits in a bounded room; beyond it the
/// oldest message is dropped, since the newest says most, and the protocol repairs. Messages are never reordered, cut short or
/// said twice, but those under way when a connection ends are lost, and counted as sent.
class PeerLink {
 public:
  /// `source`: the address to connect from, or empty. Names are looked up here, once.
  PeerLink(PeerLinks& links, Endpoint peer, const std::string& source);
  /// What the system has taken still leaves.
  ~PeerLink();
  PeerLink(const PeerLink&) = delete;
  PeerLink& operator=(const PeerLink&) = delete;

  /// Queues a message: it leaves with the next flush(), or when there is a connection again.
  void send(Bytes&& message, MonoTime now);
  /// Once a turn, and after the poller's wait: connects if something waits, and sends all in one write if it finds room.
  void flush(MonoTime now);
  /// When flush() has something to do, even if the poller tells nothing; MonoTime::max(): never.
  [[nodiscard]] MonoTime due() const;

  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    FrameHead head;
    Bytes message;
    MonoTime since;
  };

  [[nodiscard]] bool is_too_much(std::size_t messages, std::size_t bytes) const;
  bool drop_oldest();
  void drop_late(MonoTime now);
  void forget(const Waiting& gone);

  void dial(MonoTime now);
  void ready(std::uint32_t events, MonoTime now);
  void say_hello(MonoTime now);
  void hear(MonoTime now);
  void write(MonoTime now);
  void wrote(std::size_t bytes);
  void lose(MonoTime now);

  PeerLinks& links_;
  const NetLimits& limits_;
  Endpoint peer_;
  std::optional<TcpAddress> address_;  // nothing: there is none
  std::optional<TcpAddress> source_;

  // It has no socket, or connects, or is connected; then it stands, once the other end has said who it is.
  Fd socket_;
  std::optional<Poller::Watch> watch_;
  std::uint32_t events_ = 0;  // that the poller has told since the last flush()
  bool connected_ = false;
  bool blocked_ = false;  // the socket takes no more for now
  Bytes heard_;           // of the other end's hello
  MonoTime until_;        // when a connection is given up that does not stand yet
  MonoTime retry_at_;     // without a socket
  Micros backoff_;

  std::deque<Waiting> waiting_;
  std::size_t begun_bytes_ = 0;  // of the first one's frame, that are written
  std::size_t waiting_bytes_ = 0;
  SendQueue queue_;
  std::uint64_t sent_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace causeway
