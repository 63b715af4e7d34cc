#include "net/poller.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <utility>

#include "base/check.h"

namespace causeway {

Poller::Watch::Watch(Poller& poller, int fd, Handler handler)
    : poller_(poller), fd_(fd), handler_(std::move(handler)) {}

Poller::Watch::~Watch() {
  want(0);
  poller_.forget(this);
}

void Poller::Watch::want(std::uint32_t events) {
  if (events == events_) return;
  const int operation = events_ == 0 ? EPOLL_CTL_ADD : (events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD);
  epoll_event event{};
  event.events = events;
  event.data.ptr = this;
  CW_CHECK(epoll_ctl(poller_.epoll_.get(), operation, fd_, &event) == 0, "an open descriptor can be watched");
  events_ = events;
}

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)), ready_(ready_max) {
  CW_CHECK(static_cast<bool>(epoll_), "no descriptor left");
}

/// A Watch that ends while the handlers run is called no more.
void Poller::forget(const Watch* watch) {
  for (std::size_t i = 0; i < count_; ++i) {
    if (ready_[i].data.ptr == watch) ready_[i].data.ptr = nullptr;
  }
}

int Poller::sleep(std::optional<Micros> timeout) {
  const int size = static_cast<int>(ready_.size());
  if (!timeout) return epoll_wait(epoll_.get(), ready_.data(), size, -1);
  if (*timeout <= Micros{0}) return epoll_wait(epoll_.get(), ready_.data(), size, 0);
  if (precise_) {
    const std::int64_t us = timeout->count();
    const timespec time{us / 1'000'000, us % 1'000'000 * 1'000};
    const int count = epoll_pwait2(epoll_.get(), ready_.data(), size, &time, nullptr);
    if (count >= 0 || errno != ENOSYS) return count;
    precise_ = false;
  }
  // Rounded up, so that waiting for a fraction of a millisecond does not spin.
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
  const auto ms_max = static_cast<std::int64_t>(std::numeric_limits<int>::max());
  return epoll_wait(epoll_.get(), ready_.data(), size, static_cast<int>(std::min<std::int64_t>(ms, ms_max)));
}

void Poller::wait(std::optional<Micros> timeout) {
  count_ = static_cast<std::size_t>(std::max(0, sleep(timeout)));
  for (std::size_t i = 0; i < count_; ++i) {
    if (auto* watch = static_cast<Watch*>(ready_[i].data.ptr)) watch->handler_(ready_[i].events);
  }
  count_ = 0;
}

}  // namespace causeway
