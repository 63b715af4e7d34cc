// Proves when a write that waits is answered: when the members whose clocks cover it make up its level, or, ambiguous and
// with the numbers, when its time is over.
#include <catch2/catch.hpp>

#include "dc/pending_writes.h"
#include "tests/cluster/topologies.h"
#include "tests/dc/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p0{0};
const VersionVector third{{ActorId{7}, 3}};

struct Writing : Bench {
  explicit Writing(BytesView topology = one_dc) : Bench(topology) {}

  void wait(std::uint64_t id, BytesView level, Micros timeout = 2s) {
    Operation operation = operation_of(id, {"INCR", "n"}, now + timeout);
    operation.partition = p0;
    writes.wait(std::move(operation), *Quorum::of(*parse_level(level), site.home, configuration), third, Value(std::int64_t{5}));
  }
  auto answered() {
    answers.flush(Epoch{1}, post);
    return take_answers();
  }

  Answers answers;
  PendingWrites writes{site, answers};
};

}  // namespace

TEST_CASE("this_replica_alone_is_enough_for_one") {
  Writing bench;
  bench.wait(1, "ONE");
  CHECK(std::get<Value>(bench.answered().at(1)) == Value(std::int64_t{5}));
  CHECK(bench.writes.size() == 0);
  CHECK_FALSE(bench.writes.wake_at());
}

TEST_CASE("a_clock_counts_when_it_covers_the_write_and_not_before") {
  Writing bench;
  bench.wait(1, "LOCAL_QUORUM");
  bench.learn("eu-2", {{ActorId{7}, 2}});
  bench.writes.check(p0);
  CHECK(bench.answered().empty());
  bench.learn("eu-2", {{ActorId{7}, 4}, {ActorId{8}, 1}});
  bench.writes.check(PartitionId{1});  // another partition's clock moved
  CHECK(bench.answered().empty());
  bench.writes.check(p0);
  CHECK(bench.answered().size() == 1);
  CHECK(bench.writes.size() == 0);
}

TEST_CASE("what_is_known_already_counts_at_once") {
  Writing bench;
  bench.learn("eu-3", third);
  bench.wait(1, "LOCAL_QUORUM");
  CHECK(bench.answered().size() == 1);
}

TEST_CASE("clocks_of_other_datacenters_count_where_the_level_says_so") {
  Writing bench(three_dcs);
  bench.wait(1, "LOCAL_QUORUM");
  bench.wait(2, "EACH_QUORUM");
  bench.wait(3, "THREE");
  for (const BytesView node : {"us-1", "us-2"}) bench.learn(node, third);
  bench.writes.check(p0);
  const auto first = bench.answered();
  CHECK(first.size() == 1);
  CHECK(first.contains(3));
  bench.learn("eu-2", third);
  bench.writes.check(p0);
  CHECK(bench.answered().contains(1));
  for (const BytesView node : {"ap-1", "ap-3"}) bench.learn(node, third);
  bench.writes.check(p0);
  CHECK(bench.answered().contains(2));
}

TEST_CASE("a_timeout_is_ambiguous_and_says_how_many_were_needed_and_acknowledged") {
  Writing bench(three_dcs);
  bench.wait(1, "EACH_QUORUM", 1s);
  bench.wait(2, "ALL", 3s);
  for (const BytesView node : {"us-1", "us-2", "us-3"}) bench.learn(node, third);
  bench.writes.check(p0);
  CHECK(bench.writes.wake_at() == bench.now + 1s);
  bench.pass(999ms);
  bench.writes.tick(bench.now);
  CHECK(bench.answered().empty());
  bench.pass(1ms);
  bench.writes.tick(bench.now);
  const auto answers = bench.answered();
  REQUIRE(answers.size() == 1);
  const Error error = std::get<Error>(answers.at(1));
  CHECK(error.code == ErrorCode::timeout);
  CHECK(error.tag == ErrorTag::ambiguous);
  CHECK(error.needed == 6);
  CHECK(error.got == 3);  // one here, two of the three there count
  CHECK(bench.writes.wake_at() == bench.now + 2s);
  CHECK(bench.writes.size() == 1);
}

TEST_CASE("an_acknowledgement_after_the_timeout_is_ignored") {
  Writing bench;
  bench.wait(1, "LOCAL_QUORUM", 1s);
  bench.pass(1s);
  bench.writes.tick(bench.now);
  CHECK(bench.answered().size() == 1);
  bench.learn("eu-2", third);
  bench.writes.check(p0);
  CHECK(bench.answered().empty());
  CHECK_FALSE(bench.writes.wake_at());
}

TEST_CASE("a_member_that_lost_what_it_acknowledged_counts_no_more") {
  Writing bench;
  bench.learn("eu-2", third);
  bench.clocks.learn({p0, node_id("eu-2"), Incarnation{2}, ActorId{9}, {{ActorId{7}, 1}}, {}});
  bench.wait(1, "LOCAL_QUORUM");
  CHECK(bench.answered().empty());
}
