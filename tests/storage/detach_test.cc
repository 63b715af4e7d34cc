// A large object that is removed: gone at once, at no cost that grows with it; its elements leave the state bit by bit.
#include <catch2/catch.hpp>

#include "counting_state.h"
#include "engines.h"
#include "storage/memory_log.h"
#include "store_steps.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::uint64_t members = 20'000;
const Bytes all_elements = keys::entries(StateId{1});

/// A store with one large set, stored.
struct LargeSet {
  LargeSet() : store(opened(log, state)) {
    for (std::uint64_t i = 0; i < members; ++i) add("member " + std::to_string(i));
    REQUIRE(store->checkpoint(MonoTime()));
  }

  Partition& partition() { return store->partition(p); }
  void add(const Bytes& name, ActorId actor = ActorId{1}) {
    EventDraft event;
    event.mutations.push_back(Update{"set", make_path(EntryType::set, Part::value, name), "", {}});
    apply(event, actor);
  }
  void remove(const VersionVector& observed, std::vector<Bytes> added = {}) {
    EventDraft event;
    event.mutations.push_back(RangeRemoval{"set", "", observed});
    for (const Bytes& name : added)
      event.mutations.push_back(Update{"set", make_path(EntryType::set, Part::value, name), "", {}});
    apply(event, ActorId{1});
  }
  void apply(EventDraft& event, ActorId actor) {
    event.dot = {actor, partition().clock().counter(actor) + 1};
    const auto applied = partition().apply(*DraftedEvent(event), true);
    INFO((applied ? "" : to_string(applied.error())));
    REQUIRE(applied);
  }
  std::uint64_t size() {
    ObjectSummary summary;
    REQUIRE(partition().summary("set", {}, summary));
    return summary.count(EntryType::set);
  }
  std::size_t stored_elements() const {
    std::size_t found = 0;
    REQUIRE(state.scan(all_elements, [&](BytesView key, BytesView) {
      found += key.starts_with(all_elements) ? 1 : 0;
      return key.starts_with(all_elements);
    }));
    return found;
  }
  void restart() {
    REQUIRE(store->write());
    store.reset();
    store = opened(log, state);
  }
  /// Until nothing is left to do.
  void checkpoint() {
    while (store->checkpoint_due(MonoTime(3600s))) REQUIRE(store->checkpoint(MonoTime()));
  }

  MemoryEventLog log;
  CountingState state;
  std::unique_ptr<ShardStore> store;
};

}  // namespace

TEST_CASE("a_large_object_is_removed_without_a_look_at_its_elements") {
  LargeSet set;
  set.state.forget();
  const std::size_t dirty = set.store->dirty_bytes();
  set.remove(set.partition().clock());
  CHECK(set.state.gets + set.state.scanned == 0);
  CHECK(set.store->dirty_bytes() < dirty + 200);
  CHECK(set.size() == 0);
  CHECK(set.partition().entries() == 0);
  CHECK(set.partition().digest() == Hash128());
  REQUIRE(set.store->verify());
}

TEST_CASE("what_an_event_adds_behind_the_removal_stays") {
  LargeSet set;
  set.remove(set.partition().clock(), {"new"});
  CHECK(set.size() == 1);
  CHECK(set.partition().entries() == 1);
  REQUIRE(set.store->verify());
}

TEST_CASE("what_the_removal_has_not_seen_stays") {
  LargeSet set;
  const VersionVector observed = set.partition().clock();
  set.add("concurrent", ActorId{2});
  set.remove(observed);
  CHECK(set.size() == 1);
  REQUIRE(set.store->verify());
}

TEST_CASE("the_elements_of_a_removed_object_leave_the_state_bit_by_bit_also_after_restarts") {
  LargeSet set;
  const bool restarts = GENERATE(false, true);
  set.remove(set.partition().clock());
  for (int i = 0; i < 2000; ++i) set.add("another " + std::to_string(i));  // a new object, under the same key
  std::size_t before = set.stored_elements();
  REQUIRE(before == members);
  REQUIRE(set.store->checkpoint(MonoTime()));
  CHECK(set.stored_elements() == members + 2000);  // that it is gone has to be stored first
  int steps = 0;
  for (; set.store->checkpoint_due(MonoTime(3600s)); ++steps) {
    REQUIRE(steps < 10);
    before = set.stored_elements();
    if (restarts && steps < 4) set.restart();
    REQUIRE(set.store->checkpoint(MonoTime()));
    CHECK(before - set.stored_elements() <= 8192);
    REQUIRE(set.store->verify());
  }
  CHECK(steps >= 3);
  CHECK(set.stored_elements() == 2000);
  CHECK(set.size() == 2000);
}

TEST_CASE("a_restart_replays_what_came_between_the_last_checkpoint_and_a_removal") {
  LargeSet set;
  set.add("member 7", ActorId{2});  // needs what is stored of it
  set.remove(set.partition().clock());
  set.restart();
  CHECK(set.size() == 0);
  CHECK(set.partition().digest() == Hash128());
  set.checkpoint();
  CHECK(set.stored_elements() == 0);
  set.restart();
  REQUIRE(set.store->verify());
}
