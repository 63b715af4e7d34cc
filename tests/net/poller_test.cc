#include "net/poller.h"

#include <catch2/catch.hpp>
#include <memory>

#include "net/steady_clock.h"
#include "net/wake_event.h"

using namespace causeway;

TEST_CASE("a_wait_ends_at_its_time_and_not_a_millisecond_later") {
  Poller poller;
  Micros shortest = 1s;
  for (int i = 0; i < 100; ++i) {
    const MonoTime begin = steady_now();
    poller.wait(100us);
    const Micros waited = steady_now() - begin;
    CHECK(waited >= 99us);
    shortest = std::min(shortest, waited);
  }
  CHECK(shortest < 1ms);  // the others may have met a busy machine
}

TEST_CASE("what_is_ready_is_told_until_it_is_taken") {
  Poller poller;
  const WakeEvent event;
  int told = 0;
  Poller::Watch watch(poller, event.fd(), [&](std::uint32_t events) {
    CHECK(events == EPOLLIN);
    ++told;
  });
  event.wake();
  poller.wait(0us);
  CHECK(told == 0);  // nothing is wanted yet
  watch.want(EPOLLIN);
  poller.wait(std::nullopt);
  poller.wait(60s);
  CHECK(told == 2);
  event.clear();
  poller.wait(0us);
  event.wake();
  watch.want(0);
  poller.wait(0us);
  CHECK(told == 2);
}

TEST_CASE("a_watch_that_ends_during_a_wait_is_called_no_more") {
  Poller poller;
  const WakeEvent first;
  const WakeEvent second;
  std::unique_ptr<Poller::Watch> of_first;
  std::unique_ptr<Poller::Watch> of_second;
  int told = 0;
  of_first = std::make_unique<Poller::Watch>(poller, first.fd(), [&](std::uint32_t) {
    ++told;
    of_second.reset();
  });
  of_second = std::make_unique<Poller::Watch>(poller, second.fd(), [&](std::uint32_t) {
    ++told;
    of_first.reset();
  });
  of_first->want(EPOLLIN);
  of_second->want(EPOLLIN);
  first.wake();
  second.wake();
  poller.wait(60s);
  CHECK(told == 1);
}
