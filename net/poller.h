// Waits for many descriptors and a time at once (epoll), for one thread: the relay's, or a node's.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

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
    friend class Poller;
    Poller& poller_;
    int fd_;
    Handler handler_;
    std::uint32_t events_ = 0;
  };

  Poller();

  /// Sleeps until something is ready or the time is over (nothing: for ever), and calls the handlers, at most
  /// ready_max of them: what is beyond is ready the next time. A handler may destroy any Watch but its own.
  void wait(std::optional<Micros> timeout);

  static constexpr std::size_t ready_max = 1024;

 private:
  void forget(const Watch* watch);
  int sleep(std::optional<Micros> timeout);

  Fd epoll_;
  std::vector<epoll_event> ready_;  // of one wait; the Watches in it are alive
  std::size_t count_ = 0;
  bool precise_ = true;  // false: the kernel (before 5.11) knows milliseconds only
};

}  // namespace causeway
