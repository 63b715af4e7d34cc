// Proves of the simulator itself that a run is a function of its seed, that it notices what is wrong, and that it makes a
// failing run shorter.
#include <catch2/catch.hpp>

#include "tests/sim/checks.h"
#include "tests/sim/runner.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

Task task_of(std::uint64_t seed, const std::string& profile = "core", Plant plant = Plant::none) {
  return {{seed, *find_profile(profile), 60}, plant, std::nullopt};
}

}  // namespace

TEST_CASE("the_same_seed_gives_the_same_trace") {
  for (const std::uint64_t seed : {7, 8, 9}) {
    const Outcome first = run_here(task_of(seed));
    const Outcome again = run_here(task_of(seed));
    CHECK(first.trace == again.trace);
    CHECK(first.events == again.events);
    CHECK(first.trace != run_here(task_of(seed + 100)).trace);
  }
}

TEST_CASE("a_run_in_another_process_is_the_same_run") {
  const Outcome here = run_here(task_of(11));
  const Outcome apart = run_apart(task_of(11));
  CHECK(here.trace == apart.trace);
  CHECK(here.faults == apart.faults);
  CHECK(here.ops == apart.ops);
}

TEST_CASE("a_part_of_a_plan_is_a_run") {
  Task task = task_of(12);
  task.only = {3, 4, 5};
  const Outcome outcome = run_here(task);
  CHECK_FALSE(outcome.failure);
  CHECK(outcome.ops <= 15);
}

TEST_CASE("a_planted_bug_fails_a_check_and_its_run_is_made_shorter") {
  for (std::uint64_t seed = 1; seed < 200; ++seed) {
    const Task task = task_of(seed, "network", Plant::no_deps);
    const Outcome outcome = run_apart(task);
    if (!outcome.failure) continue;
    CHECK(outcome.failure->check == "dependencies");
    const auto steps = shrink(task, outcome.failure->check, 10);
    CHECK(steps.size() < draw_plan(task.wanted).steps.size() / 2);
    CHECK(!steps.empty());
    return;
  }
  FAIL("no seed caught it");
}

TEST_CASE("quorums_intersect_where_their_counts_exceed_the_replicas") {
  Topology topology;
  topology.cluster = "test";
  topology.partitions = 1;
  for (const char* name : {"eu", "us"}) {
    Datacenter datacenter;
    datacenter.name = name;
    datacenter.id = dc_id(name);
    datacenter.replicas = 3;
    for (int i = 0; i < 3; ++i) {
      Node node;
      node.name = name + std::to_string(i);
      node.id = node_id(node.name);
      datacenter.nodes.push_back(node);
    }
    topology.datacenters.push_back(datacenter);
  }
  const Configuration configuration(Epoch{1}, topology);
  const auto at = [](Level::Kind kind, const char* datacenter, std::uint32_t replicas = 0) {
    Done done;
    done.draft.level = {kind, replicas};
    done.datacenter = dc_id(datacenter);
    return done;
  };
  using Kind = Level::Kind;
  const History none;
  const std::vector<Witness::Loss> losses;
  const Deeds deeds;
  const auto meet = [&](const Done& write, const Done& read) { return intersect(write, read, {none, deeds, configuration, losses}); };
  CHECK(meet(at(Kind::local_quorum, "eu"), at(Kind::local_quorum, "eu")));
  CHECK_FALSE(meet(at(Kind::local_quorum, "eu"), at(Kind::local_quorum, "us")));
  CHECK_FALSE(meet(at(Kind::local_quorum, "eu"), at(Kind::local_one, "eu")));
  CHECK(meet(at(Kind::each_quorum, "eu"), at(Kind::local_quorum, "us")));
  CHECK(meet(at(Kind::all, "eu"), at(Kind::one, "us")));
  CHECK(meet(at(Kind::quorum, "eu"), at(Kind::quorum, "us")));
  CHECK(meet(at(Kind::count, "eu", 4), at(Kind::three, "us")));
  CHECK_FALSE(meet(at(Kind::count, "eu", 3), at(Kind::three, "us")));
  CHECK_FALSE(meet(at(Kind::each_quorum, "eu"), at(Kind::two, "us")));
}
