// Proves the serving half of the one sync: what a subscriber lacks, in log order, within its credit, filtered by origin;
// and that what the log no longer has is answered "need full sync", never skipped.
#include <catch2/catch.hpp>

#include "sync/feeds.h"
#include "tests/sync/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

const DcId here = dc_id("here");
const DcId there = dc_id("there");
constexpr std::uint64_t plenty = 1'000'000;

struct Feeding : SyncBench {
  explicit Feeding(StoreLimits limits = {}, FeedLimits feed_limits = {})
      : SyncBench(limits), feeds(*store, [this](ActorId actor) -> std::optional<DcId> {
          const auto at = origins.find(actor);
          return at == origins.end() ? std::nullopt : std::optional(at->second);
        }, feed_limits) {}

  void subscribe(std::uint64_t number, const VersionVector& clock = {}, std::uint64_t credit = plenty, bool standing = true,
                 std::vector<DcId> wanted = {}, NodeId from = peer) {
    feeds.subscribe(from, Subscribe{p0, number, standing, credit, clock, std::move(wanted)}, post);
  }
  std::vector<Run> runs() {
    pumped = feeds.pump(post);
    std::vector<Run> found;
    for (auto& [to, envelope] : post.take().peers) {
      if (auto* run = std::get_if<Run>(&envelope.message)) found.push_back(std::move(*run));
      if (std::holds_alternative<NeedFullSync>(envelope.message)) ++refusals;
    }
    return found;
  }
  /// The counters of the events that come now, over all runs.
  std::vector<std::uint64_t> counters() {
    std::vector<std::uint64_t> found;
    for (const Run& run : runs()) {
      for (const Bytes& event : run.events) found.push_back(decode_event_head(event)->dot.counter);
    }
    return found;
  }
  void log_grew() { feeds.grown(p0, Want::nothing); }

  std::map<ActorId, DcId> origins;
  Feeds feeds;
  Result<void> pumped;
  int refusals = 0;
};

using Counters = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a_subscriber_gets_what_its_clock_lacks_and_then_what_comes") {
  Feeding bench;
  Issuer issuer(1);
  for (int i = 0; i < 5; ++i) bench.issue(issuer);
  bench.subscribe(9, {{issuer.actor(), 2}});
  const auto first = bench.runs();
  REQUIRE(first.size() == 1);
  CHECK(first[0].subscription == 9);
  CHECK(first[0].number == 1);
  CHECK(first[0].caught_up);
  CHECK(first[0].events.size() == 3);
  CHECK(bench.runs().empty());
  bench.issue(issuer);
  bench.feeds.grown(p0, Want::everywhere);
  const auto second = bench.runs();
  REQUIRE(second.size() == 1);
  CHECK(second[0].number == 2);
  CHECK(second[0].want == Want::everywhere);
  CHECK(second[0].events.size() == 1);
}

TEST_CASE("one_who_lacks_nothing_is_told_so_once") {
  Feeding bench;
  bench.subscribe(9);
  const auto runs = bench.runs();
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].caught_up);
  CHECK(runs[0].events.empty());
  bench.log_grew();
  CHECK(bench.runs().empty());
}

TEST_CASE("credit_bounds_what_is_sent_and_more_credit_lets_it_go_on") {
  Feeding bench;
  Issuer issuer(1);
  bench.issue(issuer, 100);
  const std::size_t size = bench.issue(issuer, 100).size();
  for (int i = 0; i < 5; ++i) bench.issue(issuer, 100);
  bench.subscribe(9, {{issuer.actor(), 1}}, 2 * size);
  CHECK(bench.counters() == Counters{2, 3});
  bench.log_grew();
  CHECK(bench.counters().empty());
  bench.feeds.credit(peer, Credit{p0, 9, 1}, bench.post);
  CHECK(bench.counters() == Counters{4});  // the last byte of credit pays for a whole event
  bench.feeds.credit(peer, Credit{p0, 9, plenty}, bench.post);
  CHECK(bench.counters() == Counters{5, 6, 7});
}

TEST_CASE("a_run_is_bounded_and_numbered_and_the_last_says_caught_up") {
  FeedLimits limits;
  limits.run_bytes_max = 300;
  Feeding bench({}, limits);
  Issuer issuer(1);
  for (int i = 0; i < 6; ++i) bench.issue(issuer, 100);
  bench.issue(issuer, 1'000);  // larger than a run: it goes alone
  bench.subscribe(9);
  const auto runs = bench.runs();
  REQUIRE(runs.size() > 2);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    CHECK(runs[i].number == i + 1);
    CHECK(runs[i].caught_up == (i + 1 == runs.size()));
    std::size_t bytes = 0;
    for (const Bytes& event : runs[i].events) bytes += event.size();
    CHECK((bytes <= 300 || runs[i].events.size() == 1));
  }
}

TEST_CASE("a_filtered_feed_carries_its_origins_and_what_is_of_unknown_origin") {
  Feeding bench;
  Issuer local(1);
  Issuer remote(2);
  Issuer unknown(3);
  bench.origins = {{local.actor(), here}, {remote.actor(), there}};
  bench.issue(local);
  bench.issue(remote);
  bench.issue(local);
  bench.issue(unknown);
  bench.subscribe(9, {}, plenty, true, {here});
  const auto runs = bench.runs();
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].events.size() == 3);
  CHECK(runs[0].caught_up);
  bench.issue(remote);
  bench.log_grew();
  CHECK(bench.runs().empty());
}

TEST_CASE("a_new_subscription_replaces_the_older_one_of_its_kind_alone") {
  Feeding bench;
  Issuer issuer(1);
  bench.subscribe(9);
  bench.subscribe(10, {}, plenty, true, {}, other);
  bench.runs();
  bench.subscribe(11);
  CHECK(bench.runs().size() == 1);
  bench.issue(issuer);
  bench.log_grew();
  const auto runs = bench.runs();
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].subscription + runs[1].subscription == 21);
  CHECK(bench.feeds.standing(p0).size() == 2);
  CHECK(bench.feeds.standing(p1).empty());
}

TEST_CASE("a_pull_ends_once_caught_up_and_stands_beside_a_standing_feed") {
  Feeding bench;
  Issuer issuer(1);
  bench.issue(issuer);
  bench.subscribe(9);
  bench.subscribe(10, {}, plenty, false);
  CHECK(bench.runs().size() == 2);
  bench.issue(issuer);
  bench.log_grew();
  const auto runs = bench.runs();
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].subscription == 9);
}

TEST_CASE("who_unsubscribes_or_restarts_gets_no_more") {
  Feeding bench;
  Issuer issuer(1);
  bench.subscribe(9);
  bench.subscribe(10, {}, plenty, true, {}, other);
  bench.runs();
  bench.feeds.unsubscribe(peer, Unsubscribe{p0, 8});  // an older number
  CHECK(bench.feeds.standing(p0).size() == 2);
  bench.feeds.unsubscribe(peer, Unsubscribe{p0, 9});
  bench.feeds.forget(other);
  bench.issue(issuer);
  bench.log_grew();
  CHECK(bench.runs().empty());
}

TEST_CASE("credit_for_what_is_not_served_is_answered_so_that_it_subscribes_anew") {
  Feeding bench;
  bench.feeds.credit(peer, Credit{p0, 9, 100}, bench.post);
  const auto answers = bench.take<Unsubscribe>();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].second.subscription == 9);
}

TEST_CASE("what_was_trimmed_is_answered_need_full_sync") {
  StoreLimits limits;
  limits.log_bytes_max = 0;
  Feeding bench(limits);
  Issuer issuer(1);
  for (int i = 0; i < 200; ++i) bench.issue(issuer, 100);
  bench.trim();
  const std::uint64_t floor = bench.store->partition(p0).floor().counter(issuer.actor());
  REQUIRE(floor > 0);
  REQUIRE(floor < 200);
  bench.subscribe(9, {{issuer.actor(), floor - 1}});
  CHECK(bench.runs().empty());
  CHECK(bench.refusals == 1);
  bench.subscribe(10, {{issuer.actor(), floor}});
  CHECK(bench.counters().size() == 200 - floor);
  CHECK(bench.refusals == 1);
}

TEST_CASE("what_is_trimmed_before_a_dry_feed_sent_it_is_not_skipped") {
  StoreLimits limits;
  limits.log_bytes_max = 0;
  Feeding bench(limits);
  Issuer issuer(1);
  bench.issue(issuer, 100);
  bench.subscribe(9, {}, 1);
  CHECK(bench.counters() == Counters{1});
  for (int i = 0; i < 200; ++i) bench.issue(issuer, 100);
  bench.trim();
  REQUIRE(bench.store->partition(p0).floor().counter(issuer.actor()) > 1);
  bench.feeds.credit(peer, Credit{p0, 9, plenty}, bench.post);
  REQUIRE(bench.feeds.pump(bench.post));
  const auto ended = bench.take<Unsubscribe>();  // it may have it from elsewhere
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].second.subscription == 9);
  CHECK(bench.feeds.standing(p0).empty());
  bench.subscribe(10, {{issuer.actor(), 1}});
  CHECK(bench.runs().empty());
  CHECK(bench.refusals == 1);
}

TEST_CASE("what_is_trimmed_and_not_of_the_feeds_origins_does_not_matter") {
  StoreLimits limits;
  limits.log_bytes_max = 0;
  Feeding bench(limits);
  Issuer local(1);
  Issuer remote(2);
  bench.origins = {{local.actor(), here}, {remote.actor(), there}};
  bench.subscribe(9, {}, plenty, true, {here});
  bench.runs();
  for (int i = 0; i < 200; ++i) bench.issue(remote, 100);
  bench.trim();
  bench.issue(local);
  bench.log_grew();
  CHECK(bench.counters() == Counters{1});
  CHECK(bench.refusals == 0);
}

TEST_CASE("beyond_the_limit_of_feeds_a_subscription_is_dropped") {
  FeedLimits limits;
  limits.feeds_max = 1;
  Feeding bench({}, limits);
  bench.subscribe(9);
  bench.subscribe(10, {}, plenty, true, {}, other);
  CHECK(bench.runs().size() == 1);
  bench.subscribe(11);  // in place of its own
  CHECK(bench.runs().size() == 1);
}

TEST_CASE("a_feed_that_meets_damage_ends_with_an_error_and_the_others_go_on") {
  Feeding bench;
  Issuer issuer(1);
  bench.issue(issuer);
  bench.issue(issuer);
  REQUIRE(bench.log.damage(Sequence{1}));
  bench.subscribe(9);
  bench.feeds.subscribe(other, Subscribe{p1, 10, true, plenty, {}, {}}, bench.post);
  const auto runs = bench.runs();
  CHECK_FALSE(bench.pumped);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].subscription == 10);
  CHECK(bench.feeds.standing(p0).empty());
  CHECK(bench.feeds.standing(p1) == std::vector<NodeId>{other});
}
