#include "tests/sim/plants.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "tests/sim/runner.h"

namespace causeway::testing {
namespace {

const std::vector<Ground>& grounds() {
  static const std::vector<Ground> table{
      {Plant::no_deps, "core", 1},
      {Plant::applied_before_causes, "core", 1},
      {Plant::applied_twice, "core", 1},
      {Plant::event_logged_twice, "core", 1},
      {Plant::superseded_kept, "core", 1},
      {Plant::remove_unobserved, "core", 1},
      {Plant::range_removal_unobserved, "core", 1},
      {Plant::losing_sibling_dropped, "core", 1},
      {Plant::stamps_not_compared, "core", 1},
      {Plant::hlc_not_observed, "core", 1},
      {Plant::repeated_add_issues_nothing, "core", 1},
      {Plant::reset_without_forgotten, "resets", 1},
      {Plant::range_without_forgotten, "resets", 240},
      {Plant::range_with_live_cells_only, "clocks", 120},
      {Plant::forgotten_purged_unsettled, "resets", 280},
      {Plant::spent_without_rights, "core", 130},
      {Plant::torn_forgotten, "loss", 10130},
      {Plant::inherited_too_early, "power", 2540},
      {Plant::runs_merged, "core", 1},
      {Plant::request_not_recorded, "core", 1},
      {Plant::naive_dedupe, "core", 1},
      {Plant::correction_ignores_resets, "core", 1},
      {Plant::expired_retry_accepted, "core", 1},
      {Plant::unnamed_write_repeated, "core", 1},
      {Plant::retry_answered_unsafe, "core", 1},
      {Plant::timeout_says_nothing_happened, "core", 1},
      {Plant::counted_without_coverage, "core", 1},
      {Plant::counted_twice, "core", 1},
      {Plant::read_without_catch_up, "core", 1},
      {Plant::session_ignored, "crash", 1},
      {Plant::acknowledge_unsynced, "core", 1},
      {Plant::acknowledge_before_commit, "timed", 1},
      {Plant::clock_before_data, "core", 1},
      {Plant::digest_not_updated, "core", 1},
      {Plant::read_error_as_absent, "loss", 70},
      {Plant::checkpoint_claims_later, "core", 1},
      {Plant::checkpoint_before_log, "power", 1},
      {Plant::checkpoint_keeps_removed, "core", 1},
      {Plant::checkpoint_claims_clock_of_now, "power", 1},
      {Plant::frozen_changed_in_place, "crash", 1},
      {Plant::frozen_overlooked, "core", 1},
      {Plant::failed_checkpoint_forgotten, "disk", 1},
      {Plant::piece_claims_the_whole, "crash", 1},
      {Plant::clock_apart_from_its_records, "crash", 1},
      {Plant::replayed_what_is_stored, "crash", 1},
      {Plant::detached_forgotten, "core", 1},
      {Plant::purged_before_stored, "crash", 1},
      {Plant::kept_order_lacks_what_comes, "core", 1},
      {Plant::evicted_taken_for_absent, "core", 1},
      {Plant::durable_before_sync, "power", 1},
      {Plant::sync_not_begun, "power", 1},
      {Plant::torn_tail_accepted, "power", 1},
      {Plant::trimmed_skipped, "absence", 1},
      {Plant::trim_without_floor, "absence", 1},
      {Plant::link_resumes_from_sender, "core", 1},
      {Plant::hand_over_lost, "core", 1},
      {Plant::actor_reused, "power", 1},
      {Plant::restored_not_noticed, "loss", 1},
      {Plant::served_before_caught_up, "quorum", 510},
      {Plant::caught_up_with_one, "quorum", 510},
      {Plant::mixed_state_adopted, "absence", 1},
      {Plant::last_clock_claimed, "absence", 1},
      {Plant::replaced_not_merged, "absence", 1},
      {Plant::damage_keeps_its_clock, "loss", 1},
      {Plant::expired_removed_by_owner, "clocks", 350},
      {Plant::expiry_of_another_value, "core", 1},
      {Plant::settled_when_stable, "resets", 290},
      {Plant::settled_without_stale, "absence", 50},
      {Plant::merge_without_floor, "absence", 1},
  };
  return table;
}

}  // namespace

const Ground& ground_of(Plant plant) {
  const auto& table = grounds();
  const auto at = std::find_if(table.begin(), table.end(),
                               [plant](const Ground& ground) { return ground.plant == plant; });
  CW_CHECK(at != table.end(), "every planted bug has a ground where it is looked for");
  return *at;
}

Hunt hunt(std::uint64_t first, std::uint64_t seeds, std::size_t jobs,
          const std::function<Task(std::uint64_t seed)>& task_of) {
  Hunt hunt;
  std::uint64_t next = first;
  run_all(
      jobs,
      [&]() -> std::optional<Task> {
        if (next >= first + seeds) return std::nullopt;
        return task_of(next++);
      },
      [&](const Task& task, const Outcome& outcome) {
        ++hunt.seeds;
        if (outcome.failure && !hunt.caught) hunt.caught = Failed{task, *outcome.failure};
        return !hunt.caught;
      });
  return hunt;
}

}  // namespace causeway::testing
