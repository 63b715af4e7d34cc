// A listening TCP socket in an epoll set: who knocks is let in, a turn's worth at a time.
#pragma once

#include "base/function_ref.h"
#include "base/time.h"
#include "net/limits.h"
#include "net/poller.h"
#include "net/tcp.h"

namespace causeway {

class TcpListener {
 public:
  /// All must outlive it. `half_closed`: as for accept_tcp.
  TcpListener(Poller& poller, const NetLimits& limits, Fd socket, bool half_closed);

  /// How long the poller may wait, of `timeout`.
  Micros patience(Micros timeout);
  /// After the wait: gives each new connection to `open`. It pauses while the process has no descriptor left.
  void accept(FunctionRef<void(Fd)> open);

 private:
  const NetLimits& limits_;
  Fd socket_;
  bool half_closed_;
  Poller::Watch watch_;
  bool knocking_ = false;    // someone waits to be accepted
  MonoTime accept_again_{};  // later than now: there was no descriptor left
};

}  // namespace causeway
