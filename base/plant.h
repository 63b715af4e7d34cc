// Bugs planted on purpose, so that it can be proven that the simulator catches them. Only the simulator is built with
// CAUSEWAY_PLANTS; everywhere else planted() is false at compile time, and nothing of this is left.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace causeway {

/// One row a bug: its name, and what it does. docs/testing.md has the check that catches it.
#define CAUSEWAY_PLANT_TABLE(X)                                                                              \
  X(no_deps, "an event claims to depend on nothing")                                                         \
  X(applied_before_causes, "an event is applied before what it depends on")                                  \
  X(applied_twice, "an event that arrives twice is applied twice")                                           \
  X(event_logged_twice, "an event that is applied once stands in the log twice")                             \
  X(superseded_kept, "of several entries that an event supersedes, only one goes")                           \
  X(remove_unobserved, "a removal takes entries that it has not observed")                                   \
  X(range_removal_unobserved, "a delete takes what it has not observed")                                     \
  X(losing_sibling_dropped, "a replica drops the loser of two concurrent values by itself")                  \
  X(stamps_not_compared, "of concurrent values not the newest is read, but the first that is stored")        \
  X(hlc_not_observed, "a node's clock does not follow the stamps that it hears")                             \
  X(repeated_add_issues_nothing, "adding a member that is there issues no event")                            \
  X(reset_without_forgotten, "a reset does not record what it forgot")                                       \
  X(range_without_forgotten, "a delete does not record what it forgot")                                      \
  X(range_with_live_cells_only, "a delete records what it forgot of cells, and drops older records")         \
  X(forgotten_purged_unsettled, "what was forgotten of another's cells is removed at once")                  \
  X(runs_merged, "after a reset an actor's increments go on in the old run")                                 \
  X(request_not_recorded, "an increment does not record its request id")                                     \
  X(naive_dedupe, "an increment that was executed twice is not corrected")                                   \
  X(correction_ignores_resets, "the correction of an increment that was executed twice ignores resets")      \
  X(expired_retry_accepted, "a request id is accepted after it has expired")                                 \
  X(settled_when_stable, "what every member has is taken for settled, whatever may still arrive from them")  \
  X(spent_without_rights, "a bounded counter is subtracted from if it holds enough, whoever may spend that") \
  X(torn_forgotten,                                                                                          \
    "that a log was cut is forgotten by the next start, though nothing followed from it yet")                \
  X(inherited_too_early, "what an actor held is taken over as soon as its node has another")                 \
  X(settled_without_stale, "what is settled among the members that are up is taken for settled")             \
  X(expired_removed_by_owner,                                                                                \
    "an object is removed once it has expired by one clock, whatever the others say")                        \
  X(expiry_of_another_value,                                                                                 \
    "an expiry counts for whatever its key holds, not for the value that it was set on")                     \
  X(unnamed_write_repeated, "a forwarded write without a request id is tried at another replica")            \
  X(retry_answered_unsafe, "the retry of a write is answered before the write is as safe as asked")          \
  X(timeout_says_nothing_happened,                                                                           \
    "a write that has not reached its level in time is said not to have happened")                           \
  X(counted_without_coverage, "any clock of a member acknowledges any write")                                \
  X(counted_twice, "one acknowledgement counts twice")                                                       \
  X(read_without_catch_up, "a read goes on without what the others have")                                    \
  X(session_ignored, "what a session depends on is not waited for")                                          \
  X(acknowledge_unsynced, "a write is acknowledged before it is synced")                                     \
  X(acknowledge_before_commit, "a turn's messages leave before its events are written")                      \
  X(clock_before_data, "a replica's clock covers what waits in its buffer")                                  \
  X(digest_not_updated, "a removed entry stays in the digest")                                               \
  X(read_error_as_absent, "an object that cannot be read is taken for absent")                               \
  X(checkpoint_claims_later, "a checkpoint claims a later position of the log than it has")                  \
  X(checkpoint_before_log, "a checkpoint is made before the log is durable up to there")                     \
  X(checkpoint_keeps_removed, "a checkpoint keeps entries that were removed")                                \
  X(checkpoint_claims_clock_of_now,                                                                          \
    "a checkpoint claims the clock of when it is written, not that of what it froze")                        \
  X(frozen_changed_in_place, "what a checkpoint is about to write changes under it")                         \
  X(frozen_overlooked, "a scan does not see what a checkpoint under way has yet to write")                   \
  X(failed_checkpoint_forgotten, "what a checkpoint that failed had to write is taken for stored")           \
  X(piece_claims_the_whole,                                                                                  \
    "the first transaction of a checkpoint claims what the later ones have yet to bring")                    \
  X(clock_apart_from_its_records,                                                                            \
    "a partition's clock is stored in another transaction than what it covers")                              \
  X(replayed_what_is_stored,                                                                                 \
    "a recovery replays what a piece of a checkpoint has brought into the state already")                    \
  X(detached_forgotten, "an object that was removed at once is not noted: its elements stay in the state")   \
  X(purged_before_stored, "the elements of a removed object go before it is stored that it is removed")      \
  X(kept_order_lacks_what_comes, "a kept order of elements does not get what comes to it")                   \
  X(evicted_taken_for_absent, "what has left memory is not looked for in the state")                         \
  X(durable_before_sync, "records are said to be durable when their sync begins")                            \
  X(sync_not_begun, "durability by time: what is written is not synced until a checkpoint")                  \
  X(torn_tail_accepted, "a torn record at the end of the log is taken for a whole one")                      \
  X(trimmed_skipped, "what the log no longer has is skipped when it is asked for")                           \
  X(trim_without_floor, "the log is trimmed before all have it, and nobody is told")                         \
  X(link_resumes_from_sender, "a link resumes where the sender is, not where the receiver is")               \
  X(hand_over_lost, "what comes over a link is not handed over, and not looked for")                         \
  X(actor_reused, "a node that may have lost events goes on under its actor")                                \
  X(restored_not_noticed, "a restored copy of a data folder is taken for the folder itself")                 \
  X(served_before_caught_up, "a node serves after a loss before it has caught up")                           \
  X(caught_up_with_one, "after a loss a node serves once it has caught up with one other")                   \
  X(mixed_state_adopted, "a full sync serves before it has the log up to the clocks of all its chunks")      \
  X(last_clock_claimed, "a full sync claims the clock of its last chunk before it has the log up to there")  \
  X(replaced_not_merged, "a full sync puts the peer's state in the place of its own")                        \
  X(damage_keeps_its_clock, "a damaged state is merged at the clock that it had")                            \
  X(merge_without_floor, "what came by full sync is claimed to be in the log")

enum class Plant : std::uint8_t {
  none,
#define X(name, what) name,
  CAUSEWAY_PLANT_TABLE(X)
#undef X
};

struct PlantRow {
  Plant plant;
  std::string_view name;
  std::string_view what;
};
inline constexpr auto plant_table = std::to_array<PlantRow>({
#define X(name, what) {Plant::name, #name, what},
    CAUSEWAY_PLANT_TABLE(X)
#undef X
});

#ifdef CAUSEWAY_PLANTS
inline Plant active_plant = Plant::none;
inline bool planted(Plant plant) { return plant == active_plant; }
#else
constexpr bool planted(Plant /*plant*/) { return false; }
#endif

}  // namespace causeway
