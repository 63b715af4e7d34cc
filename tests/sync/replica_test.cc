// Proves that every event is applied exactly once and after its causes, in whatever order, number and company it comes.
#include <algorithm>
#include <catch2/catch.hpp>

#include "base/random.h"
#include "sync/replica.h"
#include "tests/sync/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr ActorId own{77};

struct Receiving : SyncBench {
  Delivery deliver(std::vector<Bytes> events, bool hand_over = false) {
    return replica.deliver(std::move(events), peer, own, hand_over, now);
  }
  [[nodiscard]] const VersionVector& clock() const { return replica.partition().clock(); }

  causeway::Replica replica{store->partition(p0), ReplicaLimits{}, [this](const Event& event) {
                              return event.mutations.empty() || accepts;
                            }};
  bool accepts = true;
};

}  // namespace

TEST_CASE("events_are_applied_in_order_and_told") {
  Receiving bench;
  Issuer issuer(1);
  const Bytes first = issuer.issue({"SADD", "key", "a"});
  const Bytes second = issuer.issue({"SADD", "key", "b"});
  const Delivery delivery = bench.deliver({first, second}, true);
  REQUIRE(delivery.applied.size() == 2);
  CHECK(delivery.applied[0].encoded == first);
  CHECK(delivery.applied[1].dot == Dot{issuer.actor(), 2});
  CHECK(delivery.applied[1].from == peer);
  CHECK(delivery.applied[1].hand_over);
  CHECK(bench.clock() == issuer.clock());
}

TEST_CASE("what_comes_twice_is_applied_once") {
  Receiving bench;
  Issuer issuer(1);
  const Bytes event = issuer.issue({"INCR", "key"});
  CHECK(bench.deliver({event, event}).applied.size() == 1);
  CHECK(bench.deliver({event}).applied.empty());
  CHECK(bench.log.last().value == 1);
}

TEST_CASE("what_comes_early_waits_and_keeps_where_it_came_from") {
  Receiving bench;
  Issuer one(1);
  Issuer two(2);
  const Bytes cause = one.issue({"SADD", "key", "a"});
  two.see(cause);
  const Bytes effect = two.issue({"SREM", "key", "a"});
  CHECK(bench.deliver({effect}, true).applied.empty());
  CHECK(bench.replica.buffer().size() == 1);
  const Delivery delivery = bench.deliver({cause}, false);
  REQUIRE(delivery.applied.size() == 2);
  CHECK_FALSE(delivery.applied[0].hand_over);
  CHECK(delivery.applied[1].hand_over);
  CHECK(bench.replica.buffer().size() == 0);
}

TEST_CASE("what_cannot_be_read_or_does_not_belong_is_counted_and_the_rest_is_applied") {
  Receiving bench;
  Issuer one(1);
  Issuer two(2);
  Bytes cut = one.issue({"SADD", "key", "a"});
  cut.pop_back();
  const Delivery delivery = bench.deliver({"nonsense", cut, two.issue({"SADD", "key", "b"})});
  CHECK(delivery.malformed == 2);
  CHECK(delivery.applied.size() == 1);
  bench.accepts = false;
  CHECK(bench.deliver({two.issue({"SADD", "key", "c"})}).malformed == 1);
  CHECK(bench.clock() == VersionVector{{two.actor(), 1}});
}

TEST_CASE("an_event_under_the_own_actor_that_was_never_issued_is_told_and_not_applied") {
  Receiving bench;
  Issuer twin(own.value);
  const Bytes first = twin.issue({"SADD", "key", "a"});
  const Bytes second = twin.issue({"SADD", "key", "b"});
  const Delivery delivery = bench.deliver({first, second});
  CHECK(delivery.own_counter == 2);
  CHECK(delivery.applied.empty());
  CHECK(bench.replica.buffer().size() == 0);
  bench.apply(first);  // one that it did issue comes back
  CHECK(bench.deliver({first}).own_counter == 0);
}

TEST_CASE("when_the_store_takes_no_more_the_delivery_stops_and_can_be_repeated") {
  Receiving bench;
  Issuer issuer(1);
  std::vector<Bytes> events;
  for (int i = 0; i < 200; ++i) events.push_back(issuer.issue({"SADD", "key", std::to_string(i) + Bytes(100, '.')}));
  bench.log.set_disk_bytes_max(3 * small_log().segment_bytes);
  const Delivery stopped = bench.deliver(events);
  CHECK(stopped.refused);
  CHECK(stopped.applied.size() < 200);
  CHECK(bench.clock() == VersionVector{{issuer.actor(), stopped.applied.size()}});
  bench.log.set_disk_bytes_max(64 * small_log().segment_bytes);
  const Delivery rest = bench.deliver(events);
  CHECK_FALSE(rest.refused);
  CHECK(rest.applied.size() + stopped.applied.size() == 200);
}

TEST_CASE("any_order_any_loss_and_any_repetition_end_in_one_state") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    std::vector<Issuer> issuers;
    for (std::uint64_t actor = 1; actor <= 3; ++actor) issuers.emplace_back(actor);
    std::vector<Bytes> events;  // in a causal order
    for (int i = 0; i < 40; ++i) {
      Issuer& issuer = issuers[random.below(3)];
      for (const Bytes& event : events) {  // it has seen a causal prefix
        const auto head = decode_event_head(event);
        if (issuer.clock().covers(head->dot)) continue;
        if (!is_ready(head->dot, head->deps, issuer.clock()) || random.chance(1, 5)) break;
        issuer.see(event);
      }
      events.push_back(random.chance(1, 2) ? issuer.issue({"INCR", "n"}) : issuer.issue({"SADD", "key", std::to_string(i)}));
    }
    Receiving bench;
    Receiving plain;
    plain.deliver(events);
    INFO("seed " << seed);
    REQUIRE(plain.log.last().value == 40);
    for (int round = 0; bench.clock() != plain.clock(); ++round) {
      REQUIRE(round < 200);
      std::vector<Bytes> some;
      for (const Bytes& event : events) {
        if (random.chance(1, 3)) some.push_back(event);
      }
      std::shuffle(some.begin(), some.end(), std::mt19937_64(random.next()));
      bench.deliver(std::move(some));
    }
    CHECK(bench.replica.partition().digest() == plain.replica.partition().digest());
    CHECK(bench.log.last().value == 40);
    CHECK(bench.replica.buffer().bytes() == 0);
  }
}
