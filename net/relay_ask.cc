// The asking side of the relay's control address.
#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "net/relay.h"
#include "net/steady_clock.h"
#include "net/tcp.h"
#include "net/zmq_socket.h"

namespace causeway {
namespace {

bool wait_for(const Fd& socket, short events, MonoTime end) {
  pollfd item{socket.get(), events, 0};
  const auto left = poll_timeout(end - steady_now());
  return ::poll(&item, 1, static_cast<int>(left.count())) == 1;
}

}  // namespace

Result<std::string> ask_relay(const Endpoint& control, const std::string& command, Micros timeout) {
  const MonoTime end = steady_now() + timeout;
  const auto no_relay = [&] {
    return fail_retryable(ErrorCode::unavailable, "no relay answers at " + to_string(control) +
                                                      ": start the topology with `causeway up FILE --wan`");
  };
  CW_TRY(const Fd socket, connect_tcp(control));
  if (!wait_for(socket, POLLOUT, end) || connect_error(socket) != 0) return no_relay();
  const std::string line = command + "\n";
  if (send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
    return no_relay();
  std::string answer;
  while (wait_for(socket, POLLIN, end)) {
    std::array<char, 4096> buffer{};
    const ssize_t count = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
    if (answer.back() == '\n') return answer.substr(0, answer.size() - 1);
  }
  return no_relay();
}

}  // namespace causeway
