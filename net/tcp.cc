#include "net/tcp.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace causeway {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

AddressList resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) found = nullptr;
  return {found, &freeaddrinfo};
}

Fd make_tcp(const addrinfo& address) {
  Fd socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int yes = 1;
  if (socket) setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

/// None, and errno says why.
Fd try_to_listen(const Endpoint& at, int backlog, bool shared = false) {
  const AddressList address = resolve(at.host, at.port);
  Fd socket = address ? make_tcp(*address) : Fd();
  const int yes = 1;
  if (!socket || setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0) return {};
  if (shared && setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0) return {};
  if (bind(socket.get(), address->ai_addr, address->ai_addrlen) == 0 && listen(socket.get(), backlog) == 0) {
    return socket;
  }
  const int why = errno;
  socket = Fd();
  errno = why;
  return {};
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}

Result<Fd> listen_tcp(const Endpoint& at, int backlog) {
  CW_TRY(const std::string host, loopback_address(at.host));
  Fd socket = try_to_listen({host, at.port}, backlog);
  if (socket) return socket;
  return fail(ErrorCode::invalid, "cannot listen on " + to_string(at) + ": " + std::strerror(errno) +
                                      "; stop the program that uses it, or choose another address");
}

Result<Fd> listen_tcp(const Endpoint& at, int backlog, const std::string& whom, const std::string& port_key,
                      bool shared) {
  CW_TRY(const std::string host, loopback_address(at.host));
  Fd socket = try_to_listen({host, at.port}, backlog, shared);
  if (socket) return socket;
  return tl::unexpected(cannot_listen(whom, port_key, at, errno));
}

Result<Fd> connect_tcp(const Endpoint& to) {
  const AddressList address = resolve(to.host, to.port);
  Fd socket = address ? make_tcp(*address) : Fd();
  if (socket && (connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS)) {
    return socket;
  }
  return fail_retryable(ErrorCode::unavailable, "cannot connect to " + to_string(to) + ": " +
                                                    (address ? std::strerror(errno) : "no such address"));
}

int connect_error(const Fd& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Fd accept_tcp(const Fd& listener, bool half_closed) {
  for (;;) {
    Fd socket(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      if (errno == ECONNABORTED || errno == EINTR) continue;
      return {};
    }
    pollfd gone{socket.get(), POLLRDHUP, 0};
    if (!half_closed && ::poll(&gone, 1, 0) != 0) continue;
    const int yes = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket;
  }
}

}  // namespace causeway
