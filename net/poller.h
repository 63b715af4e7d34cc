// Waits for many descriptors and one point in time at once (epoll), for a program with a single thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

#include "base/time.h"
#include "net/tcp.h"

namespace causeway {

class Poller {
 public:
  /// Told the events (EPOLLIN, …) that are ready.
  using Handler = std::function<void(std::uint32_t events)>;

  /// Watches a descriptor as long as it lives. REQUIRES: destroyed before the descriptor closes.
  class Watch {
   public:
    Watch(Poller& poller, int fd, Handler handler);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// The events to wait for. With none the descriptor is left alone: not even its end is told.
    void want(std::uint32_t events);

   private:
    Poller& poller_;
    int fd_;
    std::uint64_t token_;
    std::uint32_t events_ = 0;
  };

  Poller();

  /// Sleeps until something is ready or the time has come, and calls the handlers. A handler may destroy any Watch but
  /// its own.
  void wait(std::optional<MonoTime> until);

 private:
  void arm(std::optional<MonoTime> until);

  Fd epoll_;
  Fd timer_;
  std::optional<MonoTime> armed_;
  std::unordered_map<std::uint64_t, Handler>
      handlers_;  // by token: a late event never meets another's handler
  std::uint64_t last_token_ = 0;
};

}  // namespace causeway
