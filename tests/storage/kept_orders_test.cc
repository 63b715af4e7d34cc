// Orders of elements that a store keeps: a large object is scanned for its order once, and small ones each time.
#include <catch2/catch.hpp>

#include "counting_state.h"
#include "crdt/element_order.h"
#include "engines.h"
#include "storage/memory_log.h"
#include "store_steps.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

const Place list = place_of("list", EntryType::list);
constexpr std::uint64_t items = 3'000;

Bytes number(std::uint64_t n) {
  Bytes digits = std::to_string(n);
  return Bytes(6 - digits.size(), '0') + digits;
}

/// A store whose events are one mutation each; no model follows them.
struct Lists {
  explicit Lists(StoreLimits limits = {}) : store(opened(log, state, limits)) {}

  void put(const Place& place, BytesView item) {
    EventDraft event;
    event.dot = {ActorId{1}, ++counter};
    event.mutations.push_back(Update{
        Bytes(place.key), place.base_in(item) + make_path(EntryType::reg, Part::value), "12345678", {}});
    REQUIRE(store->partition(p).apply(*DraftedEvent(event), true));
  }
  void remove_range(const Place& place) {
    EventDraft event;
    event.dot = {ActorId{1}, ++counter};
    event.mutations.push_back(RangeRemoval{Bytes(place.key), Bytes(place.base), store->partition(p).clock()});
    REQUIRE(store->partition(p).apply(*DraftedEvent(event), true));
  }
  void fill(const Place& place) {
    for (std::uint64_t i = 0; i < items; ++i) put(place, number(2 * i));
    REQUIRE(store->checkpoint(MonoTime()));
  }
  /// How many items it has, and how many records were read for it.
  std::pair<std::uint64_t, std::size_t> order(const Place& place) {
    state.forget();
    ElementOrder scratch;
    const auto order = store->partition(p).order(place, scratch);
    REQUIRE(order);
    return {(*order)->size(), state.scanned};
  }

  MemoryEventLog log;
  CountingState state;
  std::unique_ptr<ShardStore> store;
  std::uint64_t counter = 0;
};

}  // namespace

TEST_CASE("the_order_of_a_large_object_is_scanned_once_and_follows_each_change") {
  Lists lists;
  const Bytes base = place_of("map", EntryType::map).base_in("field");
  const Place nested{"map", base, EntryType::list};
  for (const Place& place : {list, nested}) {
    lists.fill(place);
    const auto [size, scanned] = lists.order(place);
    CHECK(size == items);
    CHECK(scanned >= items);
    lists.put(place, number(1001));
    lists.put(place, number(1001));  // it is there already
    CHECK(lists.order(place) == std::pair<std::uint64_t, std::size_t>(items + 1, 0));
    ElementOrder scratch;
    const auto order = lists.store->partition(p).order(place, scratch);
    REQUIRE(order);
    CHECK((*order)->at(501) == number(1001));
    CHECK((*order)->rank(number(1002)) == 502);
    REQUIRE(lists.store->verify());
  }
}

TEST_CASE("the_order_of_what_was_removed_is_not_that_of_what_comes_after") {
  Lists lists;
  lists.fill(list);
  CHECK(lists.order(list).first == items);
  lists.remove_range(place_of("list", EntryType::list));
  CHECK(lists.order(list).first == 0);
  lists.fill(list);
  CHECK(lists.order(list).first == items);
  CHECK(lists.order(list).second == 0);
  REQUIRE(lists.store->verify());
}

TEST_CASE("an_order_for_which_there_is_no_room_is_not_kept_and_right_all_the_same") {
  StoreLimits limits;
  limits.tier_bytes_max = 4096;
  Lists lists(limits);
  lists.fill(list);
  for (int i = 0; i < 2; ++i) {
    const auto [size, scanned] = lists.order(list);
    CHECK(size == items);
    CHECK(scanned >= items);
  }
  REQUIRE(lists.store->verify());
}

TEST_CASE("orders_that_were_not_asked_for_make_room_for_those_that_are") {
  StoreLimits limits;
  limits.tier_bytes_max = std::size_t{384} << 10U;  // room for one of them, and not for two
  Lists lists(limits);
  const Place other = place_of("other", EntryType::list);
  lists.fill(list);
  lists.fill(other);
  CHECK(lists.order(list).second >= items);
  CHECK(lists.order(list).second == 0);
  for (int i = 0; i < 3; ++i) {
    lists.order(other);
    lists.store->make_room();
  }
  CHECK(lists.order(other).second == 0);
  CHECK(lists.order(list).second >= items);
  REQUIRE(lists.store->verify());
}
