// Proves who holds the link to another datacenter and from whom it takes, what it carries, and how it is mended: by the
// clock here, with no cursor to lose.
#include <catch2/catch.hpp>
#include <set>

#include "bridge/links.h"
#include "tests/cluster/topologies.h"
#include "tests/dc/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p0{0};
using Origins = std::set<std::string>;

/// What an observer sees of the links of one node, for one partition.
struct Linking {
  explicit Linking(BytesView topology = three_dcs, std::size_t place = 0)
      : configuration(configuration_of(topology)),
        placement(Placement::compute(configuration)),
        self(placement.replicas(p0, dc_id("eu"))[place]),
        links(self, configuration, placement, [this](NodeId node) { return !dead.contains(node); },
              [this](PartitionId) -> const VersionVector& { return clock; },
              [this](PartitionId, NodeId source, const std::vector<DcId>&) { return ahead.contains(source); }, ids,
              LinkLimits{}) {}

  NodeId replica(BytesView datacenter, std::size_t place) { return placement.replicas(p0, dc_id(datacenter))[place]; }
  void kill_all(BytesView datacenter) {
    for (const NodeId node : configuration.nodes_of(dc_id(datacenter))) dead.insert(node);
  }
  void revive_all() { dead.clear(); }

  /// Ticks, and takes in what was said about p0.
  void tick(bool room = true) {
    links.tick(now, room, post);
    subscribed.clear();
    for (auto& [to, envelope] : post.take().peers) {
      if (auto* asked = std::get_if<Subscribe>(&envelope.message); asked != nullptr && asked->partition == p0) {
        subscribed[configuration.datacenter_of(to)->name] = {to, *asked};
      }
      if (auto* ended = std::get_if<Unsubscribe>(&envelope.message); ended != nullptr && ended->partition == p0) ++cancelled;
      if (auto* credit = std::get_if<Credit>(&envelope.message); credit != nullptr && credit->partition == p0) ++credits;
    }
  }
  void pass(Micros time, Micros step = 100ms) {
    for (const MonoTime end = now + time; now < end; now += step) tick();
  }
  Origins origins(const std::string& datacenter) {
    Origins names;
    if (!subscribed.contains(datacenter)) return names;
    for (const DcId origin : subscribed[datacenter].second.origins) names.insert(configuration.datacenter(origin)->name);
    return names;
  }
  bool run(const std::pair<NodeId, Subscribe>& of, std::uint64_t number, std::size_t bytes = 0, bool refused = false) {
    const Run message{p0, of.second.subscription, number, true, Want::nothing, {Bytes(bytes, 'e')}};
    if (!links.accept(of.first, message, now)) return false;
    links.delivered(of.first, message, refused, now, post);
    return true;
  }

  Configuration configuration;
  Placement placement;
  NodeId self;
  std::set<NodeId> dead;
  std::set<NodeId> ahead;
  VersionVector clock{{ActorId{10}, 7}};
  SubscriptionIds ids{100};
  Post post{1, self, 1, Epoch{1}};
  Links links;
  MonoTime now{1s};
  std::map<std::string, std::pair<NodeId, Subscribe>> subscribed;
  int cancelled = 0;
  int credits = 0;
};

}  // namespace

TEST_CASE("the_first_replica_holds_a_link_to_the_first_replica_of_each_other_datacenter") {
  Linking first;
  first.tick();
  REQUIRE(first.subscribed.size() == 2);
  for (const char* datacenter : {"us", "ap"}) {
    const auto& [to, asked] = first.subscribed[datacenter];
    CHECK(to == first.replica(datacenter, 0));
    CHECK(asked.standing);
    CHECK(asked.credit > 0);
    CHECK(asked.clock == first.clock);
    CHECK(first.origins(datacenter) == Origins{datacenter});
  }
  first.pass(1s);
  CHECK(first.subscribed.empty());
  for (const std::size_t place : {1U, 2U}) {
    Linking later(three_dcs, place);
    later.tick();
    CHECK(later.subscribed.empty());
  }
}

TEST_CASE("the_next_live_replica_takes_over_and_gives_back") {
  Linking second(three_dcs, 1);
  second.dead.insert(second.replica("eu", 0));
  second.tick();
  REQUIRE(second.subscribed.size() == 2);
  second.dead.clear();
  second.tick();
  CHECK(second.subscribed.empty());
  CHECK(second.cancelled == 2);
  second.pass(10s);
  CHECK(second.subscribed.empty());
}

TEST_CASE("a_link_moves_to_the_first_live_source_and_back_with_the_clock_of_now") {
  Linking link;
  link.tick();
  link.dead.insert(link.replica("us", 0));
  link.clock = {{ActorId{10}, 9}};
  link.tick();
  REQUIRE(link.subscribed.size() == 1);
  CHECK(link.subscribed["us"].first == link.replica("us", 1));
  CHECK(link.subscribed["us"].second.clock == link.clock);
  link.revive_all();
  link.tick();
  CHECK(link.subscribed["us"].first == link.replica("us", 0));
}

TEST_CASE("while_a_third_datacenter_is_silent_the_link_carries_its_events_too_and_then_no_more") {
  Linking link;
  link.tick();
  link.kill_all("ap");
  link.tick();
  CHECK(link.origins("us") == Origins{"us", "ap"});
  link.pass(1s);
  CHECK(link.subscribed.empty());
  link.revive_all();
  link.tick();
  CHECK(link.origins("us") == Origins{"us"});
  CHECK(link.origins("ap") == Origins{"ap"});
}

TEST_CASE("a_datacenter_with_one_live_replica_is_not_silent") {
  Linking link;
  link.kill_all("ap");
  link.dead.erase(link.replica("ap", 2));
  link.tick();
  CHECK(link.origins("us") == Origins{"us"});
  CHECK(link.subscribed["ap"].first == link.replica("ap", 2));
}

TEST_CASE("of_four_datacenters_every_live_link_carries_for_the_silent_one") {
  Linking link(four_dcs);
  link.kill_all("ap");
  link.tick();
  CHECK(link.origins("us") == Origins{"us", "ap"});
  CHECK(link.origins("sa") == Origins{"sa", "ap"});
}

TEST_CASE("a_lost_run_makes_it_subscribe_anew_and_late_runs_count_no_more") {
  Linking link;
  link.tick();
  const auto us = link.subscribed["us"];
  CHECK(link.run(us, 1));
  CHECK_FALSE(link.run(us, 3));
  CHECK_FALSE(link.run(us, 2));
  link.tick();
  REQUIRE(link.subscribed.contains("us"));
  CHECK(link.subscribed["us"].second.subscription != us.second.subscription);
  CHECK_FALSE(link.run(us, 4));
  CHECK(link.run(link.subscribed["us"], 1));
}

TEST_CASE("a_source_that_restarted_is_subscribed_to_again") {
  Linking link;
  link.tick();
  link.links.forget(link.replica("us", 0));
  link.tick();
  CHECK(link.subscribed.contains("us"));
  CHECK_FALSE(link.subscribed.contains("ap"));
}

TEST_CASE("a_refused_link_is_asked_for_again_after_a_while") {
  Linking link;
  link.tick();
  const auto us = link.subscribed["us"];
  CHECK(link.links.refused(us.first, p0, us.second.subscription, link.now));
  CHECK_FALSE(link.links.refused(us.first, p0, us.second.subscription, link.now));
  link.tick();
  CHECK_FALSE(link.subscribed.contains("us"));
  link.now += 500ms;
  link.tick();
  CHECK(link.subscribed.contains("us"));
}

TEST_CASE("consumed_credit_is_granted_again_by_the_half") {
  Linking link;
  link.tick();
  const auto us = link.subscribed["us"];
  CHECK(link.run(us, 1, Subscription::credit_bytes / 2 - 1));
  link.tick();
  CHECK(link.credits == 0);
  CHECK(link.run(us, 2, 1));
  link.tick();
  CHECK(link.credits == 1);
}

TEST_CASE("a_delivery_that_finds_no_room_ends_the_link_and_without_room_none_is_held") {
  Linking link;
  link.tick();
  CHECK(link.run(link.subscribed["us"], 1, 100, true));
  link.tick(false);
  CHECK(link.cancelled == 2);
  CHECK(link.links.held() == 0);
  link.now += 10s;
  link.tick(false);
  CHECK(link.subscribed.empty());
  link.tick(true);
  CHECK(link.subscribed.size() == 2);
}

TEST_CASE("a_link_that_does_not_begin_or_stays_behind_is_opened_anew") {
  Linking link;
  link.tick();
  link.pass(1900ms);
  CHECK(link.cancelled == 0);
  link.pass(400ms);  // not one run came
  CHECK(link.cancelled == 2);

  Linking behind;
  behind.tick();
  const auto us = behind.subscribed["us"];
  CHECK(behind.run(us, 1));
  behind.run(behind.subscribed["ap"], 1);
  behind.pass(4s);
  CHECK(behind.cancelled == 0);  // quiet, but nothing is missing
  behind.ahead.insert(us.first);
  behind.pass(200ms);
  CHECK(behind.cancelled == 1);
}

TEST_CASE("a_quiet_link_asks_now_and_then_whether_it_is_still_served") {
  Linking link;
  link.tick();
  link.run(link.subscribed["us"], 1);
  link.run(link.subscribed["ap"], 1);
  link.pass(9900ms);
  CHECK(link.credits == 0);
  link.pass(200ms);
  CHECK(link.credits == 2);
  link.pass(9s);
  CHECK(link.credits == 2);
}
