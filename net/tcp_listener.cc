#include "net/tcp_listener.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/steady_clock.h"

namespace causeway {

TcpListener::TcpListener(Poller& poller, const NetLimits& limits, Fd socket, bool half_closed)
    : limits_(limits),
      socket_(std::move(socket)),
      half_closed_(half_closed),
      watch_(poller, socket_.get(), [this](std::uint32_t) { knocking_ = true; }) {
  watch_.want(EPOLLIN);
}

Micros TcpListener::patience(Micros timeout) {
  if (accept_again_ == MonoTime{}) return timeout;
  const MonoTime now = steady_now();
  if (now < accept_again_) return std::min(timeout, accept_again_ - now);
  accept_again_ = MonoTime{};
  watch_.want(EPOLLIN);
  return timeout;
}

void TcpListener::accept(FunctionRef<void(Fd)> open) {
  if (!std::exchange(knocking_, false)) return;
  for (std::size_t count = 0; count < limits_.accepts_max; ++count) {
    Fd socket = accept_tcp(socket_, half_closed_);
    if (socket) {
      open(std::move(socket));
      continue;
    }
    if (errno == EAGAIN) return;
    // No descriptor or memory left: the listener stays readable, and would keep this thread busy.
    watch_.want(0);
    accept_again_ = steady_now() + limits_.accept_pause;
    return;
  }
}

}  // namespace causeway
