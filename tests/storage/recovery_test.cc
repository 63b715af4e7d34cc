// After crashes of every kind the state is what its events make, and no event that was synced is missing.
#include <catch2/catch.hpp>

#include "engines.h"
#include "storage/data_folder.h"
#include "storage/file_log.h"
#include "storage/keys.h"
#include "storage/lmdb_state.h"
#include "storage/log_recovery.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "storage/record.h"
#include "storage/state_records.h"
#include "store_steps.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("state_is_a_function_of_the_applied_events_through_checkpoints_and_restarts") {
  const std::string name = GENERATE(as<std::string>(), "memory", "disk");
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 25));
  INFO(name << ", seed " << seed);
  Random random(seed);
  History history(seed);
  Model models[2];
  const auto log = make_log_engine(name, small_segments);
  const auto state = make_state_engine(name, plenty);
  StoreLimits limits;
  limits.tier_bytes_max = random.chance(1, 2) ? 2000 : 1 << 20;
  limits.whole_entries_max = random.chance(1, 2) ? 0 : 4;
  limits.whole_bytes_max = random.chance(1, 2) ? 30 : 600;  // many records an object, or one
  limits.detached_entries_min = random.chance(1, 2) ? 2 : 1000;
  auto store = opened(log->log(), state->state(), limits);
  for (int step = 0; step < 300; ++step) {
    const std::size_t at = random.below(4) == 0 ? 1 : 0;
    apply(*store, models[at], history.next(models[at]), at == 0 ? p : q);
    if (random.chance(1, 20)) REQUIRE(store->checkpoint(MonoTime(Micros(step))));
    if (random.chance(1, 30)) {
      REQUIRE(store->write());
      store.reset();
      log->restart();
      state->restart();
      store = opened(log->log(), state->state(), limits);
    }
    if (random.chance(1, 15)) models[at].check(store->partition(at == 0 ? p : q));
  }
  models[0].check(store->partition(p));
  models[1].check(store->partition(q));
}

TEST_CASE("a_power_cut_leaves_a_prefix_with_every_synced_event") {
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 60));
  INFO("seed " << seed);
  Random random(seed);
  History history(seed);
  std::vector<EventDraft> events;
  Model model;
  std::size_t synced = 0;
  MemoryEventLog log(small_segments);
  MemoryStateStore state;
  auto store = opened(log, state);
  for (int step = 0; step < 200; ++step) {
    events.push_back(history.next(model));
    apply(*store, model, events.back());
    const bool written = random.chance(1, 3);
    if (written) REQUIRE(store->write());
    const bool checkpoint = random.chance(1, 25);
    const bool sync = written && random.chance(1, 3);
    if (sync) REQUIRE(store->sync());
    if (checkpoint) REQUIRE(store->checkpoint(MonoTime()));
    if (sync || checkpoint) synced = events.size();
    if (!random.chance(1, 15)) continue;
    store.reset();
    log.crash({true, random.below(5), random.chance(1, 2)});
    state.crash();
    store = opened(log, state);
    const std::uint64_t kept = store->partition(p).clock().events();
    REQUIRE(kept >= synced);
    REQUIRE(kept <= events.size());
    REQUIRE_FALSE(store->unsynced());
    events.resize(kept);
    model = {};
    for (const EventDraft& event : events) model.apply(event);
    model.check(store->partition(p));
    synced = kept;
  }
}

TEST_CASE("a_power_cut_leaves_a_prefix_with_every_synced_event_also_in_files") {
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 12));
  INFO("seed " << seed);
  Random random(seed);
  History history(seed);
  TemporaryFolder parent;
  std::vector<EventDraft> events;
  for (int round = 0; round < 12; ++round) {
    const auto folder = DataFolder::open(parent.path());
    REQUIRE(folder);
    InlineWorker at_once;
    auto log = std::make_unique<FileEventLog>(folder->shard(0).log(), small_segments, at_once, at_once);
    const auto state = LmdbStateStore::open(folder->shard(0).state(), {});
    REQUIRE(state);
    auto store = opened(*log, **state);
    const std::uint64_t kept = store->partition(p).clock().events();
    REQUIRE(kept <= events.size());
    events.resize(kept);
    Model model;
    for (const EventDraft& event : events) model.apply(event);
    model.check(store->partition(p));
    for (int step = 0; step < 25; ++step) {
      events.push_back(history.next(model));
      apply(*store, model, events.back());
      if (random.chance(1, 3)) REQUIRE(store->write());
      if (random.chance(1, 6)) REQUIRE(store->sync());
      if (random.chance(1, 20)) REQUIRE(store->checkpoint(MonoTime()));
    }
    REQUIRE(store->write());
    // Of the records that are not durable, in whatever segments, each is there, or not, or in part.
    const Sequence durable = log->durable();
    store.reset();
    log.reset();
    for (const RecordPlace& place : records_in(folder->shard(0).log())) {
      if (place.sequence <= durable || random.chance(1, 2)) continue;
      const std::size_t from = random.chance(1, 2) ? 0 : random.below(place.size);
      overwrite(place.path, place.offset + from,
                std::string(place.size - from, random.chance(1, 4) ? 'x' : '\0'));
    }
    FileEventLog cut(folder->shard(0).log(), small_segments, at_once, at_once);
    REQUIRE(cut.recover(Sequence{0}));
    REQUIRE(cut.last() >= durable);
  }
}

TEST_CASE("a_crash_between_two_pieces_of_a_checkpoint_leaves_each_partition_at_a_moment_of_its_own") {
  MemoryEventLog log(small_segments);
  MemoryStateStore state;
  LateWorker later;
  StoreLimits limits;
  limits.piece_bytes_max = 0;
  limits.log_bytes_max = 0;
  const auto open = [&] {
    auto store = ShardStore::open(log, state, {p, q}, limits, later);
    INFO((store ? "" : to_string(store.error())));
    REQUIRE(store);
    return std::move(*store);
  };
  auto store = open();
  History history(11);
  Model models[2];
  const auto change_both = [&] {
    for (int i = 0; i < 60; ++i)
      apply(*store, models[i % 2], history.next(models[i % 2]), i % 2 == 0 ? p : q);
    REQUIRE(store->write());
    REQUIRE(store->sync());
  };
  const auto at = [&state](PartitionId id) {
    const auto value = state.get(keys::partition(id));
    return *value
               ? decode_partition(keys::partition(id), *open_record(keys::partition(id), **value))->sequence
               : Sequence{0};
  };
  for (int pieces = 1; pieces <= 2; ++pieces) {
    change_both();
    const Sequence before = at(q);
    store->begin_checkpoint(MonoTime());
    for (int piece = 0; piece < pieces; ++piece) {
      REQUIRE_FALSE(*store->advance_checkpoint());
      REQUIRE(later.waiting() == 1);
      later.run_all();
    }
    CHECK(at(p) == log.last());
    CHECK((at(q) == log.last()) == (pieces == 2));
    CHECK((at(q) == before) == (pieces == 1));
    store->set_stable(p, models[0].clock());
    store->set_stable(q, models[1].clock());
    REQUIRE(store->trim());  // not what one of them still needs
    store.reset();
    log.crash({true, 0, false});
    state.crash();
    later.drop_all();
    store = open();
    models[0].check(store->partition(p));
    models[1].check(store->partition(q));
    REQUIRE(store->verify());
  }
}

TEST_CASE("a_log_that_ends_before_a_piece_of_a_checkpoint_is_damaged") {
  MemoryEventLog log;
  MemoryStateStore state;
  LateWorker later;
  StoreLimits limits;
  limits.piece_bytes_max = 0;
  auto store = ShardStore::open(log, state, {p, q}, limits, later);
  REQUIRE(store);
  Model models[2];
  for (int i = 0; i < 2; ++i)
    apply(**store, models[i], put(models[i], "key", member, "payload"), i == 0 ? p : q);
  REQUIRE((*store)->write());
  const MemoryEventLog before = log;
  REQUIRE((*store)->sync());
  (*store)->begin_checkpoint(MonoTime());
  REQUIRE((*store)->advance_checkpoint());
  later.run_all();
  store->reset();
  log = before;
  log.crash({true, 0, false});
  CHECK_FALSE(ShardStore::open(log, state, {p, q}, limits));
}

TEST_CASE("a_checkpoint_is_whole_or_was_not") {
  MemoryEventLog log(small_segments);
  MemoryStateStore state;
  auto store = opened(log, state);
  History history(5);
  Model model;
  for (int i = 0; i < 50; ++i) apply(*store, model, history.next(model));
  REQUIRE(store->checkpoint(MonoTime()));
  for (int i = 0; i < 50; ++i) apply(*store, model, history.next(model));
  state.fail_next_commit();
  const auto failed = store->checkpoint(MonoTime());
  REQUIRE_FALSE(failed);
  CHECK(failed.error().tag == ErrorTag::fatal);
  store.reset();
  log.crash({true, 0, false});
  state.crash();
  store = opened(log, state);
  model.check(store->partition(p));
}
