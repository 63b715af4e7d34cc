// The store of a shard: damage, full disks, what is kept in memory.
#include "storage/shard_store.h"

#include <catch2/catch.hpp>

#include "engines.h"
#include "storage/keys.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "store_steps.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("an_event_that_finds_no_room_changes_nothing") {
  const std::string name = GENERATE(as<std::string>(), "memory", "disk");
  const auto log = make_log_engine(name, {4096, 4 * 4096, 0, 512});
  const auto state = make_state_engine(name, plenty);
  auto store = opened(log->log(), state->state());
  History history(9);
  Model model;
  Result<void> applied;
  for (bool local : {true, false}) {
    for (;;) {
      const EventDraft event = history.next(model);
      applied = store->partition(p).apply(*DraftedEvent(event), local);
      if (!applied) break;
      model.apply(event);
    }
    CHECK(applied.error().code == ErrorCode::storage_full);
    model.check(store->partition(p));
  }
  REQUIRE(store->checkpoint(MonoTime()));
  store->set_stable(p, model.clock());
  REQUIRE(store->trim());
  CHECK(store->has_room(false));
  apply(*store, model, history.next(model));
  model.check(store->partition(p));
}

TEST_CASE("a_state_without_room_refuses_clients_then_replication_and_loses_nothing") {
  const std::string name = GENERATE(as<std::string>(), "memory", "disk");
  const auto log = make_log_engine(name, {1 << 20, 1 << 26, 0, 1 << 16});
  const auto state = make_state_engine(name, 1 << 18);
  StoreLimits limits;
  limits.dirty_bytes_max = 1 << 19;
  auto store = opened(log->log(), state->state(), limits);
  Model model;
  Result<void> outcome;
  for (int i = 0; outcome && i < 100; ++i) {
    for (int j = 0; j < 20; ++j) {
      apply(*store, model,
            put(model, "key " + std::to_string(i), make_path(EntryType::set, Part::value, std::to_string(j)),
                Bytes(500, 'x')));
    }
    outcome = store->checkpoint(MonoTime());
  }
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == ErrorCode::storage_full);
  CHECK_FALSE(store->has_room(false));
  CHECK(store->has_room(true));
  const EventDraft refused = put(model, "k", member, "x");
  CHECK(store->partition(p).apply(*DraftedEvent(refused), true).error().code == ErrorCode::storage_full);
  std::uint64_t replicated = 0;
  for (;; ++replicated) {
    const EventDraft event =
        put(model, "k", make_path(EntryType::set, Part::value, std::to_string(replicated)), Bytes(1000, 'x'));
    if (!store->partition(p).apply(*DraftedEvent(event), false)) break;
    model.apply(event);
  }
  CHECK(replicated > 100);
  CHECK_FALSE(store->has_room(true));
  model.check(store->partition(p));
  REQUIRE(store->write());
  store.reset();
  log->restart();
  state->restart();
  store = opened(log->log(), state->state(), limits);
  model.check(store->partition(p));
}

TEST_CASE("a_damaged_record_of_the_state_is_an_error_and_never_absence") {
  const std::string kind =
      GENERATE(as<std::string>(), "entry", "object", "partition", "shard", "mark", "note");
  INFO(kind);
  MemoryEventLog log;
  MemoryStateStore state;
  auto store = opened(log, state);
  Model model;
  // Large enough not to be read as a whole.
  for (int i = 0; i < 100; ++i) {
    apply(*store, model,
          put(model, "key", make_path(EntryType::set, Part::value, std::to_string(i)),
              "a payload of some size"));
  }
  store->set_note("n", "value");
  REQUIRE(store->checkpoint(MonoTime()));
  store.reset();
  StoreLimits uncached;
  uncached.tier_bytes_max = 0;
  const Bytes path = make_path(EntryType::set, Part::value, "55");
  const std::map<std::string, Bytes> keys_of = {{"entry", keys::entry(StateId{1}, ObjectId{1}, path)},
                                                {"object", keys::object(StateId{1}, "key")},
                                                {"partition", keys::partition(p)},
                                                {"shard", keys::shard()},
                                                {"mark", keys::mark(p, Sequence{1})},
                                                {"note", keys::note("n")}};
  const MemoryEventLog log_before = log;
  const MemoryStateStore state_before = state;
  for (std::size_t bit = 0; bit < 300; bit += 7) {
    log = log_before;
    state = state_before;
    auto again = try_open(log, state, uncached);
    REQUIRE(again);
    REQUIRE(state.damage(keys_of.at(kind), bit));  // while it runs …
    MemoryEventLog same = log;
    const auto refused = try_open(same, state);  // … and found at the next start
    REQUIRE(refused.has_value() == (kind == "note"));
    if (kind != "note") CHECK(refused.error().code == ErrorCode::internal);
    if (kind == "partition" || kind == "shard" || kind == "mark") continue;
    const auto scanned = (*again)->partition(p).scan("key", path, [](const EntryView&) { return true; });
    CHECK(scanned.has_value() == (kind == "note"));
    CHECK((*again)->verify().has_value() == (kind == "note"));
    CHECK((*again)->note("n").has_value() == (kind != "note"));
    ObjectSummary summary;
    if (kind == "object") CHECK_FALSE((*again)->partition(p).summary("key", {}, summary));
    if (kind != "entry") continue;
    EventDraft event;
    event.dot = {ActorId{1}, 101};
    event.mutations.push_back(Update{"key", path, std::nullopt, {{ActorId{1}, 56}}});
    CHECK_FALSE((*again)->partition(p).apply(*DraftedEvent(event), true));
    CHECK((*again)->partition(p).clock() == model.clock());
  }
}

TEST_CASE("a_record_that_vanished_from_the_state_is_missed") {
  MemoryEventLog log;
  MemoryStateStore state;
  StoreLimits limits;
  limits.whole_entries_max = limits.whole_bytes_max = 0;
  auto store = opened(log, state, limits);
  Model model;
  const Bytes other = make_path(EntryType::set, Part::value, "n");
  apply(*store, model, put(model, "key", member, "payload"));
  apply(*store, model, put(model, "key", other, "payload"));
  REQUIRE(store->checkpoint(MonoTime()));
  store.reset();
  limits.tier_bytes_max = 0;
  store = opened(log, state, limits);
  const auto all = [&] { return store->partition(p).scan("key", {}, [](const EntryView&) { return true; }); };
  SECTION("as it was") {
    REQUIRE(all());
    REQUIRE(store->verify());
  }
  SECTION("untouched") {
    REQUIRE(state.commit({{keys::entry(StateId{1}, ObjectId{1}, member), std::nullopt}}));
  }
  SECTION("while another was removed") {
    EventDraft removal;
    removal.dot = {ActorId{1}, 3};
    removal.mutations.push_back(Update{"key", other, std::nullopt, {{ActorId{1}, 2}}});
    apply(*store, model, removal);
    model.check(store->partition(p));
    REQUIRE(state.commit({{keys::entry(StateId{1}, ObjectId{1}, member), std::nullopt}}));
  }
  if (state.get(keys::entry(StateId{1}, ObjectId{1}, member))->has_value()) return;
  const auto scanned = all();
  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().sentence.find("entries, but ") != std::string::npos);
  CHECK_FALSE(store->verify());
}

TEST_CASE("a_log_and_a_state_that_do_not_belong_together_are_refused") {
  MemoryEventLog log(small_segments);
  MemoryStateStore state;
  auto store = opened(log, state);
  Model model;
  for (int i = 0; i < 200; ++i) apply(*store, model, put(model, "key", member, "payload"));
  REQUIRE(store->checkpoint(MonoTime()));
  store.reset();
  SECTION("a log that was wiped, or is older than the state") {
    log.wipe();
    CHECK_FALSE(try_open(log, state));
  }
  SECTION("a state that was wiped, under a log that was trimmed") {
    REQUIRE(log.trim(Sequence{150}));
    state.wipe();
    CHECK_FALSE(try_open(log, state));
  }
  SECTION("a state that was wiped, under a whole log, is made again") {
    state.wipe();
    store = opened(log, state);
    model.check(store->partition(p));
  }
}

TEST_CASE("an_object_that_is_gone_costs_nothing") {
  MemoryEventLog log;
  MemoryStateStore state;
  auto store = opened(log, state);
  Model model;
  apply(*store, model, put(model, "other", member, "stays"));
  REQUIRE(store->checkpoint(MonoTime()));
  const std::uint64_t bytes = store->state_bytes();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i)
      apply(*store, model, put(model, "key", make_path(EntryType::set, Part::value, std::to_string(i)), "x"));
    REQUIRE(store->checkpoint(MonoTime()));
    EventDraft removal;
    removal.dot = {ActorId{1}, model.clock().counter(ActorId{1}) + 1};
    removal.mutations.push_back(RangeRemoval{"key", {}, model.clock()});
    apply(*store, model, removal);
    REQUIRE(store->checkpoint(MonoTime()));
    model.check(store->partition(p));
  }
  CHECK(store->state_bytes() <= bytes + 40);  // a mark of the log, and the clock has larger numbers
  CHECK(store->dirty_bytes() == 0);
}

TEST_CASE("what_comes_and_goes_between_two_checkpoints_is_never_stored") {
  MemoryEventLog log;
  MemoryStateStore state;
  auto store = opened(log, state);
  Model model;
  const Bytes cell = make_path(EntryType::counter, Part::cell, "c");
  apply(*store, model, put(model, "key", cell, "0"));
  const std::size_t dirty = store->dirty_bytes();
  for (int i = 1; i < 1000; ++i) {
    EventDraft event = put(model, "key", cell, std::to_string(i));
    std::get<Update>(event.mutations[0]).supersedes = {{ActorId{1}, static_cast<std::uint64_t>(i)}};
    apply(*store, model, event);
  }
  CHECK(store->dirty_bytes() < dirty + 16);
  model.check(store->partition(p));
}

TEST_CASE("memory_for_clean_entries_is_bounded") {
  MemoryEventLog log;
  MemoryStateStore state;
  StoreLimits limits;
  limits.tier_bytes_max = 100000;
  auto store = opened(log, state, limits);
  Model model;
  for (int i = 0; i < 3000; ++i)
    apply(*store, model, put(model, "key " + std::to_string(i), member, Bytes(100, 'x')));
  CHECK(store->dirty_bytes() > 400000);
  REQUIRE(store->checkpoint(MonoTime()));
  CHECK(store->dirty_bytes() == 0);
  store->make_room();
  CHECK(store->tier_bytes() <= 100000);
  for (int i = 0; i < 3000; ++i) {
    ObjectSummary there;
    REQUIRE(store->partition(p).summary("key " + std::to_string(i), {}, there));
    REQUIRE(there.live.size() == 1);
    ObjectSummary none;
    REQUIRE(store->partition(p).summary("none " + std::to_string(i), {}, none));
    REQUIRE(none.live.empty());
    store->make_room();
    REQUIRE(store->tier_bytes() <= 100000);
  }
}

TEST_CASE("a_checkpoint_is_due_after_some_time_or_some_bytes") {
  MemoryEventLog log;
  MemoryStateStore state;
  StoreLimits limits;
  limits.dirty_bytes_max = 10000;
  limits.checkpoint_every = 5s;
  auto store = opened(log, state, limits);
  Model model;
  CHECK_FALSE(store->checkpoint_due(MonoTime(100s)));
  apply(*store, model, put(model, "key", member, "x"));
  REQUIRE(store->checkpoint(MonoTime(100s)));
  CHECK_FALSE(store->checkpoint_due(MonoTime(200s)));
  apply(*store, model, put(model, "key", member, "x"));
  CHECK_FALSE(store->checkpoint_due(MonoTime(104s)));
  CHECK(store->checkpoint_due(MonoTime(105s)));
  apply(*store, model, put(model, "key", member, Bytes(10000, 'x')));
  CHECK(store->checkpoint_due(MonoTime(101s)));
  REQUIRE(store->checkpoint(MonoTime(102s)));
  store->set_note("n", "v");
  CHECK_FALSE(store->checkpoint_due(MonoTime(103s)));
  CHECK(store->checkpoint_due(MonoTime(107s)));
}

TEST_CASE("a_partition_that_is_no_longer_held_is_not_forgotten") {
  MemoryEventLog log(small_segments);
  MemoryStateStore state;
  auto store = opened(log, state);
  Model kept;
  Model left;
  for (int i = 0; i < 20; ++i) {
    apply(*store, kept, put(kept, "key", member, "x"), p);
    apply(*store, left, put(left, "key", member, "y"), q);
  }
  REQUIRE(store->write());
  store.reset();
  log.crash({});
  auto without = ShardStore::open(log, state, {p}, {});
  REQUIRE(without);
  CHECK_FALSE((*without)->holds(q));
  REQUIRE((*without)->checkpoint(MonoTime()));
  (*without)->set_stable(p, kept.clock());
  without->reset();
  store = opened(log, state);
  left.check(store->partition(q));
}
