// Proves which of two things said of a member is kept, what follows for stability, and that it outlives the process.
#include <catch2/catch.hpp>

#include "sync/member_clocks.h"
#include "sync/settled.h"
#include "tests/sync/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

using News = MemberClocks::News;
constexpr ActorId a{10};

MemberClock said(std::uint64_t incarnation, const VersionVector& clock, NodeId node = peer) {
  return {p0, node, Incarnation{incarnation}, ActorId{node.value + incarnation}, clock, {1, 2}};
}

}  // namespace

TEST_CASE("within_an_incarnation_a_clock_only_grows") {
  MemberClocks clocks;
  CHECK(clocks.of(p0, peer) == nullptr);
  CHECK(clocks.learn(said(1, {{a, 2}})) == News::moved);
  CHECK(clocks.learn(said(1, {{a, 2}})) == News::same);
  CHECK(clocks.learn(said(1, {{a, 1}})) == News::stale);
  CHECK(clocks.learn(said(1, {{ActorId{11}, 9}})) == News::stale);  // it does not cover what is known
  CHECK(clocks.learn(said(1, {{a, 3}})) == News::moved);
  CHECK(clocks.of(p0, peer)->clock == VersionVector{{a, 3}});
  CHECK(clocks.of(p1, peer) == nullptr);
}

TEST_CASE("a_newer_incarnation_replaces_even_by_less_and_an_older_one_never") {
  MemberClocks clocks;
  clocks.learn(said(2, {{a, 5}}));
  CHECK(clocks.learn(said(1, {{a, 9}})) == News::stale);
  CHECK(clocks.learn(said(3, {{a, 1}})) == News::moved);
  CHECK(clocks.of(p0, peer)->clock == VersionVector{{a, 1}});
}

TEST_CASE("a_member_names_the_owner_of_its_actors_also_of_ended_ones") {
  MemberClocks clocks;
  clocks.learn(said(1, {}));
  clocks.learn(said(2, {}));
  CHECK(clocks.owner(ActorId{peer.value + 1}) == peer);
  CHECK(clocks.owner(ActorId{peer.value + 2}) == peer);
  CHECK_FALSE(clocks.owner(ActorId{4711}));
  clocks.claimed(other, ActorId{4711});
  CHECK(clocks.owner(ActorId{4711}) == other);
}

TEST_CASE("the_same_clock_at_a_later_time_is_later_and_at_an_earlier_one_the_same") {
  MemberClocks clocks;
  MemberClock first = said(1, {{a, 2}});
  first.wall_ms = 50;
  clocks.learn(first);
  MemberClock later = first;
  later.wall_ms = 60;
  CHECK(clocks.learn(later) == News::later);
  CHECK(clocks.learn(later) == News::same);
  CHECK(clocks.learn(first) == News::same);
  CHECK(clocks.of(p0, peer)->wall_ms == 60);
}

TEST_CASE("who_has_heard_of_another_actor_says_so_by_the_same_clock") {
  MemberClocks clocks;
  MemberClock said_first = said(1, {{a, 2}});
  said_first.wall_ms = 50;
  clocks.learn(said_first);
  MemberClock heard = said_first;
  heard.peers = 7;
  CHECK(clocks.learn(heard) == News::heard);
  CHECK(clocks.learn(heard) == News::same);
  CHECK(clocks.of(p0, peer)->peers == 7);
  heard.wall_ms = 40;
  heard.peers = 8;
  CHECK(clocks.learn(heard) == News::same);  // it comes late
  CHECK(clocks.of(p0, peer)->peers == 7);
}

TEST_CASE("the_sum_of_peers_tells_which_actors_they_have_claimed") {
  const std::vector<NodeId> nodes{peer, other};
  MemberClocks clocks;
  CHECK(clocks.peers(nodes) == 0);
  clocks.claimed(peer, ActorId{1});
  clocks.claimed(other, ActorId{2});
  const std::uint64_t before = clocks.peers(nodes);
  const std::uint64_t version = clocks.claims_version();
  CHECK(before == peer_mark(peer, ActorId{1}) + peer_mark(other, ActorId{2}));
  clocks.claimed(peer, ActorId{1});
  CHECK(clocks.claims_version() == version);
  clocks.claimed(peer, ActorId{2});
  clocks.claimed(other, ActorId{1});
  CHECK(clocks.claims_version() != version);
  CHECK(clocks.peers(nodes) != before);  // it is not the same who has which
  CHECK(clocks.claim_of(peer) == ActorId{2});
}

TEST_CASE("what_was_last_said_is_there_after_a_restart") {
  SyncBench bench;
  MemberClocks clocks;
  clocks.learn(said(1, {{a, 5}}));
  MemberClock last = said(4, {{a, 6}});
  last.wall_ms = 90;
  last.peers = 8;
  clocks.learn(last);
  clocks.learn(said(1, {{a, 2}}, other));
  clocks.save(*bench.store);
  CW_CHECK(bench.store->checkpoint(bench.now).has_value(), "a checkpoint");
  MemberClocks later;
  REQUIRE(later.load(*bench.store));
  REQUIRE(later.of(p0, peer) != nullptr);
  CHECK(later.of(p0, peer)->clock == VersionVector{{a, 6}});
  CHECK(later.of(p0, peer)->incarnation == Incarnation{4});
  CHECK(later.of(p0, peer)->digest == Hash128{1, 2});
  CHECK(later.of(p0, peer)->wall_ms == 90);
  CHECK(later.of(p0, peer)->peers == 8);
  CHECK(later.of(p0, other)->clock == VersionVector{{a, 2}});
  CHECK(later.owner(ActorId{peer.value + 4}) == peer);
}

TEST_CASE("a_damaged_note_of_a_clock_is_an_error") {
  SyncBench bench;
  REQUIRE(bench.store->set_note_now("clock/", "nonsense"));
  MemberClocks clocks;
  const auto loaded = clocks.load(*bench.store);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == ErrorCode::internal);
}
