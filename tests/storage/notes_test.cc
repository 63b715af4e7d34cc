// Notes: small durable facts beside the entries, on each engine.
#include "storage/notes.h"

#include <catch2/catch.hpp>

#include "engines.h"
#include "storage/shard_store.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("notes_are_kept") {
  const std::string name = GENERATE(as<std::string>(), "memory", "disk");
  const auto log = make_log_engine(name, {});
  const auto state = make_state_engine(name, std::uint64_t{1} << 32U);
  const auto opened = [&] {
    auto store = ShardStore::open(log->log(), state->state(), {PartitionId{7}}, {});
    REQUIRE(store);
    return std::move(*store);
  };
  auto store = opened();
  const auto restart = [&] {
    store.reset();
    log->restart();
    state->restart();
    store = opened();
  };
  const auto noted = [&](BytesView note_name) {
    auto value = store->note(note_name);
    REQUIRE(value);
    return *value;
  };
  REQUIRE(store->set_note_now("a/1", "one"));
  store->set_note("a/2", "two");
  store->set_note("a/1", "three");
  CHECK(noted("a/1") == "three");
  restart();
  CHECK(noted("a/1") == "one");
  CHECK(noted("a/2") == std::nullopt);
  store->set_note("a/2", "two");
  store->set_note("a/1", "three");
  REQUIRE(store->set_note_now("a/1", "four"));
  REQUIRE(store->set_note_now("b", ""));
  CHECK(noted("a/1") == "four");
  REQUIRE(store->checkpoint(MonoTime()));
  store->set_note("a/0", "pending");
  std::vector<std::pair<Bytes, Bytes>> visited;
  REQUIRE(store->notes("a/", [&](BytesView at, BytesView value) {
    visited.emplace_back(at, value);
    REQUIRE(store->set_note_now(at, value));
  }));
  CHECK(visited == std::vector<std::pair<Bytes, Bytes>>{{"a/0", "pending"}, {"a/1", "four"}, {"a/2", "two"}});
  restart();
  CHECK(noted("a/1") == "four");
  CHECK(noted("b") == "");
}
