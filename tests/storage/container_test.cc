// What a container costs: a change of one element touches its record and those of the containers around it, whatever their size, and
// what is known of a container as a whole is read at a point.
#include <catch2/catch.hpp>
#include <iostream>

#include "counting_state.h"
#include "engines.h"
#include "storage/memory_log.h"
#include "store_steps.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

const Place hash = place_of("hash", EntryType::map);
const Bytes stamp(8, 's');

Bytes number(std::uint64_t n) {
  Bytes digits = std::to_string(n);
  return Bytes(8 - digits.size(), '0') + digits;
}
Bytes text_in(BytesView base) { return Bytes(base) + make_path(EntryType::string, Part::value); }
Bytes member_in(BytesView base, BytesView name) {
  return Bytes(base) + make_path(EntryType::set, Part::value, name);
}

/// A store whose events are one insertion each; no model follows them.
struct Small {
  explicit Small(StoreLimits limits = {}) : store(opened(log, state, limits)) {}

  void put(BytesView key, Bytes path, Bytes payload, std::vector<Dot> supersedes = {}) {
    EventDraft event;
    event.dot = {ActorId{1}, ++counter};
    event.mutations.push_back(Update{Bytes(key), std::move(path), std::move(payload), std::move(supersedes)});
    apply(event);
  }
  void remove_range(BytesView key, BytesView prefix) {
    EventDraft event;
    event.dot = {ActorId{1}, ++counter};
    event.mutations.push_back(RangeRemoval{Bytes(key), Bytes(prefix), store->partition(p).clock()});
    apply(event);
  }
  void apply(const EventDraft& event) {
    const auto applied = store->partition(p).apply(*DraftedEvent(event), true);
    INFO((applied ? "" : to_string(applied.error())));
    REQUIRE(applied);
  }
  [[nodiscard]] ObjectSummary summary(BytesView key, BytesView base) const {
    ObjectSummary summary;
    REQUIRE(store->partition(p).summary(key, base, summary));
    return summary;
  }
  /// All is in the state, nothing in memory.
  void store_all() {
    REQUIRE(store->checkpoint(MonoTime()));
    store.reset();
    StoreLimits limits;
    limits.tier_bytes_max = 0;
    store = opened(log, state, limits);
    state.forget();
  }

  MemoryEventLog log;
  CountingState state;
  std::unique_ptr<ShardStore> store;
  std::uint64_t counter = 0;
};

/// A hash of `fields` fields; in the one in the middle a set of `members` members, in all others a text.
void fill(Small& small, std::uint64_t fields, std::uint64_t members) {
  for (std::uint64_t i = 0; i < fields; ++i)
    small.put("hash", text_in(hash.base_in(number(i))), stamp + "text");
  const Bytes base = hash.base_in(number(fields / 2));
  for (std::uint64_t i = 0; i < members; ++i) small.put("hash", member_in(base, number(i)), {});
}

}  // namespace

TEST_CASE("a_change_in_a_large_hash_rewrites_the_field_and_what_is_known_of_the_hash") {
  Small small;
  fill(small, 5000, 2000);
  REQUIRE(small.store->checkpoint(MonoTime()));
  const Bytes set_base = hash.base_in(number(2500));
  SECTION("a text that is replaced") {
    small.put("hash", text_in(hash.base_in(number(7))), stamp + "other", {{ActorId{1}, 8}});
    CHECK(small.store->dirty_bytes() < 256);
  }
  SECTION("a new field") {
    small.put("hash", text_in(hash.base_in("new")), stamp + "text");
    CHECK(small.store->dirty_bytes() < 256);
    CHECK(small.summary("hash", {}).count(EntryType::map) == 5001);
  }
  SECTION("a new member of a large set in a field") {
    small.put("hash", member_in(set_base, "new"), {});
    CHECK(small.store->dirty_bytes() < 384);
    CHECK(small.summary("hash", set_base).count(EntryType::set) == 2001);
    CHECK(small.summary("hash", {}).count(EntryType::map) == 5000);
  }
  REQUIRE(small.store->verify());
}

TEST_CASE("what_is_known_of_a_container_is_read_at_a_point_at_any_depth") {
  Small small;
  fill(small, 300, 300);
  const Bytes outer = hash.base_in("deep");
  const Bytes inner = Place{"hash", outer, EntryType::map}.base_in("deeper");
  for (std::uint64_t i = 0; i < 300; ++i) {
    small.put("hash", text_in(Place{"hash", outer, EntryType::map}.base_in(number(i))), stamp + "text");
    small.put("hash", member_in(inner, number(i)), {});
  }
  small.store_all();
  CHECK(small.summary("hash", {}).count(EntryType::map) == 301);
  CHECK(small.summary("hash", outer).count(EntryType::map) == 301);
  CHECK(small.summary("hash", inner).count(EntryType::set) == 300);
  CHECK(small.summary("hash", hash.base_in(number(1))).count(EntryType::string) == 1);
  CHECK(small.state.scanned == 0);
  small.store->make_room();
  small.state.forget();
  std::size_t found = 0;
  REQUIRE(small.store->partition(p).at("hash", member_in(inner, number(9)),
                                       [&](const EntryView&) { return ++found > 0; }));
  CHECK(found == 1);
  CHECK(small.state.gets <= 4);  // the object, two fields, the member
  CHECK(small.state.scanned == 0);
}

TEST_CASE("what_is_below_a_field_is_read_and_removed_without_its_siblings") {
  Small small;
  fill(small, 3000, 50);
  const Bytes base = hash.base_in(number(1500));
  for (const bool stored : {true, false}) {
    if (stored) small.store_all();
    small.state.forget();
    std::size_t found = 0;
    REQUIRE(small.store->partition(p).scan("hash", base, [&](const EntryView&) { return ++found > 0; }));
    CHECK(found == 51);
    CHECK(small.state.scanned <= 52);
  }
  small.state.forget();
  small.remove_range("hash", base);
  CHECK(small.state.scanned <= 52);
  CHECK(small.summary("hash", {}).count(EntryType::map) == 2999);
  CHECK(small.summary("hash", base) == ObjectSummary());
  REQUIRE(small.store->verify());
}

TEST_CASE("a_field_that_grew_large_and_was_emptied_may_grow_again") {
  StoreLimits limits;
  limits.whole_bytes_max = 100;
  Small small(limits);
  for (int round = 0; round < 3; ++round) {
    fill(small, 10, 20);
    if (round == 1) REQUIRE(small.store->checkpoint(MonoTime()));
    REQUIRE(small.store->verify());
    const Bytes base = hash.base_in(number(5));
    small.remove_range("hash", base);
    CHECK(small.summary("hash", {}).count(EntryType::map) == 9);
    REQUIRE(small.store->verify());
  }
  small.store_all();
  REQUIRE(small.store->verify());
}

// Key and value of the record of one element, less what the user gave: the object's key is in none of them.
TEST_CASE("an_element_of_a_large_object_costs_at_most_24_bytes_besides_itself") {
  struct Kind {
    const char* what;
    std::function<void(Small&, const Bytes& name)> add;
    std::size_t value_bytes;
    double allowed;
  };
  const auto in_field = [](EntryType type, EntryType inner, Bytes value) {
    return [=](Small& small, const Bytes& name) {
      small.put("key", place_of("key", type).base_in(name) + make_path(inner, Part::value), stamp + value);
    };
  };
  const Kind kinds[] = {
      {"set member", [](Small& small, const Bytes& name) { small.put("key", member_in({}, name), {}); }, 0,
       16},
      {"hash field", in_field(EntryType::map, EntryType::string, "the value"), 9, 24},
      {"sorted set member", in_field(EntryType::sorted_set, EntryType::score, Bytes(8, '\x3f')), 8, 24},
      {"list item, its position aside", in_field(EntryType::list, EntryType::reg, "the item"), 8, 24},
  };
  constexpr std::size_t elements = 20'000;
  for (const Kind& kind : kinds) {
    Small small;
    for (std::size_t i = 0; i < elements; ++i) kind.add(small, "name " + number(i));
    REQUIRE(small.store->checkpoint(MonoTime()));
    std::size_t records = 0;
    std::size_t bytes = 0;
    REQUIRE(small.state.scan(keys::entries(StateId{1}), [&](BytesView key, BytesView value) {
      if (!key.starts_with(keys::entries(StateId{1}))) return false;
      ++records;
      bytes += key.size() + value.size();
      return true;
    }));
    REQUIRE(records == elements);
    const double metadata =
        static_cast<double>(bytes) / elements - (5 + 8) - static_cast<double>(kind.value_bytes);
    INFO(kind.what << ": " << metadata << " bytes");
    CHECK(metadata <= kind.allowed);
    std::cout << kind.what << ": " << metadata << " bytes of metadata\n";
  }
}
