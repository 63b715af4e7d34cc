#include "net/poller.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace causeway {
namespace {

constexpr std::uint64_t timer_token = 0;

void control(const Fd& epoll, int operation, int fd, std::uint32_t events, std::uint64_t token) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = token;
  CW_CHECK(epoll_ctl(epoll.get(), operation, fd, &event) == 0, "an open descriptor can be watched");
}

}  // namespace

Poller::Watch::Watch(Poller& poller, int fd, Handler handler)
    : poller_(poller), fd_(fd), token_(++poller.last_token_) {
  poller_.handlers_.emplace(token_, std::move(handler));
}

Poller::Watch::~Watch() {
  want(0);
  poller_.handlers_.erase(token_);
}

void Poller::Watch::want(std::uint32_t events) {
  if (events == events_) return;
  const int operation = events_ == 0 ? EPOLL_CTL_ADD : (events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD);
  control(poller_.epoll_, operation, fd_, events, token_);
  events_ = events;
}

Poller::Poller()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  CW_CHECK(epoll_ && timer_, "no descriptor left");
  control(epoll_, EPOLL_CTL_ADD, timer_.get(), EPOLLIN, timer_token);
}

void Poller::arm(std::optional<MonoTime> until) {
  if (until == armed_) return;
  armed_ = until;
  itimerspec when{};
  if (until) {
    const auto ns = std::max<std::int64_t>(1, std::chrono::nanoseconds(until->time_since_epoch()).count());
    when.it_value = {ns / 1'000'000'000, ns % 1'000'000'000};
  }
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void Poller::wait(std::optional<MonoTime> until) {
  arm(until);
  std::array<epoll_event, 64> ready{};
  const int count = epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), -1);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    if (event.data.u64 == timer_token) {
      std::uint64_t expired = 0;
      [[maybe_unused]] const auto taken = read(timer_.get(), &expired, sizeof expired);
      armed_.reset();
      continue;
    }
    const auto handler = handlers_.find(event.data.u64);
    if (handler != handlers_.end()) handler->second(event.events);
  }
}

}  // namespace causeway
