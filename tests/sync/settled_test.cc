// Proves what counts as settled, sentence by sentence of rules.md: all members have sent clocks that cover it, stale ones too,
// and this replica covers those clocks; and when an actor is known to issue nothing more.
#include <catch2/catch.hpp>

#include "sync/member_clocks.h"
#include "sync/settled.h"
#include "tests/sync/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr ActorId a{10};
constexpr ActorId b{11};
constexpr ActorId c{12};
const std::vector<NodeId> members{self, peer, other};

/// One replica of three, and what it has heard of the others.
struct View {
  View() {
    for (const NodeId node : members) actors[node] = ActorId{node.value};
    hear_all({}, 1);
  }
  /// The member says this, knowing all others by their actors.
  void hear(NodeId node, const VersionVector& said, std::uint64_t wall_ms, std::uint64_t incarnation = 1) {
    std::uint64_t peers = 0;
    for (const auto& [member, actor] : actors) peers += peer_mark(member, actor);
    clocks.learn({p0, node, Incarnation{incarnation}, actors[node], said, {}, wall_ms, peers});
  }
  void hear_all(const VersionVector& said, std::uint64_t wall_ms) {
    for (const NodeId node : members) hear(node, said, wall_ms);
  }
  /// Looks, from a replica that covers this.
  void look(const VersionVector& clock) {
    settled.look(members, [this](NodeId node) { return clocks.of(p0, node); }, clock);
  }

  std::map<NodeId, ActorId> actors;
  MemberClocks clocks;
  Settled settled;
};

}  // namespace

TEST_CASE("settled_is_what_all_members_cover_in_clocks_that_are_covered_here") {
  View view;
  view.hear(self, {{a, 5}, {b, 2}}, 100);
  view.hear(peer, {{a, 3}, {b, 2}}, 90);
  view.hear(other, {{a, 4}}, 80);
  view.look({{a, 5}, {b, 2}});
  CHECK(view.settled.clock() == VersionVector{{a, 3}});
  CHECK(view.settled.wall_ms() == 80);
}

TEST_CASE("a_clock_that_is_not_covered_here_settles_nothing") {
  View view;
  view.hear_all({{a, 3}}, 50);
  view.hear(other, {{a, 3}, {c, 1}}, 80);  // c:1 may be concurrent with a:3
  view.look({{a, 3}});
  CHECK(view.settled.clock() == VersionVector{});
  CHECK(view.settled.wall_ms() == 0);
  view.look({{a, 3}, {c, 1}});
  CHECK(view.settled.clock() == VersionVector{{a, 3}});
  CHECK(view.settled.wall_ms() == 50);
}

TEST_CASE("where_clocks_move_all_the_time_an_older_one_is_waited_for") {
  View view;
  view.hear_all({{a, 3}}, 50);
  view.hear(other, {{a, 3}, {c, 1}}, 60);
  view.look({{a, 3}});
  view.hear(other, {{a, 3}, {c, 9}}, 70);  // by now it has gone on
  view.look({{a, 3}, {c, 1}});
  CHECK(view.settled.clock() == VersionVector{{a, 3}});
  CHECK(view.settled.wall_ms() == 50);
}

TEST_CASE("as_long_as_a_member_was_never_heard_of_nothing_is_settled") {
  View view;
  view.hear_all({{a, 3}}, 50);
  std::vector<NodeId> more = members;
  more.push_back(node_id("new"));
  const auto latest = [&](NodeId node) { return view.clocks.of(p0, node); };
  view.settled.look(more, latest, {{a, 3}});
  CHECK(view.settled.clock() == VersionVector{});
  CHECK(view.settled.wall_ms() == 0);
  CHECK_FALSE(view.settled.has_ended(ActorId{4711}));
  view.settled.look(members, latest, {{a, 3}});
  CHECK(view.settled.clock() == VersionVector{{a, 3}});
}

TEST_CASE("a_member_that_is_silent_holds_up_what_is_settled") {
  View view;
  view.hear_all({{a, 3}}, 50);
  view.look({{a, 3}});
  view.hear(self, {{a, 7}}, 200);
  view.hear(peer, {{a, 7}}, 200);
  view.look({{a, 7}});
  CHECK(view.settled.clock() == VersionVector{{a, 3}});
  CHECK(view.settled.wall_ms() == 50);
}

TEST_CASE("what_is_settled_only_grows_while_members_keep_their_actors") {
  View view;
  view.hear_all({{a, 3}}, 50);
  view.look({{a, 3}});
  view.hear(other, {{a, 3}, {c, 4}}, 90, 2);  // it was started again, and lost nothing
  view.look({{a, 3}});
  CHECK(view.settled.clock() == VersionVector{{a, 3}});
  CHECK(view.settled.wall_ms() == 50);
  view.look({{a, 3}, {c, 4}});
  view.hear(self, {{a, 3}, {c, 4}}, 95);
  view.hear(peer, {{a, 3}, {c, 4}}, 95);
  view.look({{a, 3}, {c, 4}});
  CHECK(view.settled.clock() == VersionVector{{a, 3}, {c, 4}});
  CHECK(view.settled.wall_ms() == 90);
}

TEST_CASE("what_a_wiped_member_said_before_settles_nothing_any_more") {
  View view;
  view.hear_all({{a, 3}}, 50);
  view.look({{a, 3}});
  view.actors[other] = ActorId{4711};
  view.hear(other, {}, 0, 2);
  view.look({{a, 3}});
  CHECK(view.settled.clock() == VersionVector{});
  CHECK(view.settled.wall_ms() == 0);
  view.hear(other, {{a, 3}}, 70, 2);
  view.look({{a, 3}});
  CHECK(view.settled.clock() == VersionVector{{a, 3}});
}

TEST_CASE("a_later_time_counts_though_the_clock_has_not_moved") {
  View view;
  view.hear_all({{a, 3}}, 50);
  view.look({{a, 3}});
  CHECK(view.settled.wall_ms() == 50);
  view.hear_all({{a, 3}}, 60);
  view.look({{a, 3}});
  CHECK(view.settled.wall_ms() == 60);
}

TEST_CASE("an_actor_has_seen_what_a_clock_of_its_own_covers_that_is_covered_here") {
  View view;
  const ActorId of_peer = view.actors[peer];
  view.hear(peer, {{a, 3}, {of_peer, 2}}, 50);
  view.look({{a, 3}});
  CHECK_FALSE(view.settled.has_seen(of_peer, {a, 3}));  // what it issued before may still come
  view.look({{a, 3}, {of_peer, 2}});
  CHECK(view.settled.has_seen(of_peer, {a, 3}));
  CHECK_FALSE(view.settled.has_seen(of_peer, {a, 4}));
  CHECK_FALSE(view.settled.has_seen(view.actors[other], {a, 3}));
  view.actors[peer] = ActorId{4711};
  view.hear(peer, {{a, 3}, {of_peer, 2}}, 60, 2);
  view.look({{a, 3}, {of_peer, 2}});
  CHECK_FALSE(view.settled.has_seen(of_peer, {a, 3}));  // the node has, the actor has ended
}

TEST_CASE("an_actor_has_ended_once_all_members_say_that_they_know_it") {
  View view;
  const ActorId dead = view.actors[other];
  view.hear_all({{a, 3}}, 50);
  view.look({{a, 3}});
  CHECK_FALSE(view.settled.has_ended(dead));
  const auto before = view.actors;
  view.actors[other] = ActorId{4711};
  view.hear(other, {{a, 3}}, 60, 2);
  view.look({{a, 3}});
  CHECK_FALSE(view.settled.has_ended(dead));  // the others have not heard of it
  view.hear(self, {{a, 3}}, 60);
  view.actors = before;
  view.hear(peer, {{a, 3}}, 60);  // it still does not know
  view.actors[other] = ActorId{4711};
  view.look({{a, 3}});
  CHECK_FALSE(view.settled.has_ended(dead));
  view.hear(peer, {{a, 3}}, 70);
  view.look({{a, 3}});
  CHECK(view.settled.has_ended(dead));
  CHECK_FALSE(view.settled.has_ended(ActorId{4711}));
}
