// Proves what a turn tells to whom: events to the live local replicas, clocks within a fifth of a second or at once, and
// relayed with the name of their member, to where they cannot be heard directly.
#include <catch2/catch.hpp>

#include "dc/replication.h"
#include "tests/cluster/topologies.h"
#include "tests/dc/bench.h"
#include "tests/node/issuer.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p0{0};
using Told = std::map<std::string, std::set<std::string>>;

struct Replicating : Bench {
  explicit Replicating(BytesView topology = three_dcs) : Bench(topology), key(key_in(p0, placement.partitions())) {
    live_all();
    flush();
    post.take();
    pass(1ms);
  }
  void flush(bool serving = true) { replication.flush(serving ? &claimed : nullptr, now); }
  /// Whose clocks were told to whom, and whether urgently.
  Told told(bool urgent = false) {
    Told whose;
    for (auto& [to, message] : take<Clocks>()) {
      if (message.urgent != urgent) continue;
      for (const MemberClock& clock : message.clocks) {
        whose[configuration.node(to)->name].insert(configuration.node(clock.node)->name);
      }
    }
    return whose;
  }
  void subscribe(BytesView node) { feeds.subscribe(node_id(node), Subscribe{p0, 1, true, 1'000'000, {}, {}}, post); }
  void moved(BytesView node, bool from_afar, bool urgent = false) {
    learn(node, {{ActorId{5}, ++count}});
    replication.moved(p0, node_id(node), from_afar, urgent);
  }

  Claimed claimed{Incarnation{1}, ActorId{77}};
  Feeds feeds{*store, [](ActorId) { return std::nullopt; }, FeedLimits{}};
  Replication replication{site, feeds, GossipLimits{}, now};
  Bytes key;
  std::uint64_t count = 0;
};

}  // namespace

TEST_CASE("events_go_to_the_live_local_replicas_in_one_message") {
  Replicating bench;
  bench.pass(2s);
  bench.live("eu-2");
  bench.live("us-1");
  bench.replication.push(p0, "one", Want::nothing);
  bench.replication.push(p0, "two", Want::local);
  bench.replication.push(PartitionId{1}, "three", Want::nothing);
  bench.flush();
  const auto sent = bench.take<Replicate>();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].first == node_id("eu-2"));
  REQUIRE(sent[0].second.batches.size() == 2);
  CHECK(sent[0].second.batches[0].events == std::vector<Bytes>{"one", "two"});
  CHECK(sent[0].second.batches[0].want == Want::local);
  CHECK(sent[0].second.batches[1].want == Want::nothing);
  bench.flush();
  CHECK(bench.take<Replicate>().empty());
}

TEST_CASE("a_turn_with_more_events_than_a_message_holds_sends_several_in_order") {
  Replicating bench(one_dc);
  const std::size_t size = std::size_t{300} << 10U;
  for (char c = 'a'; c <= 'z'; ++c) bench.replication.push(PartitionId{c == 'a' ? 1U : 0U}, Bytes(size, c), Want::local);
  bench.flush();
  std::map<NodeId, Bytes> order;
  std::size_t messages = 0;
  for (const auto& [to, message] : bench.take<Replicate>()) {
    ++messages;
    std::size_t bytes = 0;
    for (const Batch& batch : message.batches) {
      CHECK(batch.want == Want::local);
      for (const Bytes& event : batch.events) {
        bytes += event.size();
        order[to] += event.substr(0, 1);
      }
    }
    CHECK(bytes <= std::size_t{2} << 20U);
  }
  CHECK(messages == 10);
  REQUIRE(order.size() == 2);
  for (const auto& [to, letters] : order) CHECK(letters == "bcdefghijklmnopqrstuvwxyza");
}

TEST_CASE("a_clock_that_moved_is_told_within_a_fifth_of_a_second") {
  Replicating bench;
  bench.subscribe("us-2");
  bench.replication.applied(p0, Want::nothing);
  bench.flush();
  CHECK(bench.told().empty());
  CHECK(bench.replication.wake_at() <= bench.now + 200ms);
  bench.pass(200ms);
  bench.flush();
  CHECK(bench.told() == Told{{"eu-2", {"eu-1"}}, {"eu-3", {"eu-1"}}, {"us-2", {"eu-1"}}});
  bench.pass(200ms);
  bench.flush();
  CHECK(bench.told().empty());
}

TEST_CASE("a_write_that_waits_here_gets_the_clock_at_once_and_alone") {
  Replicating bench;
  bench.replication.applied(p0, Want::local);
  bench.replication.owe_clock(p0, node_id("eu-3"), Want::local);
  bench.flush();
  CHECK(bench.told() == Told{{"eu-3", {"eu-1"}}});
}

TEST_CASE("a_write_that_waits_anywhere_gets_the_clock_at_once_by_all_ways") {
  Replicating bench;
  bench.subscribe("us-2");
  bench.replication.owe_clock(p0, node_id("eu-3"), Want::everywhere);
  bench.flush();
  CHECK(bench.told(true) == Told{{"eu-2", {"eu-1"}}, {"eu-3", {"eu-1"}}, {"us-2", {"eu-1"}}});
}

TEST_CASE("clocks_are_relayed_to_where_they_are_not_heard_directly") {
  Replicating bench;
  bench.subscribe("us-2");
  bench.moved("eu-2", false);
  bench.moved("us-1", true);
  bench.moved("ap-1", true);
  bench.pass(200ms);
  bench.flush();
  CHECK(bench.told() == Told{{"eu-2", {"us-1", "ap-1"}},       // local peers hear each other themselves
                             {"eu-3", {"us-1", "ap-1"}},
                             {"us-2", {"eu-2", "ap-1"}}});     // a datacenter knows its own members best
}

TEST_CASE("an_urgent_clock_is_relayed_at_once") {
  Replicating bench;
  bench.moved("us-1", true, true);
  bench.flush();
  CHECK(bench.told(true) == Told{{"eu-2", {"eu-1", "us-1"}}, {"eu-3", {"eu-1", "us-1"}}});
}

TEST_CASE("every_few_seconds_all_clocks_are_told_again_since_a_message_may_be_lost") {
  Replicating bench;
  bench.learn("us-3", {{ActorId{5}, 1}});
  bench.pass(9s);
  bench.live_all();
  bench.flush();
  CHECK(bench.told().empty());
  bench.pass(1s);
  bench.live_all();
  bench.flush();
  CHECK(bench.told() == Told{{"eu-2", {"eu-1", "us-3"}}, {"eu-3", {"eu-1", "us-3"}}});
}

TEST_CASE("a_node_that_does_not_serve_tells_nothing_of_itself") {
  Replicating bench;
  bench.replication.applied(p0, Want::nothing);
  bench.replication.owe_clock(p0, node_id("eu-2"), Want::local);
  bench.replication.owe_clock(p0, node_id("eu-2"), Want::everywhere);
  bench.moved("us-1", true);
  bench.pass(200ms);
  bench.flush(false);
  CHECK(bench.told(true) == Told{{"eu-2", {"us-1"}}, {"eu-3", {"us-1"}}});
}
