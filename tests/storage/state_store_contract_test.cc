// What every engine of the state does alike.
#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <vector>

#include "base/random.h"
#include "engines.h"
#include "storage/lmdb_state.h"
#include "storage/memory_state.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::uint64_t plenty = std::uint64_t{1} << 32U;

struct Fixture {
  explicit Fixture(std::uint64_t bytes_max = plenty)
      : name(GENERATE(as<std::string>(), "memory", "disk")), engine(make_state_engine(name, bytes_max)) {}
  std::string name;
  std::unique_ptr<StateEngine> engine;
  StateStore& state() { return engine->state(); }
};

std::map<Bytes, Bytes> contents(const StateStore& state, BytesView from = {}) {
  std::map<Bytes, Bytes> found;
  Bytes previous;
  const Bytes start = from.empty() ? Bytes(1, '\0') : Bytes(from);
  REQUIRE(state.scan(start, [&](BytesView key, BytesView value) {
    REQUIRE(key > previous);
    previous = key;
    found.emplace(key, value);
    return true;
  }));
  return found;
}

std::optional<Bytes> got(const StateStore& state, BytesView key) {
  auto value = state.get(key);
  REQUIRE(value);
  return *value;
}

}  // namespace

TEST_CASE("what_was_committed_is_read_and_what_was_removed_is_absent") {
  Fixture f;
  REQUIRE(f.state().commit({{"a", "1"}, {"b", ""}, {"c", "3"}}));
  CHECK(got(f.state(), "a") == std::optional<Bytes>("1"));
  CHECK(got(f.state(), "b") == std::optional<Bytes>(""));
  CHECK(got(f.state(), "x") == std::optional<Bytes>());
  REQUIRE(f.state().commit({{"a", std::nullopt}, {"never there", std::nullopt}, {"c", "4"}}));
  CHECK(got(f.state(), "a") == std::optional<Bytes>());
  CHECK(contents(f.state()) == std::map<Bytes, Bytes>{{"b", ""}, {"c", "4"}});
  f.engine->restart();
  CHECK(contents(f.state()) == std::map<Bytes, Bytes>{{"b", ""}, {"c", "4"}});
}

TEST_CASE("keys_are_ordered_as_unsigned_bytes_up_to_511_of_them") {
  Fixture f;
  REQUIRE(f.state().commit(
      {{Bytes(511, '\xFF'), "last"}, {Bytes(1, '\0'), "first"}, {Bytes("\x7F"), "m"}, {Bytes("\x80"), "n"}}));
  std::vector<Bytes> values;
  REQUIRE(f.state().scan(Bytes("\x7F"), [&](BytesView, BytesView value) {
    values.emplace_back(value);
    return true;
  }));
  CHECK(values == std::vector<Bytes>{"m", "n", "last"});
}

TEST_CASE("a_visit_may_read") {
  Fixture f;
  REQUIRE(f.state().commit({{"a", "1"}, {"b", "2"}}));
  int inner = 0;
  REQUIRE(f.state().scan("a", [&](BytesView key, BytesView) {
    CHECK(got(f.state(), "b") == std::optional<Bytes>("2"));
    CHECK(f.state().scan(key, [&](BytesView, BytesView) { return ++inner > 0; }));
    return true;
  }));
  CHECK(inner == 3);
}

TEST_CASE("a_state_that_does_not_fit_stays_as_it_was") {
  Fixture f(std::uint64_t{1} << 20U);
  REQUIRE(f.state().commit({{"a", "before"}}));
  std::vector<StateWrite> large = {{"a", "after"}};
  for (int i = 0; i < 40; ++i) large.push_back({"k" + std::to_string(i), Bytes(50000, 'x')});
  const auto refused = f.state().commit(large);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::storage_full);
  CHECK(refused.error().tag == ErrorTag::retryable);
  CHECK(contents(f.state()) == std::map<Bytes, Bytes>{{"a", "before"}});
  REQUIRE(f.state().commit({{"a", "small"}}));
  f.engine->restart();
  CHECK(contents(f.state()) == std::map<Bytes, Bytes>{{"a", "small"}});
}

TEST_CASE("a_state_grows_with_what_is_put_in") {
  Fixture f;
  std::map<Bytes, Bytes> model;
  for (int turn = 0; turn < 6; ++turn) {
    std::vector<StateWrite> writes;
    for (int i = 0; i < 300; ++i) {
      const Bytes key = "key " + std::to_string(i * 7919 % 10007) + " " + std::to_string(turn);
      writes.push_back({key, Bytes(static_cast<std::size_t>(1000 + i), static_cast<char>('a' + turn))});
      model.insert_or_assign(key, *writes.back().value);
    }
    REQUIRE(f.state().commit(writes));
  }
  CHECK(f.state().bytes_used() > 1000000);
  f.engine->restart();
  CHECK(contents(f.state()) == model);
}

TEST_CASE("a_failed_commit_is_final_and_leaves_nothing") {
  Fixture f;
  REQUIRE(f.state().commit({{"a", "1"}}));
  if (f.name == "memory") static_cast<MemoryStateStore&>(f.state()).fail_next_commit();
  fail_syncs(true);
  const auto failed = f.state().commit({{"a", "2"}});
  fail_syncs(false);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::internal);
  CHECK(failed.error().sentence.find("stop the node") != std::string::npos);
  CHECK_FALSE(f.state().commit({{"a", "3"}}));
  f.engine->restart();
  CHECK(contents(f.state()) == std::map<Bytes, Bytes>{{"a", "1"}});
}

TEST_CASE("a_state_does_what_a_map_does") {
  Fixture f;
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 6));
  INFO("seed " << seed);
  Random random(seed);
  std::map<Bytes, Bytes> model;
  for (int step = 0; step < 60; ++step) {
    std::vector<StateWrite> writes;
    std::map<Bytes, bool> taken;
    for (std::uint64_t i = random.below(20); i > 0; --i) {
      Bytes key(1 + random.below(3), static_cast<char>(random.below(256)));
      key.push_back(static_cast<char>(random.below(256)));
      if (!taken.emplace(key, true).second) continue;
      if (random.chance(1, 3)) {
        writes.push_back({key, std::nullopt});
        model.erase(key);
      } else {
        writes.push_back({key, Bytes(random.below(3000), 'v')});
        model.insert_or_assign(key, *writes.back().value);
      }
    }
    REQUIRE(f.state().commit(writes));
    if (random.chance(1, 10)) f.engine->restart();
    const Bytes from(1, static_cast<char>(random.below(256)));
    REQUIRE(contents(f.state(), from) == std::map<Bytes, Bytes>(model.lower_bound(from), model.end()));
  }
}

TEST_CASE("lmdb_on_a_full_disk_says_so_and_goes_on_when_there_is_room") {
  TemporaryFolder folder;
  if (::mount("none", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
    WARN("not checked: mounting a small tmpfs needs root");
    return;
  }
  {
    const auto state = LmdbStateStore::open(folder.path(), {});
    REQUIRE(state);
    REQUIRE((*state)->commit({{"a", "before"}}));
    write_file(folder.path() + "/other", Bytes(500000, 'x'));
    for (int turn = 0; turn < 3; ++turn) {
      const auto refused = (*state)->commit({{"a", "after"}, {"large", Bytes(800000, 'x')}});
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::storage_full);
      CHECK(got(**state, "a") == "before");
    }
    std::filesystem::remove(folder.path() + "/other");
    REQUIRE((*state)->commit({{"a", "after"}, {"large", Bytes(800000, 'x')}}));
    CHECK(got(**state, "large") == Bytes(800000, 'x'));
  }
  ::umount(folder.path().c_str());
}
