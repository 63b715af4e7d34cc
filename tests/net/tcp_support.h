// The other end of a node's TCP connections, one that says and hears bytes.
#pragma once

#include <sys/socket.h>

#include <cerrno>

#include "net/tcp.h"
#include "tests/net/support.h"

namespace causeway::test {

/// A socket that never waits.
class ByteSocket {
 public:
  explicit ByteSocket(const Endpoint& to) : socket_(connect_tcp(to).value()) {}
  explicit ByteSocket(Fd socket) : socket_(std::move(socket)) {}

  /// As much as the socket takes.
  std::size_t say(BytesView bytes) {
    const ssize_t count = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  /// Takes what has arrived; all since the begin.
  const Bytes& heard() {
    char buffer[65536];
    for (;;) {
      const ssize_t count = recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (count > 0) {
        heard_.append(buffer, static_cast<std::size_t>(count));
      } else {
        ended_ = ended_ || count == 0 || (errno != EAGAIN && errno != ENOTCONN);
        return heard_;
      }
    }
  }
  bool ended() {
    heard();
    return ended_;
  }
  void end_of_speech() { shutdown(socket_.get(), SHUT_WR); }

 private:
  Fd socket_;
  Bytes heard_;
  bool ended_ = false;
};

}  // namespace causeway::test
