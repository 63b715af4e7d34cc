#include "net/line_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <utility>

namespace causeway {

struct LineServer::Connection {
  Connection(Poller& poller, Fd fd, LineServer& server)
      : socket(std::move(fd)),
        watch(poller, socket.get(), [this, &server](std::uint32_t) { server.serve(*this); }) {
    watch.want(EPOLLIN);
  }
  Fd socket;
  Poller::Watch watch;
  std::string line;
  bool over = false;
};

LineServer::LineServer(Poller& poller, Fd listener, LineLimits limits, Answer answer)
    : poller_(poller),
      limits_(limits),
      answer_(std::move(answer)),
      listener_(std::move(listener)),
      watch_(poller, listener_.get(), [this](std::uint32_t) { accept(); }) {
  watch_.want(EPOLLIN);
}

LineServer::~LineServer() = default;

void LineServer::accept() {
  Fd socket = accept_tcp(listener_);
  if (socket) connections_.push_back(std::make_unique<Connection>(poller_, std::move(socket), *this));
}

void LineServer::serve(Connection& connection) {
  if (connection.over) return;
  std::array<char, 512> buffer{};
  const ssize_t count = recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
  connection.over = count <= 0;
  if (connection.over) return;
  connection.line.append(buffer.data(), static_cast<std::size_t>(count));
  for (std::size_t end = 0; (end = connection.line.find('\n')) != std::string::npos;) {
    const std::string answer = answer_(BytesView(connection.line).substr(0, end)) + "\n";
    connection.line.erase(0, end + 1);
    const ssize_t sent = send(connection.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(answer.size()))
      connection.over = true;  // who does not read is not served
  }
  connection.over = connection.over || connection.line.size() > limits_.line_bytes_max;
}

void LineServer::tidy() {
  connections_.remove_if([](const auto& connection) { return connection->over; });
  watch_.want(connections_.size() < limits_.connections_max ? EPOLLIN : 0U);
}

}  // namespace causeway
