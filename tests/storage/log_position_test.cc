// From where a requester reads, what trimming costs it, and that nobody is ever given a log with a hole (rules 3 and 4).
#include <catch2/catch.hpp>
#include <deque>
#include <set>

#include "engines.h"
#include "history.h"
#include "storage/keys.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p{1};
constexpr PartitionId q{2};
constexpr LogLimits small_segments{2048, 1 << 24, 1000, 512};

std::unique_ptr<ShardStore> opened(EventLog& log, StateStore& state, const StoreLimits& limits) {
  auto store = ShardStore::open(log, state, {p, q}, limits);
  INFO((store ? "" : to_string(store.error())));
  REQUIRE(store);
  return std::move(*store);
}

/// Small events of a few actors.
EventDraft next_event(Random& random, const VersionVector& clock, std::uint64_t& number) {
  EventDraft event;
  const ActorId actor{1 + random.below(4)};
  event.dot = {actor, clock.counter(actor) + 1};
  event.mutations.push_back(Update{"k" + std::to_string(random.below(5)),
                                   make_path(EntryType::set, Part::value, std::to_string(number++)),
                                   "v",
                                   {}});
  return event;
}

/// The requester gets every event that it lacks, in an order in which it can apply them; or is told that it needs full sync,
/// and then it does lack one that is gone.
void check_requester(const Partition& partition, const VersionVector& clock, const std::set<Dot>& applied) {
  std::set<Dot> wanted;
  for (const Dot& dot : applied) {
    if (!clock.covers(dot)) wanted.insert(dot);
  }
  std::set<Dot> logged;
  REQUIRE(partition.read_log(Sequence{0}, [&](const LogRecord& record) {
    logged.insert(decode_event_head(record.bytes)->dot);
    return true;
  }));
  const bool all_there = std::includes(logged.begin(), logged.end(), wanted.begin(), wanted.end());
  const auto position = partition.log_position(clock);
  REQUIRE(position.has_value() == clock.covers(partition.floor()));
  // The floor is exact: what is refused is gone.
  REQUIRE(position.has_value() == all_there);
  if (!position) return;
  VersionVector reached = clock;
  REQUIRE(partition.read_log(*position, [&](const LogRecord& record) {
    const auto head = decode_event_head(record.bytes);
    if (reached.covers(head->dot)) return true;
    REQUIRE(is_ready(head->dot, head->deps, reached));
    reached.raise(head->dot);
    return true;
  }));
  REQUIRE(reached.covers(partition.clock()));
}

}  // namespace

TEST_CASE("a_requester_gets_what_it_lacks_or_is_told_that_it_needs_full_sync") {
  const std::string name = GENERATE(as<std::string>(), "memory", "disk");
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 20));
  INFO(name << ", seed " << seed);
  Random random(seed);
  const auto log = make_log_engine(name, small_segments);
  const auto state = make_state_engine(name, std::uint64_t{1} << 32U);
  StoreLimits limits;
  limits.log_bytes_max = random.chance(1, 2) ? std::uint64_t{1} << 32U : 10 * small_segments.segment_bytes;
  auto store = opened(log->log(), state->state(), limits);
  std::uint64_t number = 0;
  std::map<PartitionId, std::set<Dot>> applied;
  std::map<PartitionId, std::deque<VersionVector>> past;  // clocks that requesters may have stopped at
  for (int step = 0; step < 1500; ++step) {
    const PartitionId id = random.below(20) == 0 ? q : p;  // one of them is quiet
    const EventDraft event = next_event(random, store->partition(id).clock(), number);
    if (random.chance(1, 40)) past[id].push_back(store->partition(id).clock());
    REQUIRE(store->partition(id).apply(*DraftedEvent(event), true));
    applied[id].insert(event.dot);
    if (random.chance(1, 60)) REQUIRE(store->checkpoint(MonoTime()));
    if (random.chance(1, 60) && !past[id].empty()) {
      store->set_stable(id, past[id][random.below(past[id].size())]);
      REQUIRE(store->trim());
    }
    if (random.chance(1, 120)) {
      REQUIRE(store->write());
      store.reset();
      log->restart();
      state->restart();
      store = opened(log->log(), state->state(), limits);
    }
    if (!random.chance(1, 25)) continue;
    for (const PartitionId partition : {p, q}) {
      check_requester(store->partition(partition), {}, applied[partition]);
      check_requester(store->partition(partition), store->partition(partition).clock(), applied[partition]);
      if (past[partition].empty()) continue;
      VersionVector clock = past[partition][random.below(past[partition].size())];
      check_requester(store->partition(partition), clock, applied[partition]);
      // One that has also applied some actor's later events, from elsewhere.
      const ActorId ahead{1 + random.below(4)};
      clock.raise({ahead, store->partition(partition).clock().counter(ahead) + random.below(3)});
      check_requester(store->partition(partition), clock, applied[partition]);
    }
  }
  if (limits.log_bytes_max < (1U << 30U)) {
    REQUIRE(store->checkpoint(MonoTime()));
    REQUIRE(store->trim());
    CHECK(store->log_bytes() <= limits.log_bytes_max);
    CHECK_FALSE(store->partition(p).log_position({}).has_value());
  }
}

TEST_CASE("a_position_is_close_to_what_is_lacked") {
  MemoryEventLog log;
  MemoryStateStore state;
  auto store = opened(log, state, {});
  Random random(1);
  std::uint64_t number = 0;
  for (int i = 0; i < 10000; ++i) {
    const EventDraft event = next_event(random, store->partition(p).clock(), number);
    REQUIRE(store->partition(p).apply(*DraftedEvent(event), true));
  }
  const VersionVector clock = store->partition(p).clock();
  for (int i = 0; i < 10; ++i) {
    const EventDraft event = next_event(random, store->partition(p).clock(), number);
    REQUIRE(store->partition(p).apply(*DraftedEvent(event), true));
  }
  CHECK(store->partition(p).log_position(clock)->value >= 10000 - 256);
  CHECK(store->partition(p).log_position(store->partition(p).clock())->value == 10011);
  CHECK(store->partition(p).log_position({})->value == 1);
  CHECK(store->partition(q).log_position({}).has_value());
}

TEST_CASE("what_is_not_stable_is_kept_until_the_limit") {
  const LogLimits limits{2048, 1 << 24, 0, 512};
  MemoryEventLog log(limits);
  MemoryStateStore state;
  StoreLimits store_limits;
  store_limits.log_bytes_max = 8 * limits.segment_bytes;
  auto store = opened(log, state, store_limits);
  Random random(2);
  std::uint64_t number = 0;
  const auto apply_some = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const EventDraft event = next_event(random, store->partition(p).clock(), number);
      REQUIRE(store->partition(p).apply(*DraftedEvent(event), true));
    }
  };
  apply_some(100);
  const VersionVector early = store->partition(p).clock();
  // Stable, but in no checkpoint.
  store->set_stable(p, early);
  REQUIRE(store->trim());
  CHECK(log.first() == Sequence{1});
  // Stable and in a checkpoint; the other partition has nothing in the log, and holds nothing up.
  REQUIRE(store->checkpoint(MonoTime()));
  REQUIRE(store->trim());
  CHECK(log.first() > Sequence{50});
  CHECK(early.covers(store->partition(p).floor()));
  CHECK(store->partition(q).floor().empty());
  // Not stable: kept up to the limit, then dropped, and those who lack it are told.
  apply_some(100);
  REQUIRE(store->checkpoint(MonoTime()));
  REQUIRE(store->trim());
  CHECK(store->partition(p).log_position(early).has_value());
  apply_some(300);
  REQUIRE(store->trim());
  CHECK(log.first().value <= 201);  // what is in no checkpoint stays, whatever the limit
  REQUIRE(store->checkpoint(MonoTime()));
  REQUIRE(store->trim());
  CHECK(store->log_bytes() <= store_limits.log_bytes_max);
  CHECK_FALSE(store->partition(p).log_position(early).has_value());
  // Nor does the state keep marks of what is gone.
  REQUIRE(store->checkpoint(MonoTime()));
  REQUIRE(state.scan(keys::marks(p), [&](BytesView key, BytesView) {
    CHECK((!key.starts_with(keys::marks(p)) || keys::parse_mark(key) >= log.first()));
    return key.starts_with(keys::marks(p));
  }));
  REQUIRE(store->verify());
}

TEST_CASE("a_partition_that_is_not_held_holds_no_segment") {
  const LogLimits limits{2048, 1 << 24, 0, 512};
  MemoryEventLog log(limits);
  MemoryStateStore state;
  auto store = opened(log, state, {});
  Random random(5);
  std::uint64_t number = 0;
  for (int i = 0; i < 100; ++i) {
    for (const PartitionId id : {p, q}) {
      const EventDraft event = next_event(random, store->partition(id).clock(), number);
      REQUIRE(store->partition(id).apply(*DraftedEvent(event), true));
    }
  }
  REQUIRE(store->checkpoint(MonoTime()));
  store->set_stable(p, store->partition(p).clock());
  REQUIRE(store->trim());
  CHECK(log.first() == Sequence{1});
  auto only_p = ShardStore::open(log, state, {p}, {});
  REQUIRE(only_p);
  (*only_p)->set_stable(p, (*only_p)->partition(p).clock());
  REQUIRE((*only_p)->trim());
  CHECK(log.first() > Sequence{100});
}

TEST_CASE("a_floor_raised_by_a_trim_is_known_after_a_crash_before_the_next_checkpoint") {
  const LogLimits limits{2048, 1 << 24, 0, 512};
  MemoryEventLog log(limits);
  MemoryStateStore state;
  auto store = opened(log, state, {});
  Random random(3);
  std::uint64_t number = 0;
  for (int i = 0; i < 300; ++i) {
    const EventDraft event = next_event(random, store->partition(p).clock(), number);
    REQUIRE(store->partition(p).apply(*DraftedEvent(event), true));
    if (i == 200) REQUIRE(store->checkpoint(MonoTime()));
  }
  store->set_stable(p, store->partition(p).clock());
  REQUIRE(store->trim());
  const VersionVector floor = store->partition(p).floor();
  REQUIRE_FALSE(floor.empty());
  REQUIRE(store->write());
  store.reset();
  log.crash({});
  store = opened(log, state, {});
  CHECK(store->partition(p).floor() == floor);
  CHECK_FALSE(store->partition(p).log_position({}).has_value());
}

TEST_CASE("the_log_is_not_trimmed_down_to_records_that_a_power_cut_may_take") {
  const LogLimits limits{2048, 1 << 24, 0, 512};
  MemoryEventLog log(limits);
  MemoryStateStore state;
  auto store = opened(log, state, {});
  Random random(4);
  std::uint64_t number = 0;
  VersionVector clock;
  while (log.last().value == 0 || log.segment_first(log.last()) == Sequence{1}) {
    REQUIRE(store->checkpoint(MonoTime()));
    clock = store->partition(p).clock();
    const EventDraft event = next_event(random, clock, number);
    REQUIRE(store->partition(p).apply(*DraftedEvent(event), true));
  }
  // All in the first segment may go, but then nothing that is durable would be left.
  store->set_stable(p, clock);
  REQUIRE(store->trim());
  REQUIRE(store->write());
  store.reset();
  log.crash({true, 0, true});
  store = opened(log, state, {});
  CHECK(log.first() == Sequence{1});
  CHECK(store->partition(p).clock() == clock);
  CHECK(store->partition(p).log_position({}) == Sequence{1});
}
