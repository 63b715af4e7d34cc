// Proves that what is lacking is fetched from those who have it: one pull a partition, another source when one is silent,
// refuses or has it not, and rarer and rarer where a claim is never made true.
#include <catch2/catch.hpp>

#include "sync/puller.h"
#include "tests/sync/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr ActorId a{10};
const VersionVector third{{a, 3}};

struct Pulling {
  explicit Pulling(PullLimits limits = {})
      : puller([this](PartitionId id) -> const VersionVector& { return clocks[id]; }, ids, limits) {}

  void tick(bool room = true) { puller.tick(now, room, post); }
  std::vector<std::pair<NodeId, Subscribe>> asked() {
    std::vector<std::pair<NodeId, Subscribe>> found;
    for (auto& [to, envelope] : post.take().peers) {
      if (auto* message = std::get_if<Subscribe>(&envelope.message)) found.emplace_back(to, std::move(*message));
      if (std::holds_alternative<Unsubscribe>(envelope.message)) ++cancelled;
    }
    return found;
  }
  /// A run of the pull; whether it was accepted.
  bool run(NodeId from, std::uint64_t subscription, std::uint64_t number, bool caught_up, PartitionId partition = p0) {
    const Run message{partition, subscription, number, caught_up, Want::nothing, {}};
    if (!puller.accept(from, message, now)) return false;
    puller.delivered(partition, false, caught_up, now, post);
    return true;
  }
  /// Lets time pass, with ticks when they are due. Whom it asked.
  std::vector<NodeId> pass(Micros time) {
    std::vector<NodeId> whom;
    const MonoTime end = now + time;
    while (now < end) {
      tick();
      for (auto& [to, message] : asked()) whom.push_back(to);
      const auto wake = puller.wake_at();
      if (wake) REQUIRE(*wake > now);
      now = std::min(end, wake.value_or(end));
    }
    return whom;
  }

  std::map<PartitionId, VersionVector> clocks;
  SubscriptionIds ids{100};
  Puller puller;
  Post post{1, self, 1, Epoch{1}};
  MonoTime now{1s};
  int cancelled = 0;
};

}  // namespace

TEST_CASE("what_is_lacking_is_asked_for_once_from_the_clock_here_when_it_is_due") {
  Pulling bench;
  bench.clocks[p0] = {{a, 1}};
  bench.puller.lack(p0, third, peer, bench.now + 20ms);
  bench.tick();
  CHECK(bench.asked().empty());
  CHECK(bench.puller.wake_at() == bench.now + 20ms);
  bench.now += 20ms;
  bench.puller.lack(p0, third, peer, bench.now);
  bench.tick();
  bench.tick();
  const auto asked = bench.asked();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].first == peer);
  CHECK_FALSE(asked[0].second.standing);
  CHECK(asked[0].second.clock == VersionVector{{a, 1}});
}

TEST_CASE("what_comes_by_itself_is_not_asked_for") {
  Pulling bench;
  bench.puller.lack(p0, third, peer, bench.now + 20ms);
  bench.clocks[p0] = third;
  bench.now += 20ms;
  bench.tick();
  CHECK(bench.asked().empty());
  CHECK_FALSE(bench.puller.wake_at());
}

TEST_CASE("a_pull_ends_when_it_is_caught_up") {
  Pulling bench;
  bench.puller.lack(p0, third, peer, bench.now);
  bench.tick();
  const auto asked = bench.asked();
  const auto id = asked.at(0).second.subscription;
  CHECK(bench.run(peer, id, 1, false));
  bench.clocks[p0] = third;
  CHECK(bench.run(peer, id, 2, true));
  CHECK_FALSE(bench.run(peer, id, 3, true));
  bench.tick();
  CHECK(bench.asked().empty());
  CHECK_FALSE(bench.puller.wake_at());
}

TEST_CASE("a_run_of_another_pull_or_peer_or_with_a_gap_is_not_accepted") {
  Pulling bench;
  bench.puller.lack(p0, third, peer, bench.now);
  bench.tick();
  const auto id = bench.asked().at(0).second.subscription;
  CHECK_FALSE(bench.run(other, id, 1, false));
  CHECK_FALSE(bench.run(peer, id + 1, 1, false));
  CHECK_FALSE(bench.run(peer, id, 1, false, p1));
  CHECK_FALSE(bench.run(peer, id, 2, false));  // the first was lost: asked anew
  bench.now += 200ms;
  bench.tick();
  const auto again = bench.asked();
  REQUIRE(again.size() == 1);
  CHECK(again[0].second.subscription != id);
}

TEST_CASE("a_silent_source_is_given_up_for_another_that_has_it_too") {
  Pulling bench;
  bench.puller.lack(p0, third, peer, bench.now);
  bench.puller.lack(p0, {{a, 2}}, other, bench.now);
  std::vector<NodeId> whom = bench.pass(2500ms);
  REQUIRE(whom.size() >= 2);
  CHECK(std::count(whom.begin(), whom.end(), peer) >= 1);
  CHECK(std::count(whom.begin(), whom.end(), other) >= 1);
}

TEST_CASE("a_source_that_refuses_is_not_asked_again_before_another") {
  Pulling bench;
  bench.puller.lack(p0, third, peer, bench.now);
  bench.puller.lack(p0, third, other, bench.now);
  bench.tick();
  const auto first = bench.asked();
  REQUIRE(first.size() == 1);
  CHECK(bench.puller.refused(first[0].first, p0, first[0].second.subscription, bench.now));
  CHECK_FALSE(bench.puller.refused(first[0].first, p0, first[0].second.subscription, bench.now));
  bench.tick();
  const auto second = bench.asked();
  REQUIRE(second.size() == 1);
  CHECK(second[0].first != first[0].first);
}

TEST_CASE("a_claim_that_is_never_made_true_is_asked_for_rarer_and_rarer") {
  Pulling bench;
  bench.puller.lack(p0, third, peer, bench.now);
  std::size_t pulls = 0;
  for (int i = 0; i < 2'000; ++i) {
    bench.now += 10ms;
    bench.tick();
    for (const auto& [to, message] : bench.asked()) {
      ++pulls;
      CHECK(bench.run(to, message.subscription, 1, true));
    }
  }
  CHECK(pulls >= 5);
  CHECK(pulls <= 15);
  bench.puller.lack(p0, {{a, 4}}, peer, bench.now);  // it claims more: asked at once
  bench.now += 100ms;
  bench.tick();
  CHECK(bench.asked().size() == 1);
}

TEST_CASE("at_most_so_many_pulls_run_at_once_and_nobody_wakes_for_the_others") {
  PullLimits limits;
  limits.pulls_max = 1;
  Pulling bench(limits);
  bench.puller.lack(p0, third, peer, bench.now);
  bench.puller.lack(p1, third, peer, bench.now);
  bench.tick();
  const auto asked = bench.asked();
  REQUIRE(asked.size() == 1);
  REQUIRE(bench.puller.wake_at());
  CHECK(*bench.puller.wake_at() > bench.now);
  bench.clocks[p0] = third;
  CHECK(bench.run(peer, asked[0].second.subscription, 1, true));
  bench.tick();
  CHECK(bench.asked().size() == 1);
}

TEST_CASE("without_room_nothing_is_asked_for_and_nobody_wakes") {
  Pulling bench;
  bench.puller.lack(p0, third, peer, bench.now);
  bench.tick(false);
  CHECK(bench.asked().empty());
  CHECK_FALSE(bench.puller.wake_at());
  bench.tick(true);
  CHECK(bench.asked().size() == 1);
}

TEST_CASE("a_delivery_that_finds_no_room_ends_the_pull_and_says_so") {
  Pulling bench;
  bench.puller.lack(p0, third, peer, bench.now);
  bench.tick();
  const auto id = bench.asked().at(0).second.subscription;
  const Run run{p0, id, 1, false, Want::nothing, {}};
  REQUIRE(bench.puller.accept(peer, run, bench.now));
  bench.puller.delivered(p0, true, false, bench.now, bench.post);
  CHECK(bench.asked().empty());
  CHECK(bench.cancelled == 1);
}
