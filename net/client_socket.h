// The client's side of the client port: connections to several nodes, driven by one thread of the client library.
//
//   ClientSockets sockets;
//   const auto node = sockets.connect({"127.1.1.1", 7400});
//   for (;;) {                                   // the I/O thread
//     hand over what callers submitted: sockets.send(*node, …)
//     for (auto& [index, message] : sockets.poll(until the next deadline)) …
//   }                                            // other threads: submit under a mutex, then sockets.wake()
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/endpoint.h"
#include "net/limits.h"
#include "wire/message.h"

namespace causeway {

/// All but wake() is for one thread.
class ClientSockets {
 public:
  using Index = std::size_t;

  explicit ClientSockets(NetLimits limits = {});
  /// Drops what is not sent yet.
  ~ClientSockets();
  ClientSockets(const ClientSockets&) = delete;
  ClientSockets& operator=(const ClientSockets&) = delete;

  /// Begins to connect, and connects again whenever the connection is lost; never waits. An index is never given twice.
  /// Errors: invalid, overloaded (too many sockets).
  Result<Index> connect(const Endpoint& node);
  /// Ends a connection; its index is unknown from then on. An unknown one is ignored.
  void close(Index index);

  /// False if nothing was sent, nor ever will be: no connection (yet), its queue is full, or the message is over
  /// NetLimits::request_bytes_max.
  [[nodiscard]] bool send(Index index, const ClientMessage& message);

  /// Waits until a message arrives, a connection comes or goes, wake() was called, or the timeout is over; takes what has
  /// arrived, at most one turn's worth.
  std::vector<std::pair<Index, ClientMessage>> poll(Micros timeout);

  /// Whether send() may succeed: as poll() last saw it.
  [[nodiscard]] bool up(Index index) const;
  /// How often the connection was lost or could not be made. When it counts up, no answer will come to what was sent
  /// before: it may have happened or not.
  [[nodiscard]] std::uint64_t failures(Index index) const;

  /// From any thread: the running poll() returns, or the next does.
  void wake();

  /// Messages that were no messages.
  [[nodiscard]] std::uint64_t malformed() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace causeway
