// The laws of the one merge, over states that random schedules reach.
#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "tests/crdt/event_draft.h"
#include "tests/crdt/gen.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

struct State {
  std::vector<Entry> entries;
  VersionVector clock;

  friend bool operator==(const State&, const State&) = default;
};

State state_of(const Replica& replica) { return {replica.entries().all(), replica.clock()}; }

State merged(const State& a, const State& b) {
  State both{merge(a.entries, a.clock, b.entries, b.clock), a.clock};
  both.clock.join(b.clock);
  return both;
}

/// Runs the steps without the oracle's checks at the end, and gives the states of the first three replicas.
std::array<State, 3> reach(const std::vector<Step>& steps) {
  Cluster cluster;
  cluster.run_all(steps);
  auto& replicas = cluster.replicas();
  return {state_of(replicas[0]), state_of(replicas[1]), state_of(replicas[2])};
}

}  // namespace

TEST_CASE("a_merge_is_idempotent_commutative_and_associative") {
  rc::prop("in every reachable state", [](const std::vector<Step>& steps) {
    const auto [a, b, c] = reach(steps);
    RC_ASSERT(merged(a, a) == a);
    RC_ASSERT(merged(a, b) == merged(b, a));
    RC_ASSERT(merged(merged(a, b), c) == merged(a, merged(b, c)));
  });
}

TEST_CASE("a_merge_only_grows") {
  rc::prop("merging what was merged changes nothing", [](const std::vector<Step>& steps) {
    const auto [a, b, c] = reach(steps);
    const State both = merged(a, b);
    RC_ASSERT(both.clock.covers(a.clock));
    RC_ASSERT(both.clock.covers(b.clock));
    RC_ASSERT(merged(both, a) == both);
    RC_ASSERT(merged(both, b) == both);
  });
}

TEST_CASE("a_merge_gives_the_state_of_the_union_of_the_events") {
  rc::prop("in every causal order", [](const std::vector<Step>& steps, unsigned salt, unsigned other_salt) {
    Cluster cluster;
    cluster.run_all(steps);
    auto& replicas = cluster.replicas();
    Replica both = replicas[0];
    both.merge_from(replicas[1]);
    RC_ASSERT(both.entries().all() == cluster.replay(both.clock(), salt).entries().all());
    RC_ASSERT(both.entries().all() == cluster.replay(both.clock(), other_salt).entries().all());
  });
}

TEST_CASE("an_event_applied_again_takes_nothing_and_inserts_what_is_there") {
  rc::prop("what it inserts is there", [](const std::vector<Step>& steps) {
    Cluster cluster;
    cluster.run_all(steps);
    Replica all = cluster.replay(VersionVector{}, 0);
    for (const EventDraft& draft : cluster.events()) {
      all.apply(draft);
      const DraftedEvent event(draft);
      const auto entries = all.entries().all();
      for (const Mutation& mutation : (*event).mutations) {
        for (const Entry& entry : entries) {
          RC_ASSERT(entry.key != mutation.key ||
                    !takes(*event, mutation, {entry.path, entry.dot, entry.payload}));
        }
        if (mutation.form != MutationForm::insert) continue;
        const Entry inserted{Bytes(mutation.key), Bytes(mutation.path), draft.dot, Bytes(mutation.payload)};
        RC_ASSERT(std::binary_search(entries.begin(), entries.end(), inserted));
      }
    }
  });
}

TEST_CASE("a_losing_sibling_that_one_replica_drops_would_diverge") {
  // Why no replica drops an entry by itself: the merge takes what is absent and covered for removed.
  Replica a(1, 100);
  Replica b(2);
  a.issue({"reg.set", "k", "winner"});
  b.issue({"reg.set", "k", "loser"});
  const State at_a = state_of(a);
  const State at_b = state_of(b);
  State dropped = merged(at_a, at_b);
  const State kept = dropped;
  std::erase_if(dropped.entries, [](const Entry& entry) { return entry.payload.ends_with("loser"); });
  CHECK(merged(dropped, kept).entries != kept.entries);
}
