#include "net/tcp.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
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

Fd make_tcp(int family) {
  Fd socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int yes = 1;
  if (socket) setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

/// None, and errno says why.
Fd try_to_listen(const Endpoint& at, int backlog, bool shared = false) {
  const AddressList address = resolve(at.host, at.port);
  Fd socket = address ? make_tcp(address->ai_family) : Fd();
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

std::string cannot_connect(const Endpoint& to, const std::string& why) {
  return "cannot connect to " + to_string(to) + ": " + why;
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

Result<TcpAddress> find_address(const Endpoint& endpoint) {
  const AddressList found = resolve(endpoint.host, endpoint.port);
  if (!found) return fail_retryable(ErrorCode::unavailable, cannot_connect(endpoint, "no such address"));
  TcpAddress address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  return address;
}

Result<Fd> connect_tcp(const TcpAddress& to, const TcpAddress* source) {
  Fd socket = make_tcp(to.storage.ss_family);
  const auto generic = [](const TcpAddress& address) {
    return reinterpret_cast<const sockaddr*>(&address.storage);
  };
  if (socket && source != nullptr) {
    // The port is chosen by connect(), which knows the other end: else each would be taken for good.
    const int yes = 1;
    setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  }
  if (socket && (source == nullptr || bind(socket.get(), generic(*source), source->size) == 0) &&
      (connect(socket.get(), generic(to), to.size) == 0 || errno == EINPROGRESS)) {
    return socket;
  }
  return fail_retryable(ErrorCode::unavailable, std::strerror(errno));
}

Result<Fd> connect_tcp(const Endpoint& to) {
  CW_TRY(const TcpAddress address, find_address(to));
  auto socket = connect_tcp(address);
  if (!socket) socket.error().sentence = cannot_connect(to, socket.error().sentence);
  return socket;
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

std::string address_of_peer(const Fd& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  char text[NI_MAXHOST];
  if (getpeername(socket.get(), generic, &size) != 0 ||
      getnameinfo(generic, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) {
    return "an unknown address";
  }
  return text;
}

void keep_alive(const Fd& socket, const NetLimits& limits) {
  const int yes = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
  const auto set = [&](int option, int value) {
    setsockopt(socket.get(), IPPROTO_TCP, option, &value, sizeof value);
  };
  set(TCP_KEEPIDLE, limits.keepalive_idle_s);
  set(TCP_KEEPINTVL, limits.keepalive_every_s);
  set(TCP_KEEPCNT, limits.keepalive_probes);
}

void give_up_after(const Fd& socket, Micros silence) {
  const auto ms = static_cast<unsigned>(std::chrono::ceil<std::chrono::milliseconds>(silence).count());
  setsockopt(socket.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

Received receive(const Fd& socket, ByteBuffer& into, std::size_t bytes) {
  if (into.room() < bytes / 2) into.space(std::max(bytes, into.size()));
  const ssize_t count = recv(socket.get(), into.space(0), into.room(), 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Received::nothing : Received::failure;
  into.commit(static_cast<std::size_t>(count));
  return count == 0 ? Received::end : Received::bytes;
}

}  // namespace causeway
