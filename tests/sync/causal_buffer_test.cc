// Proves that an event that came too early waits for exactly its causes, within bounds, and that nothing waits for ever.
#include <catch2/catch.hpp>

#include "sync/causal_buffer.h"
#include "tests/sync/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr ActorId a{10};
constexpr ActorId b{20};

Waiting early(const Dot& dot, const VersionVector& deps = {}, std::size_t bytes = 10, MonoTime since = {}, NodeId from = peer) {
  return {Bytes(bytes, 'e'), EventHead{dot, deps, Hlc{}}, from, false, since};
}

}  // namespace

TEST_CASE("an_event_is_ready_when_the_one_before_it_and_all_its_deps_are_covered") {
  CausalBuffer buffer(10'000);
  REQUIRE(buffer.add(early({a, 2}, {{b, 3}})));
  CHECK_FALSE(buffer.take_ready({}));
  CHECK_FALSE(buffer.take_ready({{a, 1}}));
  CHECK_FALSE(buffer.take_ready({{b, 3}}));
  CHECK_FALSE(buffer.take_ready({{a, 1}, {b, 2}}));
  const auto ready = buffer.take_ready({{a, 1}, {b, 3}});
  REQUIRE(ready);
  CHECK(ready->head.dot == Dot{a, 2});
  CHECK(buffer.size() == 0);
  CHECK(buffer.bytes() == 0);
}

TEST_CASE("events_come_out_one_by_one_in_the_order_of_their_actor") {
  CausalBuffer buffer(10'000);
  for (const std::uint64_t counter : {4U, 2U, 3U}) buffer.add(early({a, counter}));
  VersionVector clock{{a, 1}};
  for (const std::uint64_t counter : {2U, 3U, 4U}) {
    const auto ready = buffer.take_ready(clock);
    REQUIRE(ready);
    CHECK(ready->head.dot.counter == counter);
    clock.raise(ready->head.dot);
  }
  CHECK_FALSE(buffer.take_ready(clock));
}

TEST_CASE("what_is_covered_meanwhile_is_dropped") {
  CausalBuffer buffer(10'000);
  buffer.add(early({a, 5}));
  buffer.add(early({a, 6}));
  CHECK_FALSE(buffer.take_ready({{a, 6}}));
  CHECK(buffer.size() == 0);
  CHECK(buffer.bytes() == 0);
}

TEST_CASE("an_event_waits_once") {
  CausalBuffer buffer(10'000);
  CHECK(buffer.add(early({a, 5})));
  const std::size_t bytes = buffer.bytes();
  CHECK_FALSE(buffer.add(early({a, 5})));
  CHECK(buffer.bytes() == bytes);
}

TEST_CASE("beyond_its_limit_the_buffer_takes_nothing") {
  CausalBuffer buffer(10'000);
  CHECK(buffer.add(early({a, 2}, {}, 5'000)));
  CHECK_FALSE(buffer.add(early({a, 3}, {}, 5'000)));
  CHECK(buffer.size() == 1);
  CHECK(buffer.take_ready({{a, 1}}));
  CHECK(buffer.add(early({a, 3}, {}, 5'000)));
}

TEST_CASE("many_tiny_events_are_bounded_by_what_they_cost_in_memory") {
  CausalBuffer buffer(100'000);
  std::uint64_t counter = 1;
  while (buffer.add(early({a, ++counter}, {}, 1))) {
  }
  CHECK(counter < 1'000);
}

TEST_CASE("the_one_to_ask_is_who_sent_what_has_waited_longest") {
  CausalBuffer buffer(10'000);
  CHECK_FALSE(buffer.stuck_since(MonoTime{10s}));
  buffer.add(early({a, 2}, {}, 10, MonoTime{5s}, peer));
  buffer.add(early({b, 2}, {}, 10, MonoTime{3s}, other));
  CHECK_FALSE(buffer.stuck_since(MonoTime{2s}));
  CHECK(buffer.stuck_since(MonoTime{3s}) == other);
  CHECK(buffer.take_ready({{b, 1}}));
  CHECK(buffer.stuck_since(MonoTime{6s}) == peer);
}

TEST_CASE("what_has_waited_too_long_can_be_dropped_and_the_rest_stays") {
  CausalBuffer buffer(10'000);
  buffer.add(early({a, 2}, {}, 10, MonoTime{5s}));
  buffer.add(early({b, 2}, {}, 10, MonoTime{3s}));
  buffer.drop_older(MonoTime{4s});
  CHECK(buffer.size() == 1);
  CHECK(buffer.highest(a) == 2);
  CHECK(buffer.highest(b) == 0);
  buffer.drop_older(MonoTime{6s});
  CHECK(buffer.bytes() == 0);
}

TEST_CASE("the_highest_counter_that_waits_is_known_per_actor") {
  CausalBuffer buffer(10'000);
  buffer.add(early({a, 7}));
  buffer.add(early({a, 3}));
  CHECK(buffer.highest(a) == 7);
  CHECK(buffer.highest(b) == 0);
  buffer.add(early({b, 4}));
  buffer.drop([](ActorId actor) { return actor == a; });  // it has ended
  CHECK(buffer.highest(a) == 0);
  CHECK(buffer.highest(b) == 4);
  buffer.drop([](ActorId) { return true; });
  CHECK(buffer.bytes() == 0);
}
