// Proves that a read goes on when, and only when, this replica covers the clocks of enough replicas that were asked after
// the read began; and that reads of one turn share one question.
#include <catch2/catch.hpp>

#include "dc/read_rounds.h"
#include "tests/cluster/topologies.h"
#include "tests/dc/bench.h"
#include "tests/node/issuer.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p0{0};

struct Reading : Bench {
  explicit Reading(BytesView topology = one_dc) : Bench(topology), key(key_in(p0, placement.partitions())) { live_all(); }

  void join(std::uint64_t id, BytesView level = "LOCAL_QUORUM", bool beyond = false) {
    Operation operation = operation_of(id, {"GET", key}, now + 2s);
    operation.partition = p0;
    operation.bytes = 10;
    Quorum quorum = *Quorum::of(*parse_level(level), site.home, configuration);
    quorum.add(site.home);
    rounds.join(std::move(operation), std::move(quorum), beyond);
  }
  std::uint64_t round() {
    rounds.flush();
    const auto asked = take<AskClock>();
    REQUIRE_FALSE(asked.empty());
    return asked[0].second.round;
  }
  void answer(std::uint64_t to, BytesView node, const VersionVector& clock = {}) {
    rounds.on(node_id(node), ClockAnswer{to, true, {p0, node_id(node), Incarnation{1}, ActorId{9}, clock, {}}}, now);
  }
  void apply(const Bytes& event) {
    replicas.at(p0).deliver({event}, node_id("eu-2"), ActorId{77}, false, now);
    rounds.grown(p0);
  }

  Bytes key;
  Answers answers;
  std::vector<std::uint64_t> gone_on;
  ReadRounds rounds{site, answers, [this](Operation operation) { gone_on.push_back(operation.request.id); }};
};

using Ids = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("reads_of_one_turn_and_partition_ask_once") {
  Reading bench;
  bench.join(1);
  bench.join(2);
  bench.rounds.flush();
  const auto asked = bench.take<AskClock>();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].second.round == asked[1].second.round);
  bench.answer(asked[0].second.round, "eu-3");
  CHECK(bench.gone_on == Ids{1, 2});
  CHECK(bench.rounds.size() == 0);
  CHECK(bench.rounds.bytes() == 0);
}

TEST_CASE("a_read_waits_until_it_covers_what_the_answer_named") {
  Reading bench;
  Issuer peer(5);
  const Bytes event = peer.issue({"SADD", bench.key, "m"});
  bench.join(1);
  bench.answer(bench.round(), "eu-2", peer.clock());
  CHECK(bench.gone_on.empty());
  bench.apply(event);
  CHECK(bench.gone_on == Ids{1});
}

TEST_CASE("what_is_lacking_is_pulled_if_it_does_not_come_by_itself") {
  Reading bench;
  bench.join(1);
  bench.answer(bench.round(), "eu-2", {{ActorId{5}, 1}});
  bench.puller.tick(bench.now, true, bench.post);
  CHECK(bench.take<Subscribe>().empty());
  bench.pass(20ms);
  bench.puller.tick(bench.now, true, bench.post);
  const auto pulls = bench.take<Subscribe>();
  REQUIRE(pulls.size() == 1);
  CHECK(pulls[0].first == node_id("eu-2"));
}

TEST_CASE("each_reader_of_a_round_goes_on_at_its_own_level") {
  Reading bench(three_dcs);
  bench.join(1, "ALL", true);
  bench.join(2, "LOCAL_QUORUM");
  bench.join(3, "EACH_QUORUM", true);
  const auto round = bench.round();
  for (const BytesView node : {"us-1", "us-2", "ap-1", "ap-2"}) bench.answer(round, node);
  CHECK(bench.gone_on.empty());
  bench.answer(round, "eu-2");
  CHECK(bench.gone_on == Ids{2, 3});
  for (const BytesView node : {"us-3", "ap-3", "eu-3"}) bench.answer(round, node);
  CHECK(bench.gone_on == Ids{2, 3, 1});
}

TEST_CASE("an_answer_to_another_round_or_from_no_replica_counts_for_nothing") {
  Reading bench;
  bench.join(1);
  const auto first = bench.round();
  bench.join(2);
  const auto second = bench.round();
  REQUIRE(first != second);
  bench.answer(second + 1, "eu-2");
  CHECK(bench.gone_on.empty());
  bench.rounds.on(node_id("eu-2"), ClockAnswer{first, true, {PartitionId{1}, node_id("eu-2"), {}, {}, {}, {}}}, bench.now);
  bench.rounds.on(NodeId{12345}, ClockAnswer{first, true, {p0, NodeId{12345}, {}, {}, {}, {}}}, bench.now);
  CHECK(bench.gone_on.empty());
  bench.answer(first, "eu-2");
  CHECK(bench.gone_on == Ids{1});
}

TEST_CASE("two_answers_of_one_replica_are_one") {
  Reading bench;
  bench.join(1, "THREE");
  const auto round = bench.round();
  bench.answer(round, "eu-2");
  bench.answer(round, "eu-2");
  CHECK(bench.gone_on.empty());
  bench.answer(round, "eu-3");
  CHECK(bench.gone_on == Ids{1});
}

TEST_CASE("rounds_of_two_processes_have_different_numbers") {
  Reading bench;
  bench.join(1);
  CHECK(bench.round() > Bench::run);
}
