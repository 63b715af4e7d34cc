// Random schedules, each step of which is checked against the declarative oracle.
#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "tests/crdt/gen.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

void holds_for(Workload workload) {
  rc::prop("in every schedule", [workload](unsigned salt) {
    Cluster cluster(workload);
    cluster.run_all(any_schedule());
    cluster.heal(salt);
  });
}

}  // namespace

TEST_CASE("readers_see_what_the_oracle_says_for_all_types_together", "[laws]") { holds_for(Workload::all); }
TEST_CASE("readers_see_what_the_oracle_says_for_counters", "[laws]") { holds_for(Workload::counters); }
TEST_CASE("readers_see_what_the_oracle_says_for_strings", "[laws]") { holds_for(Workload::strings); }
TEST_CASE("readers_see_what_the_oracle_says_for_sets", "[laws]") { holds_for(Workload::sets); }
TEST_CASE("readers_see_what_the_oracle_says_for_registers", "[laws]") { holds_for(Workload::registers); }
