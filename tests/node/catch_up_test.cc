// Proves how a node gets what it lacks: from local peers whose clocks say so, from another when one is silent or no longer
// has it, never more than it has room for; and what it says while it cannot have it.
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/node/issuer.h"
#include "tests/node/lone.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p0{0};

PartitionId led_by(const Lone& node) {
  for (const PartitionId id : node.placement().partitions_of(node.self())) {
    if (node.placement().replicas(id, dc_id("eu")).front() == node.self()) return id;
  }
  FAIL("it leads none");
  return {};
}

struct Behind : Lone {
  explicit Behind(BytesView topology = one_dc, LogLimits log_limits = {})
      : Lone(topology, "eu-1", {}, log_limits), key(key_in(p0, configuration().partitions())) {
    start(true);
    serve();
  }
  /// Whom it asks for the log of the partition within this time.
  std::vector<std::pair<NodeId, Subscribe>> asks(Micros time, PartitionId partition = p0) {
    CW_CHECK(pass(time).has_value(), "it lives");
    auto found = take<Subscribe>();
    std::erase_if(found, [partition](const auto& item) { return item.second.partition != partition; });
    return found;
  }
  void say(BytesView peer, const Issuer& issuer) { hear(peer, Clocks{false, {issuer.says(p0, peer)}}); }
  std::set<NodeId> who(const std::vector<std::pair<NodeId, Subscribe>>& asked) {
    std::set<NodeId> nodes;
    for (const auto& [node, message] : asked) nodes.insert(node);
    return nodes;
  }

  Bytes key;
};

}  // namespace

TEST_CASE("what_a_local_peer_has_and_did_not_come_by_itself_is_pulled_and_not_handed_on") {
  Behind node;
  Issuer peer(5);
  const Bytes event = peer.issue({"SADD", node.key, "m"});
  node.say("eu-2", peer);
  const auto asked = node.asks(400ms);
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].first == node_id("eu-2"));
  node.forget_sent();
  node.hear("eu-2", Run{p0, asked[0].second.subscription, 1, true, Want::nothing, {event}});
  REQUIRE(node.turn());
  CHECK(node.store().partition(p0).clock() == peer.clock());
  CHECK(node.take<Replicate>().empty());
  CHECK(node.asks(5s).empty());
}

TEST_CASE("a_peer_that_lives_and_refuses_does_not_keep_a_node_from_asking_another") {
  Behind node;
  Issuer peer(5);
  peer.issue({"SADD", node.key, "m"});
  const auto replicas = node.placement().replicas(p0, dc_id("eu"));
  std::vector<BytesView> peers;
  for (const NodeId replica : replicas) {
    if (replica != node.self()) peers.push_back(node.configuration().node(replica)->name);
  }
  node.say(peers[0], peer);
  node.say(peers[1], peer);
  node.die(peers[0]);  // it says that it lives, and does not serve
  for (int i = 0; i < 10; ++i) {
    node.hear(peers[0], Heartbeat{false, 0});
    REQUIRE(node.pass(100ms));
  }
  CHECK(node.who(node.asks(100ms)).contains(node_id(peers[1])));
}

TEST_CASE("an_event_over_a_link_that_waits_too_long_for_its_causes_is_asked_for_where_it_came_from") {
  Behind node(three_dcs);
  Issuer peer(5);
  const PartitionId led = led_by(node);
  const Bytes key = key_in(led, node.configuration().partitions());
  const auto asked = node.asks(2s, led);
  const auto link = std::find_if(asked.begin(), asked.end(), [&](const auto& item) {
    return node.configuration().datacenter_of(item.first)->name == "us";
  });
  REQUIRE(link != asked.end());
  const std::string source = node.configuration().node(link->first)->name;
  peer.issue({"SADD", key, "lost"});
  const Bytes second = peer.issue({"SADD", key, "m"});
  node.hear(source, Run{led, link->second.subscription, 1, true, Want::nothing, {second}});
  node.hear(source, Clocks{false, {peer.says(led, source)}});
  CHECK(node.asks(500ms, led).empty());
  const auto pulls = node.asks(400ms, led);
  REQUIRE_FALSE(pulls.empty());
  CHECK(pulls[0].first == link->first);
  CHECK_FALSE(pulls[0].second.standing);
}

TEST_CASE("a_node_told_need_full_sync_serves_on_and_takes_what_it_lacked_from_another_log") {
  Behind node;
  Issuer peer(5);
  const Bytes event = peer.issue({"SADD", node.key, "m"});
  node.say("eu-2", peer);
  const auto first = node.asks(400ms);
  REQUIRE(first.size() == 1);
  node.hear("eu-2", NeedFullSync{p0, first[0].second.subscription, {{peer.actor(), 1}}});
  node.say("eu-3", peer);
  REQUIRE(node.turn());
  CHECK_FALSE(node.take<AskChunk>().empty());
  CHECK(node.status().ready);
  const auto second = node.asks(500ms);
  const auto at = std::find_if(second.begin(), second.end(), [](const auto& item) { return item.first == node_id("eu-3"); });
  REQUIRE(at != second.end());
  node.hear("eu-3", Run{p0, at->second.subscription, 1, true, Want::nothing, {event}});
  REQUIRE(node.pass(300ms));
  CHECK_FALSE(node.take<EndTransfer>().empty());
  const auto read = node.ask({"SCARD", node.key}, Level{Level::Kind::local_one, 0});
  REQUIRE(node.turn());
  CHECK(std::get<Value>(*node.answer(read)) == Value(std::int64_t{1}));
}

TEST_CASE("without_room_for_what_others_replicate_a_node_asks_for_nothing_and_says_that_it_does_not_serve") {
  LogLimits small;
  small.segment_bytes = 4096;
  small.disk_bytes_max = 3 * small.segment_bytes;
  Behind node(one_dc, small);
  Issuer peer(5);
  std::vector<Bytes> events;
  for (int i = 0; i < 200; ++i) events.push_back(peer.issue({"SADD", node.key, std::to_string(i) + Bytes(100, '.')}));
  node.hear("eu-2", Replicate{{Batch{p0, Want::nothing, events}}});
  REQUIRE(node.turn());
  const std::uint64_t applied = node.store().partition(p0).clock().events();
  CHECK(applied > 0);
  CHECK(applied < 200);
  node.say("eu-2", peer);
  CHECK(node.asks(3s).empty());
  const auto beats = node.take<Heartbeat>();
  REQUIRE_FALSE(beats.empty());
  CHECK_FALSE(beats.back().second.serving);
  const auto read = node.ask({"SCARD", node.key}, Level{Level::Kind::local_one, 0});
  REQUIRE(node.turn());
  CHECK(std::get<Value>(*node.answer(read)) == Value(static_cast<std::int64_t>(applied)));
  node.log().set_disk_bytes_max(64 * small.segment_bytes);
  CHECK_FALSE(node.asks(1s).empty());
  CHECK(node.take<Heartbeat>().back().second.serving);
}

TEST_CASE("an_event_whose_causes_never_come_does_not_wait_for_ever") {
  Behind node;
  Issuer peer(5);
  peer.issue({"SADD", node.key, "lost"});
  node.hear("eu-2", Replicate{{Batch{p0, Want::nothing, {peer.issue({"SADD", node.key, "m"})}}}});
  REQUIRE(node.pass(20s));
  const auto counters = [&] {
    node.hear("eu-3", Hello{Incarnation{1}, peer.actor()});
    CW_CHECK(node.turn().has_value(), "it lives");
    return node.take<HelloReply>().at(0).second.counters.size();
  };
  CHECK(counters() == 1);
  REQUIRE(node.pass(11s));
  CHECK(counters() == 0);
}

TEST_CASE("the_last_clocks_of_members_outlive_the_process_also_when_no_event_came_with_them") {
  Behind node;
  Issuer peer(5);
  node.hear("eu-2", Clocks{false, {peer.says(p0, "eu-2", 9)}});
  REQUIRE(node.pass(10s));
  node.kill();
  node.start();
  node.hear("eu-2", Hello{Incarnation{9}, peer.actor()});
  REQUIRE(node.turn());
  const auto replies = node.take<HelloReply>();
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].second.incarnation == Incarnation{9});
}
