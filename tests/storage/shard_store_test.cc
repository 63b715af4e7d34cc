#include "storage/shard_store.h"

#include <catch2/catch.hpp>

#include "history.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId partition_7{7};

std::unique_ptr<ShardStore> opened(EventLog& log, StateStore& state, const StoreLimits& limits = {}) {
  auto store = ShardStore::open(log, state, {partition_7}, limits);
  INFO((store ? "" : to_string(store.error())));
  REQUIRE(store);
  return std::move(*store);
}

}  // namespace

TEST_CASE("state_is_a_function_of_the_applied_events_through_checkpoints_and_restarts") {
  const std::uint64_t seed = GENERATE(range(1, 30));
  INFO("seed " << seed);
  Random random(seed);
  History history(seed);
  Model model;
  MemoryEventLog log(LogLimits{4096, 1 << 24, 0, 0});
  MemoryStateStore state;
  StoreLimits limits;
  limits.cache_bytes_max = random.chance(1, 2) ? 2000 : 1 << 20;
  auto store = opened(log, state, limits);
  for (int step = 0; step < 300; ++step) {
    const Event event = history.next(model);
    REQUIRE(store->partition(partition_7).apply(event, encode_event(event), true));
    model.apply(event);
    if (random.chance(1, 20)) REQUIRE(store->checkpoint(MonoTime(Micros(step))));
    if (random.chance(1, 30)) {
      REQUIRE(store->write());
      store.reset();
      log.crash({});
      store = opened(log, state, limits);
    }
    if (random.chance(1, 10)) model.check(store->partition(partition_7));
  }
  model.check(store->partition(partition_7));
}
