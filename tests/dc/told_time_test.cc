// Proves that a node never acts as if it were earlier than it has told, whatever its clock says.
#include <catch2/catch.hpp>

#include "dc/told_time.h"
#include "tests/sync/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr WallTime noon{std::chrono::hours(12)};
std::uint64_t in_ms(WallTime wall) { return static_cast<std::uint64_t>(wall.time_since_epoch() / 1ms); }

void checkpoint(SyncBench& bench) {
  CW_CHECK(bench.store->checkpoint(bench.now).has_value(), "a checkpoint");
}

}  // namespace

TEST_CASE("a_time_is_told_once_it_is_durable_and_acted_by_before") {
  SyncBench bench;
  ToldTime told;
  told.save(*bench.store, noon);
  CHECK(told.ms() == 0);
  CHECK(told.at_least(noon - 3600s) == noon);
  checkpoint(bench);
  CHECK(told.stored());
  CHECK(told.ms() == in_ms(noon));
  CHECK_FALSE(told.stored());
}

TEST_CASE("a_clock_that_is_set_back_changes_nothing") {
  SyncBench bench;
  ToldTime told;
  told.save(*bench.store, noon);
  told.save(*bench.store, noon - 3600s);
  checkpoint(bench);
  told.stored();
  CHECK(told.ms() == in_ms(noon));
  CHECK(told.at_least(noon - 3600s) == noon);
  CHECK(told.at_least(noon + 1us) == noon + 1us);
}

TEST_CASE("a_node_that_is_started_again_acts_by_what_it_told_before") {
  SyncBench bench;
  ToldTime told;
  told.save(*bench.store, noon + 300us);
  checkpoint(bench);
  ToldTime again;
  REQUIRE(again.load(*bench.store));
  CHECK(again.at_least(WallTime()) == noon);  // milliseconds are told, rounded down
  CHECK(again.ms() == in_ms(noon));
}

TEST_CASE("a_damaged_note_of_the_time_is_an_error") {
  SyncBench bench;
  REQUIRE(bench.store->set_note_now("told", "late"));
  ToldTime told;
  const auto loaded = told.load(*bench.store);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == ErrorCode::internal);
}
