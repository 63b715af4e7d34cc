// What every engine of the log does alike.
#include <catch2/catch.hpp>
#include <vector>

#include "base/random.h"
#include "engines.h"
#include "storage/memory_log.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId a{1};
constexpr PartitionId b{2};
constexpr PartitionId c{0xFFFFFFFF};

struct Copy {
  Sequence sequence;
  PartitionId partition;
  Bytes bytes;
  friend bool operator==(const Copy&, const Copy&) = default;
};

std::vector<Copy> all(const EventLog& log, Sequence from = Sequence{0}) {
  std::vector<Copy> copies;
  REQUIRE(log.read_all(from, [&](const LogRecord& record) {
    copies.push_back({record.sequence, record.partition, Bytes(record.bytes)});
    return true;
  }));
  return copies;
}

std::vector<Copy> of(const EventLog& log, PartitionId partition, Sequence from = Sequence{0}) {
  std::vector<Copy> copies;
  REQUIRE(log.read(partition, from, [&](const LogRecord& record) {
    copies.push_back({record.sequence, record.partition, Bytes(record.bytes)});
    return true;
  }));
  return copies;
}

Sequence appended(EventLog& log, PartitionId partition, BytesView bytes, bool reserved = false) {
  const auto sequence = log.append(partition, bytes, reserved);
  INFO((sequence ? "" : to_string(sequence.error())));
  REQUIRE(sequence);
  return *sequence;
}

void restart(LogEngine& engine) {
  engine.restart();
  REQUIRE(engine.log().recover(Sequence{0}));
}

constexpr LogLimits one_mebibyte{.segment_bytes = 1 << 20};

struct Fixture {
  explicit Fixture(const LogLimits& limits = one_mebibyte)
      : engine(make_log_engine(GENERATE(as<std::string>(), "memory", "disk"), limits)) {
    REQUIRE(engine->log().recover(Sequence{0}));
  }
  std::unique_ptr<LogEngine> engine;
  EventLog& log() { return engine->log(); }
};

constexpr LogLimits small_segments{1024, 1 << 24, 600, 200};

}  // namespace

TEST_CASE("an_empty_log_has_no_first_and_no_last_record") {
  Fixture f;
  CHECK(f.log().first() == Sequence{0});
  CHECK(f.log().last() == Sequence{0});
  CHECK(f.log().durable() == Sequence{0});
  CHECK(f.log().oldest_segment_end() == Sequence{0});
  CHECK(all(f.log()).empty());
  CHECK(f.log().write());
  CHECK(f.log().sync());
}

TEST_CASE("records_are_read_before_they_are_written_and_after") {
  Fixture f;
  CHECK(appended(f.log(), a, "one") == Sequence{1});
  CHECK(appended(f.log(), b, "") == Sequence{2});
  CHECK(appended(f.log(), a, "three") == Sequence{3});
  const std::vector<Copy> expected = {
      {Sequence{1}, a, "one"}, {Sequence{2}, b, ""}, {Sequence{3}, a, "three"}};
  CHECK(all(f.log()) == expected);
  CHECK(f.log().durable() == Sequence{0});
  REQUIRE(f.log().write());
  CHECK(f.log().durable() == Sequence{0});
  REQUIRE(f.log().sync());
  CHECK(f.log().durable() == Sequence{3});
  CHECK(all(f.log()) == expected);
  CHECK(all(f.log(), Sequence{3}) == std::vector<Copy>{expected[2]});
  CHECK(of(f.log(), a) == std::vector<Copy>{expected[0], expected[2]});
  CHECK(of(f.log(), a, Sequence{2}) == std::vector<Copy>{expected[2]});
  CHECK(of(f.log(), c).empty());
}

TEST_CASE("a_visit_stops_when_it_is_told_to") {
  Fixture f(small_segments);
  for (int i = 0; i < 100; ++i) appended(f.log(), a, Bytes(50, 'x'));
  int visited = 0;
  REQUIRE(f.log().read(a, Sequence{5}, [&](const LogRecord&) { return ++visited < 3; }));
  CHECK(visited == 3);
}

TEST_CASE("what_was_written_outlives_the_process_and_what_was_not_does_not") {
  Fixture f(small_segments);
  appended(f.log(), a, "written");
  REQUIRE(f.log().write());
  appended(f.log(), a, "only appended");
  restart(*f.engine);
  CHECK(all(f.log()) == std::vector<Copy>{{Sequence{1}, a, "written"}});
  CHECK(f.log().durable() == Sequence{1});
  CHECK(appended(f.log(), b, "next") == Sequence{2});
  REQUIRE(f.log().write());
  restart(*f.engine);
  CHECK(f.log().last() == Sequence{2});
}

TEST_CASE("a_log_that_ends_before_a_record_known_durable_is_damaged") {
  Fixture f;
  appended(f.log(), a, "one");
  REQUIRE(f.log().write());
  f.engine->restart();
  const auto recovered = f.engine->log().recover(Sequence{2});
  REQUIRE_FALSE(recovered);
  CHECK(recovered.error().code == ErrorCode::internal);
  CHECK(recovered.error().sentence.find("damaged log") == 0);
}

TEST_CASE("trim_drops_whole_segments_and_never_the_newest") {
  Fixture f(small_segments);
  for (int i = 0; i < 100; ++i) appended(f.log(), a, Bytes(100, 'x'));
  REQUIRE(f.log().write());
  CHECK(f.log().oldest_segment_end() == Sequence{0});
  CHECK(f.log().trim(Sequence{1000}) == Sequence{1});
  REQUIRE(f.log().sync());
  const Sequence end = f.log().oldest_segment_end();
  REQUIRE(end.value > 1);
  CHECK(f.log().segment_first(end) == Sequence{1});
  CHECK(f.log().segment_first(Sequence{end.value + 1}) == Sequence{end.value + 1});
  const std::uint64_t bytes = f.log().bytes_used();
  CHECK(f.log().trim(end) == Sequence{1});
  CHECK(f.log().trim(Sequence{end.value + 1}) == Sequence{end.value + 1});
  CHECK(f.log().bytes_used() == bytes - small_segments.segment_bytes);
  CHECK(all(f.log()).front().sequence == Sequence{end.value + 1});
  CHECK(of(f.log(), a).size() == 100 - end.value);
  REQUIRE(f.log().trim(Sequence{1000}));
  CHECK(f.log().oldest_segment_end() == Sequence{0});
  CHECK(f.log().last() == Sequence{100});
  CHECK(f.log().first().value <= 100);
  restart(*f.engine);
  CHECK(f.log().last() == Sequence{100});
  CHECK(appended(f.log(), a, "next") == Sequence{101});
}

TEST_CASE("many_segments_may_wait_for_one_sync") {
  Fixture f(small_segments);
  for (int i = 0; i < 50; ++i) appended(f.log(), a, Bytes(100, 'x'));
  CHECK(f.log().segment_first(Sequence{50}) > Sequence{20});
  CHECK(f.log().durable() == Sequence{0});
  REQUIRE(f.log().write());
  CHECK(f.log().durable() == Sequence{0});
  REQUIRE(f.log().sync());
  CHECK(f.log().durable() == Sequence{50});
}

TEST_CASE("a_record_larger_than_a_segment_gets_one_of_its_own") {
  Fixture f(small_segments);
  appended(f.log(), a, "small");
  appended(f.log(), b, Bytes(5000, 'L'));
  appended(f.log(), a, "small again");
  REQUIRE(f.log().write());
  restart(*f.engine);
  REQUIRE(all(f.log()).size() == 3);
  CHECK(of(f.log(), b)[0].bytes == Bytes(5000, 'L'));
}

TEST_CASE("a_full_disk_refuses_clients_first_and_replication_when_the_reserve_is_gone") {
  Fixture f({1024, 4 * 1024, 600, 200});
  const Bytes record(100, 'x');
  std::uint64_t clients = 0;
  while (f.log().append(a, record, false)) ++clients;
  CHECK(clients >= 14);
  CHECK_FALSE(f.log().has_room(false));
  CHECK(f.log().has_room(true));
  const auto refused = f.log().append(a, record, false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::storage_full);
  CHECK(refused.error().tag == ErrorTag::retryable);
  std::uint64_t replicated = 0;
  while (f.log().append(a, record, true)) ++replicated;
  CHECK(replicated >= 7);
  CHECK_FALSE(f.log().has_room(true));
  CHECK(f.log().bytes_used() <= 4 * 1024);
  REQUIRE(f.log().write());
  CHECK(all(f.log()).size() == clients + replicated);
  restart(*f.engine);
  CHECK(all(f.log()).size() == clients + replicated);
  REQUIRE(f.log().sync());
  REQUIRE(f.log().trim(Sequence{f.log().oldest_segment_end().value + 1}));
  REQUIRE(f.log().trim(Sequence{f.log().oldest_segment_end().value + 1}));
  CHECK(f.log().has_room(false));
  appended(f.log(), a, record);
}

TEST_CASE("a_log_does_what_a_list_of_records_does") {
  Fixture f(small_segments);
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 15));
  INFO("seed " << seed);
  Random random(seed);
  std::vector<Copy> model;
  std::size_t written = 0;
  for (int step = 0; step < 400; ++step) {
    switch (random.below(12)) {
      case 0:
      case 1:
        REQUIRE(f.log().write());
        if (random.chance(1, 2)) REQUIRE(f.log().sync());
        written = model.size();
        break;
      case 2:
        if (!random.chance(1, 6)) break;
        restart(*f.engine);
        REQUIRE(f.log().last().value >= (written == 0 ? 0 : model[written - 1].sequence.value));
        while (!model.empty() && model.back().sequence > f.log().last()) model.pop_back();
        written = model.size();
        break;
      case 3: {
        if (!random.chance(1, 4)) break;
        const Sequence keep{f.log().last().value -
                            random.below(std::min<std::uint64_t>(f.log().last().value + 1, 30))};
        const auto trimmed = f.log().trim(keep);
        INFO((trimmed ? "" : to_string(trimmed.error())));
        REQUIRE(trimmed);
        const Sequence first = f.log().first();
        if (first.value == 0) break;
        const auto gone = std::find_if(model.begin(), model.end(),
                                       [first](const Copy& copy) { return copy.sequence >= first; });
        written -= std::min<std::size_t>(written, static_cast<std::size_t>(gone - model.begin()));
        model.erase(model.begin(), gone);
        break;
      }
      default: {
        const PartitionId partition = std::vector{a, b, c}[random.below(3)];
        const Bytes bytes(random.below(random.chance(1, 20) ? 2000 : 90),
                          static_cast<char>('a' + random.below(26)));
        model.push_back({appended(f.log(), partition, bytes, random.chance(1, 2)), partition, bytes});
      }
    }
    if (!random.chance(1, 10)) continue;
    REQUIRE(all(f.log()) == model);
    const Sequence from{f.log().last().value - random.below(f.log().last().value + 1)};
    std::vector<Copy> expected;
    for (const Copy& copy : model) {
      if (copy.partition == b && copy.sequence >= from) expected.push_back(copy);
    }
    REQUIRE(of(f.log(), b, from) == expected);
  }
  CHECK(all(f.log()) == model);
}

TEST_CASE("after_a_failed_sync_nothing_goes_on") {
  const std::string name = GENERATE(as<std::string>(), "memory", "disk");
  const auto engine = make_log_engine(name, one_mebibyte);
  EventLog& log = engine->log();
  REQUIRE(log.recover(Sequence{0}));
  REQUIRE(log.append(a, "one", false));
  REQUIRE(log.write());
  REQUIRE(log.sync());
  REQUIRE(log.append(a, "two", false));
  REQUIRE(log.write());
  if (name == "memory") static_cast<MemoryEventLog&>(log).fail_next_sync();
  fail_syncs(true);
  const auto synced = log.sync();
  fail_syncs(false);
  REQUIRE_FALSE(synced);
  CHECK(synced.error().code == ErrorCode::internal);
  CHECK(synced.error().sentence.find("stop the node") != std::string::npos);
  CHECK(log.durable() == Sequence{1});
  CHECK_FALSE(log.append(a, "three", false));
  CHECK_FALSE(log.write());
  CHECK_FALSE(log.sync());
  CHECK_FALSE(log.trim(Sequence{1}));
}
