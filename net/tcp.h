// Plain TCP sockets that never block.
#pragma once

#include <sys/socket.h>

#include <string>
#include <utility>

#include "base/result.h"
#include "net/byte_buffer.h"
#include "net/endpoint.h"
#include "net/limits.h"

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

/// An endpoint as the system takes it.
struct TcpAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};
/// A name may take its time to be found. Errors: unavailable.
Result<TcpAddress> find_address(const Endpoint& endpoint);

/// Begins to connect; the socket is writable once it is decided, then connect_error() tells. `source`: the address to
/// connect from, if not null. Errors: unavailable.
Result<Fd> connect_tcp(const TcpAddress& to, const TcpAddress* source = nullptr);
Result<Fd> connect_tcp(const Endpoint& to);
/// 0 if the socket is connected.
int connect_error(const Fd& socket);

/// The next connection; none, and errno EAGAIN, if none waits. One whose peer has already said all is passed over, unless
/// it may be `half_closed`.
Fd accept_tcp(const Fd& listener, bool half_closed = false);

/// The address at the other end, without the port.
std::string address_of_peer(const Fd& socket);

/// A connection whose other end has vanished is found out, although nothing is said.
void keep_alive(const Fd& socket, const NetLimits& limits);
/// A connection ends when what was sent stays unacknowledged, or unread with no room left, for so long.
void give_up_after(const Fd& socket, Micros silence);

enum class Received : std::uint8_t { bytes, nothing, end, failure };
/// Reads once, behind what `into` holds: `bytes`, or more where a message arrives in parts. Then each growth doubles the
/// room, so that its bytes are copied a few times at most. `failure`: errno says why.
Received receive(const Fd& socket, ByteBuffer& into, std::size_t bytes);

}  // namespace causeway
