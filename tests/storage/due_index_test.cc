// Proves that what may be forgotten is found when it is due, also where there are more objects than can be listed, after a
// restart, and in a state that took another's place.
#include <catch2/catch.hpp>

#include "storage/due_index.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "storage/shard_store.h"
#include "tests/crdt/replica.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::uint64_t grain = DueIndex::grain_ms;

std::vector<Bytes> all_due(DueIndex& index, std::uint64_t now_ms) {
  std::vector<Bytes> keys;
  while (auto row = index.take(now_ms)) {
    keys.push_back(row->key);
    index.leave(std::nullopt);
  }
  return keys;
}

constexpr PartitionId p0{0};

struct Stored {
  Stored() { open(); }
  void open() {
    store.reset();
    auto opened = ShardStore::open(log, state, {p0}, {});
    CW_CHECK(opened.has_value(), "it opens");
    store = std::move(*opened);
  }
  /// Increments a counter under a request id.
  void increment(const Bytes& key, std::int64_t expires_ms) {
    const auto done =
        issuer.issue({"INCR", key}, Replica::wall_ms_usual, RequestId{1, ++requests, expires_ms});
    CW_CHECK(done.event.has_value(), "it is incremented");
    CW_CHECK(partition().apply(*DraftedEvent(*done.event), false).has_value(), "it is applied");
  }
  void checkpoint() { CW_CHECK(store->checkpoint(MonoTime(1s)).has_value(), "a checkpoint"); }
  Partition& partition() { return store->partition(p0); }
  DueIndex& due() { return partition().due(); }

  MemoryEventLog log{LogLimits{}};
  MemoryStateStore state;
  std::unique_ptr<ShardStore> store;
  Replica issuer{7};
  std::uint64_t requests = 0;
};

}  // namespace

TEST_CASE("objects_are_taken_in_the_order_of_what_is_due_first_in_each") {
  DueIndex index;
  CHECK_FALSE(index.first_due());
  index.note("late", {9 * grain, false});
  index.note("both", {7 * grain, false});
  index.note("both", {2 * grain, false});
  index.note("both", {8 * grain, false});
  CHECK(index.first_due() == 2 * grain);
  CHECK(all_due(index, 2 * grain - 1).empty());
  CHECK(all_due(index, 8 * grain) == std::vector<Bytes>{"both"});
  CHECK(all_due(index, 9 * grain) == std::vector<Bytes>{"late"});
  CHECK_FALSE(index.first_due());
}

TEST_CASE("times_are_rounded_up_so_that_an_object_is_visited_once_for_many_that_are_near") {
  DueIndex index;
  for (std::uint64_t ms = 1; ms <= grain; ms += 100) index.note("hot", {ms, false});
  CHECK(index.first_due() == grain);
  CHECK(index.size() == 1);
  index.note("end of time", {~std::uint64_t{0}, false});
  CHECK(all_due(index, ~std::uint64_t{0}).size() == 2);
}

TEST_CASE("an_object_that_is_visited_is_still_listed_and_comes_back_with_what_it_keeps") {
  DueIndex index;
  index.note("key", {grain, false});
  auto row = index.take(grain);
  REQUIRE(row);
  CHECK(index.lists("key"));
  CHECK_FALSE(index.lists("other"));
  index.note("key", {5 * grain, false});  // meanwhile
  row->due_ms = 3 * grain;
  row->tries = 2;
  index.leave(row);
  CHECK(index.first_due() == 3 * grain);
  CHECK(index.take(3 * grain)->tries == 2);
  index.leave(std::nullopt);
  CHECK_FALSE(index.lists("key"));
}

TEST_CASE("objects_for_which_there_is_no_room_are_found_by_a_walk") {
  DueIndex index;
  for (std::size_t i = 0; i < DueIndex::rows_max; ++i)
    index.note("key " + std::to_string(i), {9 * grain, false});
  CHECK_FALSE(index.lists("one more"));
  index.note("one more", {4 * grain, false});
  index.note("another", {6 * grain, false});
  CHECK(index.size() == DueIndex::rows_max);
  CHECK(index.lists("one more"));
  CHECK(index.first_due() == 4 * grain);
  CHECK_FALSE(index.walk_is_due(4 * grain - 1));
  CHECK(index.walk_is_due(4 * grain));
  index.begin_walk();
  CHECK(index.lists("one more"));
  CHECK_FALSE(index.walk_is_due(4 * grain));
  index.end_walk();
  CHECK_FALSE(index.lists("one more"));
}

TEST_CASE("an_event_lists_the_object_whose_request_it_records") {
  Stored stored;
  stored.increment("k", 9'000'000);
  CHECK(stored.due().size() == 1);
  REQUIRE(stored.due().first_due());
  CHECK(*stored.due().first_due() >= 9'000'000);
  CHECK(*stored.due().first_due() < 9'000'000 + grain);
}

TEST_CASE("what_is_due_is_listed_again_when_a_store_is_opened") {
  Stored stored;
  stored.increment("stored", 9'000'000);
  stored.checkpoint();
  stored.increment("logged", 8'000'000);
  CW_CHECK(stored.store->write().has_value() && stored.store->sync().has_value(), "a turn");
  stored.open();
  CHECK(stored.due().size() == 2);
  CHECK(all_due(stored.due(), 8'000'000 + grain) == std::vector<Bytes>{"logged"});
  CHECK(all_due(stored.due(), 9'000'000 + grain) == std::vector<Bytes>{"stored"});
}

TEST_CASE("a_state_that_takes_anothers_place_brings_its_own_list") {
  Stored stored;
  stored.increment("old", 9'000'000);
  std::vector<Entry> entries;
  REQUIRE(stored.partition().walk(std::nullopt, [&](BytesView, const EntryView& entry) {
    entries.push_back({"new", Bytes(entry.path), entry.dot, Bytes(entry.payload)});
    return true;
  }));
  Partition& staged = stored.store->stage(p0);
  REQUIRE(staged.take(entries));
  staged.claim(stored.partition().clock(), stored.partition().hlc());
  REQUIRE(stored.store->adopt(p0, true, MonoTime(2s)));
  CHECK(all_due(stored.due(), 9'000'000 + grain) == std::vector<Bytes>{"new"});
}

TEST_CASE("an_object_with_something_to_forget_that_is_not_listed_is_noticed") {
  Stored stored;
  stored.increment("k", 9'000'000);
  REQUIRE(stored.store->verify());
  REQUIRE(stored.due().take(9'000'000 + grain));
  CHECK(stored.store->verify());  // it is being visited
  stored.due().leave(std::nullopt);
  CHECK_FALSE(stored.store->verify());
}
