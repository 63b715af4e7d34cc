// Proves that a second state of a partition can be built beside the first and put in its place (rule 5): whatever happened
// to either meanwhile, what serves afterwards is the state of all the events that either had applied; before, and after a
// crash or a full disk, it is the first, untouched.
#include <catch2/catch.hpp>

#include "crdt/apply.h"
#include "engines.h"
#include "storage/keys.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "store_steps.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

std::vector<Entry> entries_of(const Partition& partition) {
  std::vector<Entry> all;
  REQUIRE(partition.walk({}, [&](BytesView key, const EntryView& entry) {
    all.push_back({Bytes(key), Bytes(entry.path), entry.dot, Bytes(entry.payload)});
    return true;
  }));
  return all;
}

/// Keys under which the state holds objects and entries.
std::size_t stored(const StateStore& state) {
  std::size_t count = 0;
  REQUIRE(state.scan("E", [&count](BytesView key, BytesView) {
    count += keys::parse_state(key) ? 1U : 0U;
    return true;
  }));
  return count;
}

/// How many states there are in it.
std::size_t states(const StateStore& state) {
  std::set<StateId> ids;
  REQUIRE(state.scan("E", [&ids](BytesView key, BytesView) {
    if (const auto id = keys::parse_state(key)) ids.insert(*id);
    return true;
  }));
  return ids.size();
}

}  // namespace

TEST_CASE("a_walk_visits_every_entry_in_order_and_goes_on_behind_any_position") {
  const std::string name = GENERATE(as<std::string>(), "memory", "disk");
  const auto log = make_log_engine(name, {1 << 20, 1 << 26, 0, 1 << 16});
  const auto state = make_state_engine(name, plenty);
  StoreLimits limits;
  limits.whole_entries_max = 2;
  limits.whole_bytes_max = 100;  // some objects have many records
  limits.tier_bytes_max = 4096;
  auto store = opened(log->log(), state->state(), limits);
  History history(3);
  Model model;
  for (int i = 0; i < 400; ++i) {
    apply(*store, model, history.next(model));
    if (i % 97 == 0) REQUIRE(store->checkpoint(MonoTime()));
  }
  const std::vector<Entry> all = entries_of(store->partition(p));
  CHECK(std::set<Entry>(all.begin(), all.end()) == model.entries());
  CHECK(std::is_sorted(all.begin(), all.end()));
  for (std::size_t at = 0; at < all.size(); at += 7) {
    const EntryPosition behind{all[at].key, all[at].path};
    const auto first = std::find_if(all.begin(), all.end(), [&](const Entry& entry) {
      return EntryPosition{entry.key, entry.path} > behind;
    });
    std::vector<Entry> rest;
    REQUIRE(store->partition(p).walk(behind, [&](BytesView key, const EntryView& entry) {
      rest.push_back({Bytes(key), Bytes(entry.path), entry.dot, Bytes(entry.payload)});
      return true;
    }));
    CHECK(rest == std::vector<Entry>(first, all.end()));
  }
}

TEST_CASE("an_adopted_state_is_durable_and_what_it_replaced_is_purged") {
  const std::string name = GENERATE(as<std::string>(), "memory", "disk");
  const auto log = make_log_engine(name, {1 << 20, 1 << 26, 0, 1 << 16});
  const auto state = make_state_engine(name, plenty);
  auto store = opened(log->log(), state->state());
  History history(5);
  Model ours;
  for (int i = 0; i < 100; ++i) apply(*store, ours, history.next(ours));
  Model all = ours;  // a source that is ahead
  std::vector<EventDraft> later;
  for (int i = 0; i < 100; ++i) {
    later.push_back(history.next(all));
    all.apply(later.back());
  }
  const std::size_t last = 60;  // its state says so much, and its log the rest
  Model snapshot = ours;
  for (std::size_t i = 0; i < last; ++i) snapshot.apply(later[i]);

  Partition& staged = store->stage(p);
  REQUIRE(staged.take({snapshot.entries().begin(), snapshot.entries().end()}));
  staged.claim(ours.clock(),
               {});  // less than its entries are the state of: what they have already is not repeated
  REQUIRE(store->checkpoint(MonoTime()));
  ours.check(store->partition(p));
  for (const EventDraft& event : later) REQUIRE(staged.absorb(*DraftedEvent(event)));
  all.check(staged);
  REQUIRE(store->adopt(p, true, MonoTime()));
  CHECK(store->staged(p) == nullptr);
  all.check(store->partition(p));
  CHECK(store->partition(p).log_position(ours.clock()) == std::nullopt);  // the log does not lead there
  CHECK(store->partition(p).log_position(all.clock()));

  store.reset();
  log->restart();
  state->restart();
  store = opened(log->log(), state->state());
  all.check(store->partition(p));
  CHECK(store->partition(p).damage() == nullptr);
  REQUIRE(store->checkpoint(MonoTime()));
  std::size_t objects = 0;
  REQUIRE(
      store->partition(p).objects({}, [&objects](BytesView, const ObjectSummary&) { return ++objects > 0; }));
  CHECK(stored(state->state()) >= objects);
  CHECK(stored(state->state()) <= objects + all.entries().size());
  CHECK(states(state->state()) == 1);  // of the replaced one nothing is left
  apply(*store, all, history.next(all));
  all.check(store->partition(p));
}

TEST_CASE("a_state_that_was_not_finished_leaves_nothing_but_work_for_the_next_checkpoint") {
  MemoryEventLog log;
  MemoryStateStore state;
  auto store = opened(log, state);
  History history(6);
  Model model;
  for (int i = 0; i < 60; ++i) apply(*store, model, history.next(model));
  REQUIRE(store->checkpoint(MonoTime()));
  const std::size_t before = stored(state);
  REQUIRE(store->stage(p).take({model.entries().begin(), model.entries().end()}));
  REQUIRE(store->checkpoint(MonoTime()));
  CHECK(stored(state) > before);
  SECTION("given up") { store->unstage(p); }
  SECTION("begun anew") { store->stage(p); }
  SECTION("lost with the process") {
    store.reset();
    log.crash({true, 0, false});
    state.crash();
    store = opened(log, state);
  }
  REQUIRE(store->checkpoint(MonoTime()));
  CHECK(stored(state) == before);
  model.check(store->partition(p));
  CHECK(store->verify());
}

TEST_CASE("a_full_disk_keeps_the_first_state_in_its_place") {
  MemoryEventLog log;
  MemoryStateStore state;
  auto store = opened(log, state);
  History history(7);
  Model model;
  for (int i = 0; i < 60; ++i) apply(*store, model, history.next(model));
  REQUIRE(store->checkpoint(MonoTime()));
  Model ahead = model;
  std::vector<EventDraft> later;
  for (int i = 0; i < 40; ++i) {
    later.push_back(history.next(ahead));
    ahead.apply(later.back());
  }
  Partition& staged = store->stage(p);
  REQUIRE(staged.take({model.entries().begin(), model.entries().end()}));
  staged.claim(model.clock(), {});
  for (const EventDraft& event : later) REQUIRE(staged.absorb(*DraftedEvent(event)));
  state.set_bytes_max(0);
  const auto adopted = store->adopt(p, true, MonoTime());
  REQUIRE_FALSE(adopted);
  CHECK(adopted.error().code == ErrorCode::storage_full);
  model.check(store->partition(p));
  state.set_bytes_max(plenty);
  REQUIRE(store->adopt(p, true, MonoTime()));
  ahead.check(store->partition(p));
}

TEST_CASE("a_log_that_does_not_lead_to_the_adopted_state_is_served_to_nobody") {
  MemoryEventLog log;
  MemoryStateStore state;
  auto store = opened(log, state);
  History history(8);
  Model model;
  for (int i = 0; i < 60; ++i) apply(*store, model, history.next(model));
  VersionVector half = model.clock();
  for (int i = 0; i < 60; ++i) apply(*store, model, history.next(model));
  CHECK(store->partition(p).log_position(half));
  Partition& staged = store->stage(p);
  REQUIRE(staged.take({model.entries().begin(), model.entries().end()}));
  staged.claim(model.clock(), {});
  REQUIRE(store->adopt(p, false, MonoTime()));
  CHECK_FALSE(store->partition(p).log_position(half));
  CHECK(store->partition(p).floor() == model.clock());
  half = model.clock();
  for (int i = 0; i < 300; ++i) apply(*store, model, history.next(model));
  const auto from = store->partition(p).log_position(half);
  REQUIRE(from);
  std::size_t read = 0;
  REQUIRE(store->partition(p).read_log(*from, [&read](const LogRecord&) { return ++read > 0; }));
  CHECK(read == 300);
  REQUIRE(store->checkpoint(MonoTime()));
  store = opened(log, state);
  model.check(store->partition(p));
}

TEST_CASE("what_does_not_add_up_is_noticed_when_the_store_is_opened") {
  MemoryEventLog log;
  MemoryStateStore state;
  auto store = opened(log, state);
  History history(9);
  Model model;
  for (int i = 0; i < 60; ++i) apply(*store, model, history.next(model));
  REQUIRE(store->checkpoint(MonoTime()));
  std::vector<Bytes> records;
  REQUIRE(state.scan("E", [&](BytesView key, BytesView) {
    if (keys::parse_state(key)) records.emplace_back(key);
    return true;
  }));
  store.reset();
  for (std::size_t i = 0; i < records.size(); i += 5) {
    MemoryStateStore without = state;
    REQUIRE(without.commit({{records[i], std::nullopt}}));  // as a bit in a page would have it
    MemoryEventLog same = log;
    const auto refused = try_open(same, without);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::internal);
  }
  CHECK(opened(log, state)->verify());
}

TEST_CASE("memory_is_bounded_also_while_a_second_state_is_built") {
  MemoryEventLog log;
  MemoryStateStore state;
  StoreLimits limits;
  limits.tier_bytes_max = 100000;
  auto store = opened(log, state, limits);
  Partition& staged = store->stage(p);
  Model model;
  for (int i = 0; i < 3000; ++i) model.apply(put(model, "key " + std::to_string(i), member, Bytes(100, 'x')));
  REQUIRE(staged.take({model.entries().begin(), model.entries().end()}));
  staged.claim(model.clock(), {});
  REQUIRE(store->checkpoint(MonoTime()));
  store->make_room();
  CHECK(store->tier_bytes() <= 100000);
  REQUIRE(store->verify());
  REQUIRE(store->adopt(p, true, MonoTime()));
  model.check(store->partition(p));
}
