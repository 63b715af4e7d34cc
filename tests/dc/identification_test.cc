// Proves when a node may go on under its old actor: every refusal, how many must have been asked, and that a claim is
// recorded by a quorum of its datacenter before the node serves (architecture.md, Identity).
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/node/issuer.h"
#include "tests/node/lone.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p0{0};

/// Three datacenters of one node.
constexpr BytesView one_each = R"(
cluster: test
partitions: 1
datacenters:
  eu: {replicas: 1, nodes: [{name: eu-1, rack: a, address: 127.9.1.1}]}
  us: {replicas: 1, nodes: [{name: us-1, rack: a, address: 127.9.2.1}]}
  ap: {replicas: 1, nodes: [{name: ap-1, rack: a, address: 127.9.3.1}]}
)";

Bytes timed(BytesView topology) {
  Bytes text(topology);
  return text.insert(text.find("partitions:"), "durability: 100ms\n");
}

/// A node of eu that has served as incarnation 1, with one event of its own, and is starting again.
struct Returning : Lone {
  explicit Returning(BytesView topology = one_dc, bool clean = false) : Lone(topology, "eu-1") {
    start(true);
    serve();
    ask({"SADD", key_in(p0, configuration().partitions()), "m"}, Level{Level::Kind::local_one, 0});
    CW_CHECK(turn().has_value(), "it lives");
    if (clean) CW_CHECK(core().stop(now()).has_value(), "it stops in order");
    kill();
    forget_sent();
    for (const NodeId node : configuration().nodes()) die(configuration().node(node)->name);
    wait(5s);
  }
  void hello_from(BytesView peer, std::uint64_t incarnation, std::vector<Counter> counters = {}) {
    hear(peer, HelloReply{Incarnation{incarnation}, actor(), std::move(counters), {}});
  }
  /// The others answer its questions and claims, but tell it no clocks: does it claim a new actor, and wait?
  bool recovers(BytesView because) {
    const ActorId before = actor();
    for (const BytesView peer : {"eu-2", "eu-3"}) live(peer);
    for (int i = 0; i < 20; ++i) {
      CW_CHECK(pass(100ms).has_value(), "it lives");
      answer_claims();
    }
    return !status().serving && actor() != before && noted(because) && noted("recovers");
  }
};

}  // namespace

TEST_CASE("a_node_that_returns_asks_all_claims_the_next_incarnation_and_keeps_its_actor") {
  Returning node;
  const ActorId actor = node.actor();
  node.start();
  REQUIRE(node.turn());
  CHECK(node.take<Hello>().size() == 2);
  node.serve();
  CHECK(node.actor() == actor);
  CHECK(node.status().incarnation == Incarnation{2});
}

TEST_CASE("a_member_that_knows_a_later_incarnation_makes_it_recover_under_one_later_still") {
  Returning node;
  node.start();
  node.hello_from("eu-2", 7);
  CHECK(node.recovers("older copy"));
  CHECK(node.status().incarnation == Incarnation{8});
}

TEST_CASE("a_member_to_which_it_acknowledged_what_it_does_not_have_makes_it_recover") {
  Returning node;
  node.start();
  node.hear("eu-2", HelloReply{Incarnation{1}, node.actor(), {}, {Heard{p0, {{ActorId{5}, 3}}}}});
  CHECK(node.recovers("acknowledged events"));
}

TEST_CASE("a_member_that_has_recorded_a_later_claim_than_is_made_makes_it_recover") {
  Returning node;
  node.start();
  node.live("eu-2");
  node.live("eu-3");
  node.hello_from("eu-2", 1);
  node.hello_from("eu-3", 1);
  REQUIRE(node.pass(100ms));
  node.hear("eu-2", ClaimReply{Incarnation{5}});
  CHECK(node.recovers("older copy"));
  CHECK(node.status().incarnation == Incarnation{6});
}

TEST_CASE("a_member_that_has_a_later_event_makes_it_recover") {
  Returning node;
  node.start();
  node.hello_from("eu-2", 1, {Counter{p0, 1}});  // just what it has itself
  REQUIRE(node.pass(100ms));
  CHECK(node.status().reason.find("asking") != std::string::npos);
  node.hello_from("eu-3", 1, {Counter{p0, 2}});
  CHECK(node.recovers("a member has event 2"));
}

TEST_CASE("a_founder_that_the_cluster_knows_was_wiped_and_recovers") {
  Returning node;
  node.log().wipe();
  node.state().wipe();
  node.start(true);
  node.hear("eu-2", HelloReply{Incarnation{3}, ActorId{9}, {}, {}});
  CHECK(node.recovers("its data folder is empty"));
  CHECK(node.status().incarnation == Incarnation{4});
}

TEST_CASE("a_founder_asks_all_of_its_datacenter_for_one_may_know_that_it_was_wiped") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.live("eu-2");
  node.hear("eu-2", HelloReply{});
  REQUIRE(node.pass(5s));
  CHECK(node.take<Claim>().empty());
  CHECK_FALSE(node.status().serving);
}

TEST_CASE("an_empty_folder_that_was_not_told_to_found_waits_for_a_cluster_and_says_so") {
  Lone node(one_dc, "eu-1");
  node.start();
  REQUIRE(node.pass(100ms));
  CHECK(node.status().reason.find("empty") != std::string::npos);
  CHECK(node.take<Claim>().empty());
}

TEST_CASE("a_power_cut_under_timed_durability_makes_it_recover_and_a_clean_end_does_not") {
  for (const bool clean : {false, true}) {
    Returning node(timed(one_dc), clean);
    node.power_cut();
    node.start();
    if (clean) {
      node.serve();
    } else {
      CHECK(node.recovers("recovers"));
    }
  }
}

TEST_CASE("the_death_of_the_process_loses_nothing_under_timed_durability") {
  Returning node(timed(one_dc));
  node.start();
  node.serve();
}

TEST_CASE("the_mark_of_a_clean_end_does_not_outlive_the_next_start") {
  Returning node(timed(one_dc), true);
  node.start();
  node.serve();
  node.power_cut();
  node.start();
  CHECK(node.recovers("recovers"));
}

TEST_CASE("a_power_cut_while_it_still_asks_leaves_the_mark_of_the_run_before") {
  Returning node(timed(one_dc), true);
  node.start();
  REQUIRE(node.pass(100ms));
  node.power_cut();
  node.start();
  node.serve();
}

TEST_CASE("it_waits_for_N_minus_W_plus_1_members_of_each_partition_this_one_among_them") {
  Returning node;
  node.start();
  REQUIRE(node.pass(3s));  // nobody lives
  CHECK_FALSE(node.status().serving);
  node.live("eu-2");
  REQUIRE(node.pass(100ms));
  node.hello_from("eu-2", 1);
  REQUIRE(node.pass(100ms));
  CHECK(node.take<Claim>().size() >= 1);
  node.hear("eu-2", ClaimReply{Incarnation{2}});
  REQUIRE(node.turn());
  CHECK(node.status().serving);
}

TEST_CASE("every_member_that_lives_is_waited_for") {
  Returning node;
  node.start();
  node.live("eu-2");
  node.live("eu-3");
  REQUIRE(node.pass(50ms));
  node.hello_from("eu-2", 1);
  REQUIRE(node.pass(3s));
  CHECK(node.take<Claim>().empty());
  node.die("eu-3");
  REQUIRE(node.pass(3s));
  CHECK(node.take<Claim>().size() >= 1);
}

TEST_CASE("members_of_other_datacenters_do_not_stand_for_those_of_its_own") {
  Returning node(three_dcs);
  node.start();
  for (const BytesView peer : {"us-1", "us-2", "us-3", "ap-1", "ap-2", "ap-3"}) {
    node.live(peer);
    node.hello_from(peer, 1);
  }
  REQUIRE(node.pass(3s));
  CHECK(node.take<Claim>().empty());
}

TEST_CASE("a_member_that_may_have_lost_events_itself_does_not_vouch") {
  Returning node;
  node.start();
  node.live("eu-2");
  node.hear("eu-2", HelloReply{Incarnation{1}, node.actor(), {}, {}, false});
  REQUIRE(node.pass(3s));
  CHECK(node.take<Claim>().empty());
  node.live("eu-3");
  node.hello_from("eu-3", 1);
  REQUIRE(node.pass(1s));
  CHECK(node.take<Claim>().size() >= 1);
}

TEST_CASE("where_all_have_answered_those_that_recover_stand_for_the_others") {
  Returning node;
  node.start();
  for (const BytesView peer : {"eu-2", "eu-3"}) {
    CHECK(node.take<Claim>().empty());
    node.live(peer);
    node.hear(peer, HelloReply{Incarnation{1}, node.actor(), {}, {}, false});
    REQUIRE(node.pass(3s));
  }
  CHECK(node.take<Claim>().size() >= 1);  // else each would wait for the others
}

TEST_CASE("an_actor_is_kept_only_if_another_replica_that_lost_nothing_could_be_asked") {
  for (const bool complete : {false, true}) {
    Returning node(four_dcs);
    node.start();
    node.live("eu-2");
    node.hear("eu-2", HelloReply{Incarnation{1}, node.actor(), {}, {}, complete});
    REQUIRE(node.pass(3s));
    const auto claims = node.take<Claim>();
    REQUIRE_FALSE(claims.empty());
    CHECK((claims[0].second.actor == node.actor()) == complete);
  }
}

TEST_CASE("a_node_alone_in_its_datacenter_keeps_its_actor_only_if_all_others_vouch") {
  for (const bool all : {false, true}) {
    Returning node(one_each);
    node.start();
    REQUIRE(node.turn());
    const ActorId actor = node.take<Hello>().at(0).second.actor;
    node.live("us-1");
    node.hear("us-1", HelloReply{Incarnation{1}, actor, {}, {}, true});
    if (all) node.live("ap-1");
    if (all) node.hear("ap-1", HelloReply{Incarnation{1}, actor, {}, {}, true});
    REQUIRE(node.pass(3s));
    const auto claims = node.take<Claim>();
    REQUIRE_FALSE(claims.empty());
    CHECK((claims[0].second.actor == actor) == all);
  }
}

TEST_CASE("a_recovering_node_that_hears_of_a_later_claim_only_then_claims_above_it") {
  Returning node(one_each);
  node.log().wipe();
  node.state().wipe();
  node.start();
  node.live("us-1");
  node.hear("us-1", HelloReply{Incarnation{0}, ActorId{0}, {}, {}, true});
  REQUIRE(node.pass(3s));
  REQUIRE(node.noted("recovers, incarnation 1"));
  node.live("ap-1");
  node.hear("ap-1", ClaimReply{Incarnation{5}});
  node.hear("ap-1", HelloReply{Incarnation{5}, ActorId{9}, {}, {}, true});
  REQUIRE(node.pass(3s));
  CHECK(node.noted("recovers, incarnation 6"));
  CHECK(node.status().incarnation == Incarnation{6});
}

TEST_CASE("a_node_that_serves_under_its_old_actor_and_hears_of_a_later_claim_stops_serving") {
  Lone node(one_each, "eu-1");
  node.start(true);
  node.serve();
  node.hear("ap-1", ClaimReply{Incarnation{5}});
  REQUIRE(node.pass(200ms));
  CHECK_FALSE(node.status().serving);
  CHECK(node.status().reason.find("start it again") != std::string::npos);
}

TEST_CASE("a_wiped_shard_does_not_count_the_answer_of_one_that_was_wiped_with_it") {
  Bytes text(one_dc);
  text.insert(text.find("127.9.1.1") + 9, ", shards: 2");
  for (const bool enough : {false, true}) {
    Lone node(text, "eu-1/1");
    node.start();
    for (const BytesView peer : {BytesView("eu-1"), BytesView("eu-2"), BytesView("eu-3")}) {
      if (peer == "eu-3" && !enough) continue;
      node.live(peer);
      node.hear(peer, HelloReply{Incarnation{0}, ActorId{0}, {}, {}, true});
    }
    REQUIRE(node.pass(3s));
    CHECK(node.take<Claim>().empty() != enough);
  }
}

TEST_CASE("a_node_that_recovers_says_that_it_does_not_vouch") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.hear("eu-2", HelloReply{Incarnation{3}, ActorId{9}, {}, {}});
  node.hear("eu-3", Hello{Incarnation{1}, ActorId{5}});
  REQUIRE(node.turn());
  const auto replies = node.take<HelloReply>();
  REQUIRE(replies.size() == 1);
  CHECK_FALSE(replies[0].second.complete);
}

TEST_CASE("an_acknowledged_claim_of_an_earlier_incarnation_does_not_count_for_the_next") {
  Returning node;
  node.start();
  for (const BytesView peer : {"eu-2", "eu-3"}) {
    node.live(peer);
    node.hear(peer, ClaimReply{Incarnation{1}});  // late
    node.hello_from(peer, 1);
  }
  REQUIRE(node.turn());
  REQUIRE(node.turn());
  CHECK(node.take<Claim>().size() >= 1);
  CHECK_FALSE(node.status().serving);
}

TEST_CASE("it_serves_once_a_quorum_of_the_nodes_of_its_datacenter_has_recorded_the_claim") {
  Returning node(five_nodes);
  node.start();
  for (const BytesView peer : {"eu-2", "eu-3", "eu-4", "eu-5"}) {
    node.live(peer);
    node.hello_from(peer, 1);
  }
  REQUIRE(node.pass(100ms));
  node.hear("eu-2", ClaimReply{Incarnation{2}});
  REQUIRE(node.turn());
  CHECK_FALSE(node.status().serving);
  CHECK(node.status().reason.find("quorum") != std::string::npos);
  node.hear("eu-2", ClaimReply{Incarnation{2}});  // once is once
  node.hear("eu-3", ClaimReply{Incarnation{1}});  // of another claim
  REQUIRE(node.turn());
  CHECK_FALSE(node.status().serving);
  node.hear("eu-5", ClaimReply{Incarnation{2}});
  REQUIRE(node.turn());
  CHECK(node.status().serving);
}

TEST_CASE("a_claim_is_recorded_durably_before_it_is_acknowledged_and_named_to_who_asks") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  node.hear("eu-2", Claim{Incarnation{4}, ActorId{44}});
  REQUIRE(node.turn());
  CHECK(node.take<ClaimReply>().size() == 1);
  node.power_cut();
  node.start();
  node.hear("eu-2", Hello{Incarnation{4}, ActorId{44}});
  REQUIRE(node.turn());
  const auto replies = node.take<HelloReply>();
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].second.incarnation == Incarnation{4});
  CHECK(replies[0].second.actor == ActorId{44});
  CHECK(replies[0].second.complete);
}

TEST_CASE("who_claims_anew_is_told_the_claims_of_others_again_though_its_clock_was_heard_before") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  node.live("eu-2");
  node.hear("eu-2", Claim{Incarnation{4}, ActorId{44}});
  for (int i = 0; i < 10; ++i) {
    REQUIRE(node.pass(100ms));
    node.answer_claims();
  }
  node.forget_sent();
  node.hear("eu-2", Clocks{false, {MemberClock{p0, node_id("eu-2"), Incarnation{5}, ActorId{55}, {}, {}}}});
  node.hear("eu-2", Claim{Incarnation{5}, ActorId{55}});
  for (int i = 0; i < 10; ++i) REQUIRE(node.pass(100ms));
  const auto claims = node.take<Claim>();
  CHECK(std::any_of(claims.begin(), claims.end(),
                    [](const auto& sent) { return sent.first == node_id("eu-2"); }));
}

TEST_CASE("an_older_claim_or_another_actor_under_the_same_incarnation_is_told_of_the_later_one") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  node.hear("eu-2", Claim{Incarnation{4}, ActorId{44}});
  REQUIRE(node.turn());
  CHECK(node.take<ClaimReply>().size() == 1);
  node.hear("eu-2", Claim{Incarnation{3}, ActorId{44}});
  node.hear("eu-2", Claim{Incarnation{4}, ActorId{45}});
  REQUIRE(node.turn());
  const auto told = node.take<ClaimReply>();
  REQUIRE(told.size() == 2);
  CHECK(told[0].second.incarnation == Incarnation{4});
  CHECK(told[1].second.incarnation == Incarnation{5});
  node.hear("eu-2", Claim{Incarnation{4}, ActorId{44}});  // a repetition
  REQUIRE(node.turn());
  CHECK(node.take<ClaimReply>().size() == 1);
}

TEST_CASE("a_log_whose_end_was_torn_ends_the_actor_also_after_a_start_that_came_to_nothing") {
  Returning node;
  const ActorId before = node.actor();
  REQUIRE(node.log().damage(node.log().last()));
  node.start();
  node.start();  // nobody had answered yet
  node.serve();
  CHECK(node.actor() != before);
  const ActorId then = node.actor();
  node.start();
  node.serve();
  CHECK(node.actor() == then);  // once is enough
}

TEST_CASE("an_event_that_still_waits_for_its_causes_counts_as_known") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  Issuer peer(44);
  const Bytes key = key_in(p0, 8);
  const Bytes first = peer.issue({"SADD", key, "a"});
  peer.issue({"SADD", key, "b"});  // lost
  const Bytes third = peer.issue({"SADD", key, "c"});
  node.hear("eu-2", Replicate{{Batch{p0, Want::nothing, {first, third}}}});
  node.hear("eu-2", Hello{Incarnation{4}, ActorId{44}});
  REQUIRE(node.turn());
  const auto replies = node.take<HelloReply>();
  REQUIRE(replies.at(0).second.counters.size() == 1);
  CHECK(replies[0].second.counters[0].counter == 3);
}

TEST_CASE("a_lone_node_needs_nobody") {
  Lone node(one_node, "eu-1");
  node.start(true);
  REQUIRE(node.turn());
  REQUIRE(node.turn());
  CHECK(node.status().serving);
}

TEST_CASE("a_log_whose_end_was_torn_proves_nothing_and_ends_the_actor") {
  Returning node;
  const ActorId before = node.actor();
  REQUIRE(node.log().damage(node.log().last()));  // as a write that was cut short, or a bit that flipped
  node.start();
  node.serve();
  CHECK(node.actor() != before);
}
