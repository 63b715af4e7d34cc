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

  void join(std::uint64_t id, BytesView level = "LOCAL_QUORUM", bool beyond = false,
            std::optional<VersionVector> session = {}) {
    Operation operation = operation_of(id, {"GET", key}, now + 2s);
    operation.partition = p0;
    operation.bytes = 10;
    operation.request.session = std::move(session);
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
  /// To whom a question for clocks went since the last call.
  std::set<std::string> asked() {
    std::set<std::string> names;
    for (const auto& [to, question] : take<AskClock>()) names.insert(configuration.node(to)->name);
    return names;
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

TEST_CASE("a_session_is_waited_for_where_the_quorum_is_there_at_once") {
  Reading bench;
  Issuer peer(5);
  const Bytes first = peer.issue({"SADD", bench.key, "m"});
  const Bytes second = peer.issue({"SADD", bench.key, "n"});
  bench.join(1, "LOCAL_ONE", false, peer.clock());
  bench.join(2, "LOCAL_ONE", false, VersionVector{{ActorId{5}, 1}});
  const auto round = bench.round();
  bench.answer(round, "eu-2");
  CHECK(bench.gone_on.empty());
  bench.apply(first);
  CHECK(bench.gone_on == Ids{2});
  bench.apply(second);
  CHECK(bench.gone_on == Ids{2, 1});
  CHECK(bench.rounds.size() == 0);
  CHECK(bench.rounds.bytes() == 0);
}

TEST_CASE("a_session_that_is_covered_does_not_replace_the_quorum") {
  Reading bench;
  Issuer peer(5);
  const Bytes event = peer.issue({"SADD", bench.key, "m"});
  bench.join(1, "LOCAL_QUORUM", false, peer.clock());
  const auto round = bench.round();
  bench.apply(event);
  CHECK(bench.gone_on.empty());
  bench.answer(round, "eu-3");
  CHECK(bench.gone_on == Ids{1});
}

TEST_CASE("what_a_session_lacks_for_long_is_asked_for_everywhere_and_pulled_from_whoever_has_it") {
  Reading bench(three_dcs);
  const VersionVector session{{ActorId{5}, 1}};
  bench.rounds.tick(bench.now);
  bench.join(1, "LOCAL_ONE", false, session);
  bench.join(2, "LOCAL_QUORUM");
  bench.rounds.flush();
  CHECK(bench.asked() == std::set<std::string>{"eu-2", "eu-3"});
  REQUIRE(bench.rounds.wake_at() == bench.now + 250ms);
  bench.pass(249ms);
  bench.rounds.tick(bench.now);
  CHECK(bench.asked().empty());
  bench.pass(1ms);
  bench.rounds.tick(bench.now);
  const auto asked = bench.take<AskClock>();
  REQUIRE(asked.size() == 8);
  bench.answer(asked[0].second.round, "eu-2");  // the reader without a session goes on
  CHECK(bench.gone_on == Ids{2});
  bench.answer(asked[0].second.round, "eu-2", session);  // it has it by now
  bench.answer(asked[0].second.round, "ap-2", session);
  bench.pass(20ms);
  bench.puller.tick(bench.now, true, bench.post);
  const auto pulls = bench.take<Subscribe>();
  REQUIRE(pulls.size() == 1);
  CHECK((pulls[0].first == node_id("ap-2") || pulls[0].first == node_id("eu-2")));
}

TEST_CASE("many_sessions_that_wait_ask_once_a_partition") {
  Reading bench;
  bench.rounds.tick(bench.now);
  for (std::uint64_t id = 1; id <= 20; ++id) {
    bench.join(id, "LOCAL_ONE", false, VersionVector{{ActorId{5}, id}});
    bench.rounds.flush();
  }
  CHECK(bench.take<AskClock>().size() == 40);
  for (int i = 0; i < 4; ++i) {
    bench.pass(250ms);
    bench.live_all();
    bench.rounds.tick(bench.now);
    CHECK(bench.take<AskClock>().size() == 2);
  }
}

TEST_CASE("a_session_that_cannot_be_met_in_time_is_not_yet") {
  Reading bench;
  const VersionVector session{{ActorId{5}, 1}};
  bench.join(1, "LOCAL_ONE", false, session);
  bench.rounds.flush();
  bench.pass(2s);
  bench.rounds.tick(bench.now);
  CHECK(bench.rounds.size() == 0);
  bench.answers.flush(Epoch{1}, bench.post);
  const Outbox out = bench.post.take();
  const Response& response = std::get<Responses>(out.clients.at(0).second).responses.at(0);
  const Error& error = std::get<Error>(response.result);
  CHECK(error.code == ErrorCode::not_yet);
  CHECK(error.tag == ErrorTag::retryable);
  CHECK(error.sentence.find("try another node") != std::string::npos);
  CHECK(response.session == session);
  CHECK_FALSE(bench.rounds.wake_at());
}

TEST_CASE("rounds_of_two_processes_have_different_numbers") {
  Reading bench;
  bench.join(1);
  CHECK(bench.round() > Bench::run);
}
