// One connection that another node opened to the peer port: bytes in, messages out.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "net/byte_buffer.h"
#include "net/peer_frame.h"
#include "net/poller.h"
#include "net/tcp.h"

namespace causeway {

class PeerStream {
 public:
  /// Told by the poller that there is something to read.
  using Ready = std::function<void(PeerStream&)>;

  /// Says hello; the other end has until `hello_until` to say it, too. All must outlive the stream.
  PeerStream(Poller& poller, const NetLimits& limits, Fd socket, MonoTime hello_until, Ready ready);
  PeerStream(const PeerStream&) = delete;
  PeerStream& operator=(const PeerStream&) = delete;

  /// Reads once, unless next() has more without.
  void read(SpareBuffers& spare);
  /// The next message, valid until read() or settle(); nothing: not yet. Errors: what was said is no message, nor is what follows.
  Result<std::optional<BytesView>> next();
  /// After the turn: gives memory back that it needs no longer.
  void settle(SpareBuffers& spare) { spare.put_away(input_); }
  /// No more of it.
  void end() { over_ = true; }

  [[nodiscard]] bool over() const { return over_; }
  /// next() may have more without reading.
  [[nodiscard]] bool has_more() const { return more_ && !over_; }
  /// It has not said hello in time.
  [[nodiscard]] bool late(MonoTime now) const { return !greeted_ && now >= hello_until_; }
  [[nodiscard]] bool greeted() const { return greeted_; }
  [[nodiscard]] MonoTime hello_until() const { return hello_until_; }
  /// Of memory, for what has arrived in part.
  [[nodiscard]] std::size_t held_bytes() const { return input_.capacity(); }
  [[nodiscard]] std::string sender() const { return address_of_peer(socket_); }

  bool queued = false;            ///< the port has it on its list for the next turn
  std::size_t counted_bytes = 0;  ///< of held_bytes(), in the port's sum

 private:
  const NetLimits& limits_;
  Fd socket_;
  Poller::Watch watch_;
  ByteBuffer input_;
  MonoTime hello_until_;
  bool greeted_ = false;
  bool more_ = false;  // bytes were read that next() has not looked at
  bool over_ = false;
};

}  // namespace causeway
