// Proves that a change of the number of shards moves partitions as they are: entries, clock, digest, and the log with its
// marks; and that what was damaged or does not add up is not moved.
#include <array>

#include "base/random.h"
#include "engines.h"
#include "ring/shards.h"
#include "storage/reshard.h"
#include "store_steps.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::uint32_t partitions = 6;
constexpr LogLimits short_segments{4096, 1 << 24, 2000, 512};

struct Shards {
  explicit Shards(const std::string& engine, std::uint32_t count) {
    for (std::uint32_t k = 0; k < count; ++k) {
      logs.push_back(make_log_engine(engine, short_segments));
      states.push_back(make_state_engine(engine, plenty));
    }
  }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(logs.size()); }
  [[nodiscard]] std::vector<ShardFiles> files() {
    std::vector<ShardFiles> all;
    for (std::uint32_t k = 0; k < count(); ++k) all.push_back({logs[k]->log(), states[k]->state()});
    return all;
  }
  /// Of a process that has just begun.
  std::unique_ptr<ShardStore> open(std::uint32_t k) {
    logs[k]->restart();
    states[k]->restart();
    std::vector<PartitionId> held;
    for (std::uint32_t p = 0; p < partitions; ++p) {
      if (shard_at(PartitionId{p}, count()) == k) held.push_back(PartitionId{p});
    }
    StoreLimits limits;
    limits.log_bytes_max = 16 << 10U;
    auto store = ShardStore::open(logs[k]->log(), states[k]->state(), held, limits);
    INFO((store ? "" : to_string(store.error())));
    REQUIRE(store);
    return std::move(*store);
  }

  std::vector<std::unique_ptr<LogEngine>> logs;
  std::vector<std::unique_ptr<StateEngine>> states;
};

Result<void> move(Shards& from, Shards& to) {
  const auto home = [&](PartitionId id) -> std::size_t { return shard_at(id, to.count()); };
  const auto about = [](BytesView note) -> std::optional<PartitionId> {
    if (note.starts_with("of ")) return PartitionId{static_cast<std::uint32_t>(note.back() - '0')};
    return std::nullopt;
  };
  for (const ShardFiles& shard : to.files()) REQUIRE(shard.log.recover(Sequence{0}));
  return reshard(from.files(), to.files(), {home, about});
}

/// The events of a partition that the log serves to somebody at `clock`, and which are behind it; nothing: full sync.
std::optional<std::vector<Bytes>> served(const Partition& partition, const VersionVector& clock) {
  const auto from = partition.log_position(clock);
  if (!from) return std::nullopt;
  std::vector<Bytes> events;
  REQUIRE(partition.read_log(*from, [&](const LogRecord& record) {
    Event event;
    REQUIRE(decode_event(record.bytes, event));
    if (!clock.covers(event.dot)) events.emplace_back(record.bytes);
    return true;
  }));
  return events;
}

}  // namespace

TEST_CASE("partitions_move_to_other_shards_as_they_are") {
  const std::string engine = GENERATE("memory", "disk");
  const auto [before, after] =
      GENERATE(std::pair(1U, 3U), std::pair(3U, 1U), std::pair(2U, 3U), std::pair(4U, 2U));
  const std::uint64_t seed = run_seed() + before * 10 + after;
  INFO("seed " << seed);
  Random random(seed);
  Shards old(engine, before);
  std::array<Model, partitions> models;
  std::vector<VersionVector> clocks[partitions];
  for (std::uint32_t k = 0; k < before; ++k) {
    testing::History history(seed + k);
    const auto store = old.open(k);
    REQUIRE(store->set_note_now("all", std::to_string(k)));
    for (const PartitionId id : store->partitions())
      REQUIRE(store->set_note_now("of " + std::to_string(id.value), "note"));
    for (int step = 0; step < 400; ++step) {
      const PartitionId id = store->partitions()[random.below(store->partitions().size())];
      Model& model = models[id.value];
      if (random.chance(1, 10)) clocks[id.value].push_back(model.clock());
      apply(*store, model, history.next(model), id);
      if (random.chance(1, 40)) REQUIRE(store->write());
      if (random.chance(1, 60)) REQUIRE(store->sync());
      if (random.chance(1, 80)) {
        REQUIRE(store->checkpoint(MonoTime{}));
        REQUIRE(store->trim());
      }
    }
    REQUIRE(store->write());
    REQUIRE(store->sync());
  }
  // As the next start finds them, with nothing left to replay.
  for (std::uint32_t k = 0; k < before; ++k) REQUIRE(old.open(k)->checkpoint(MonoTime{}));

  Shards now(engine, after);
  const auto moved = move(old, now);
  INFO((moved ? "" : to_string(moved.error())));
  REQUIRE(moved);

  for (std::uint32_t k = 0; k < after; ++k) {
    const auto store = now.open(k);
    REQUIRE(store->verify());
    CHECK(store->note("all").value() == std::optional<Bytes>("0"));
    for (const PartitionId id : store->partitions()) {
      INFO("partition " << id.value);
      const Partition& partition = store->partition(id);
      models[id.value].check(partition);
      CHECK(store->note("of " + std::to_string(id.value)).value() == std::optional<Bytes>("note"));
      const auto source = old.open(shard_at(id, before));  // as it was
      const Partition& same = source->partition(id);
      CHECK(partition.clock() == same.clock());
      CHECK(partition.floor() == same.floor());
      CHECK(partition.hlc() == same.hlc());
      for (const VersionVector& clock : clocks[id.value])
        CHECK(served(partition, clock) == served(same, clock));
    }
  }
  // It goes on as any store does.
  for (std::uint32_t k = 0; k < after; ++k) {
    testing::History history(seed + 100 + k);
    {
      const auto store = now.open(k);
      for (int step = 0; step < 50; ++step) {
        const PartitionId id = store->partitions()[random.below(store->partitions().size())];
        apply(*store, models[id.value], history.next(models[id.value]), id);
      }
      REQUIRE(store->write());
      REQUIRE(store->sync());
    }
    const auto store = now.open(k);
    REQUIRE(store->verify());
    for (const PartitionId id : store->partitions()) models[id.value].check(store->partition(id));
  }
}

TEST_CASE("a_log_that_does_not_lead_to_the_state_is_not_moved") {
  Shards old("memory", 1);
  Model model;
  {
    const auto store = old.open(0);
    apply(*store, model, put(model, "a", member, ""), PartitionId{0});
    REQUIRE(store->checkpoint(MonoTime{}));
    apply(*store, model, put(model, "b", member, ""), PartitionId{0});
    REQUIRE(store->write());
    REQUIRE(store->sync());
  }
  Shards now("memory", 2);
  const auto moved = move(old, now);
  REQUIRE_FALSE(moved);
  CHECK(moved.error().sentence.find("does not lead to its state") != std::string::npos);
}
