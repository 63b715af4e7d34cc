// Proves who is taken to be up: by any message, for as long as the limit says, and serving only by its own word.
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/dc/bench.h"

using namespace causeway;
using News = Liveness::News;
using namespace causeway::testing;

namespace {

const NodeId peer = node_id("eu-2");

struct Watching {
  void at(Micros time) { liveness.observe(MonoTime{1s} + time); }

  Configuration configuration = configuration_of(one_dc);
  Liveness liveness{configuration.nodes(), LivenessLimits{}};
};

}  // namespace

TEST_CASE("a_peer_never_heard_is_dead_and_silent_for_ever") {
  Watching watching;
  watching.at(0s);
  CHECK_FALSE(watching.liveness.alive(peer));
  CHECK(watching.liveness.silence(peer) == Micros::max());
}

TEST_CASE("any_message_shows_life_until_the_limit") {
  Watching watching;
  watching.at(0s);
  CHECK(News::nothing == watching.liveness.heard(peer, 1));
  watching.at(1999ms);
  CHECK(watching.liveness.alive(peer));
  CHECK(watching.liveness.silence(peer) == 1999ms);
  watching.at(2000ms);
  CHECK_FALSE(watching.liveness.alive(peer));
}

TEST_CASE("a_peer_serves_when_it_says_so_and_lives") {
  Watching watching;
  watching.at(0s);
  watching.liveness.heard(peer, 1);
  CHECK_FALSE(watching.liveness.serving(peer));
  watching.liveness.beat(peer, Heartbeat{true, 0});
  CHECK(watching.liveness.serving(peer));
  watching.at(2s);
  CHECK_FALSE(watching.liveness.serving(peer));
  watching.liveness.heard(peer, 1);
  CHECK(watching.liveness.serving(peer));
}

TEST_CASE("another_process_of_a_peer_is_noticed_once_and_serves_only_when_it_says_so") {
  Watching watching;
  watching.at(0s);
  CHECK(News::nothing == watching.liveness.heard(peer, 1));
  watching.liveness.beat(peer, Heartbeat{true, 0});
  CHECK(News::nothing == watching.liveness.heard(peer, 1));
  CHECK(News::restarted == watching.liveness.heard(peer, 2));
  CHECK_FALSE(watching.liveness.serving(peer));
  CHECK(News::nothing == watching.liveness.heard(peer, 2));
  CHECK(News::ended == watching.liveness.heard(peer, 1));  // what was under way when it died
  CHECK(News::nothing == watching.liveness.heard(peer, 2));
}

TEST_CASE("strangers_are_nobody") {
  Watching watching;
  watching.at(0s);
  CHECK(News::nothing == watching.liveness.heard(NodeId{12345}, 1));
  watching.liveness.beat(NodeId{12345}, Heartbeat{true, 0});
  CHECK_FALSE(watching.liveness.alive(NodeId{12345}));
  CHECK_FALSE(watching.liveness.serving(NodeId{12345}));
}

TEST_CASE("heartbeats_go_to_every_peer_at_each_interval_and_at_once_when_announced") {
  Watching watching;
  Post post(1, node_id("eu-1"), 1, Epoch{1});
  const auto beats = [&] {
    watching.liveness.tick(Heartbeat{}, post);
    return post.take().peers.size();
  };
  watching.at(0s);
  const std::size_t peers = watching.configuration.nodes().size();
  CHECK(beats() == peers);
  watching.at(749ms);
  CHECK(beats() == 0);
  CHECK(watching.liveness.wake_at() == MonoTime{1s} + 750ms);
  watching.at(750ms);
  CHECK(beats() == peers);
  watching.at(760ms);
  watching.liveness.announce();
  CHECK(beats() == peers);
}
