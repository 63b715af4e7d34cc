// Plain TCP sockets that never block.
#pragma once

#include <utility>

#include "base/result.h"
#include "net/endpoint.h"

namespace causeway {

/// Owns a file descriptor; -1 is none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd();
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Errors: as loopback_address, or invalid: a busy port, no address of this machine.
Result<Fd> listen_tcp(const Endpoint& at, int backlog);
/// The same for a port of the topology; the error says whom it is for ("RESP"), and the port's key ("resp"). `shared`:
/// others that say so, too, may listen there, and the system divides what comes.
Result<Fd> listen_tcp(const Endpoint& at, int backlog, const std::string& whom, const std::string& port_key,
                      bool shared = false);

/// Begins to connect; the socket is writable once it is decided, then connect_error() tells. Errors: unavailable.
Result<Fd> connect_tcp(const Endpoint& to);
/// 0 if the socket is connected.
int connect_error(const Fd& socket);

/// The next connection; none, and errno EAGAIN, if none waits. One whose peer has already said all is passed over, unless
/// it may be `half_closed`.
Fd accept_tcp(const Fd& listener, bool half_closed = false);

}  // namespace causeway
