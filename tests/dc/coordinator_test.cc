// Proves what a coordinator answers: the typed errors and when nothing has happened, whom it asks at which level, and that
// its queue is bounded in requests and in bytes.
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/dc/coordinating.h"
#include "tests/node/issuer.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

using Strings = std::set<std::string>;

}  // namespace

TEST_CASE("too_few_live_replicas_are_unavailable_before_anything_happens") {
  Coordinating bench(one_dc);
  bench.pass(2s);
  for (const bool writing : {true, false}) {
    const auto request = writing ? bench.request({"INCR", bench.key}) : bench.request({"GET", bench.key});
    const Error error = bench.error(request);
    CHECK(error.code == ErrorCode::unavailable);
    CHECK(error.tag == ErrorTag::retryable);
    CHECK(error.needed == 2);
    CHECK(error.got == 1);
  }
  CHECK(bench.log.last().value == 0);
  bench.live("eu-2", false);  // alive, but it does not serve
  CHECK(bench.error(bench.request({"INCR", bench.key})).code == ErrorCode::unavailable);
}

TEST_CASE("a_node_that_does_not_serve_says_why_and_what_to_do") {
  Coordinating bench(one_dc);
  bench.coordinator.serve(nullptr, "it was wiped");
  const Error error = bench.error(bench.request({"GET", bench.key}));
  CHECK(error.code == ErrorCode::unavailable);
  CHECK(error.tag == ErrorTag::retryable);
  CHECK(error.sentence.find("it was wiped") != std::string::npos);
}

TEST_CASE("a_forwarded_request_for_a_key_without_a_replica_here_is_not_forwarded_again") {
  Coordinating bench(five_nodes, {}, "eu-1");
  Coordinating other(five_nodes, {}, "eu-4");
  Coordinating& without = bench.store->holds(p0) ? other : bench;
  REQUIRE_FALSE(without.store->holds(p0));
  without.coordinator.request(Forwarded{node_id("eu-2")}, Request{5, {"GET", without.key}, {}, {}, 0, {}},
                              {without.now, {}});
  without.coordinator.flush();
  const auto replies = without.take<ForwardReply>();
  REQUIRE(replies.size() == 1);
  REQUIRE(replies[0].second.responses.size() == 1);
  CHECK(std::get<Error>(replies[0].second.responses[0].result).code == ErrorCode::unavailable);
}

TEST_CASE("a_local_level_asks_the_datacenter_alone") {
  Coordinating bench(three_dcs);
  bench.request({"GET", bench.key});
  bench.turn();
  CHECK(bench.told<AskClock>() == Strings{"eu-2", "eu-3"});
}

TEST_CASE("a_level_that_the_live_replicas_of_the_datacenter_can_reach_stays_in_it") {
  Coordinating bench(three_dcs);
  bench.request({"GET", bench.key}, Level{Level::Kind::three, 0});
  bench.turn();
  CHECK(bench.told<AskClock>() == Strings{"eu-2", "eu-3"});
}

TEST_CASE("a_level_that_the_live_replicas_of_the_datacenter_cannot_reach_asks_the_others") {
  Coordinating bench(three_dcs);
  bench.pass(2s);
  for (const BytesView node : {"eu-2", "us-1", "us-2"}) bench.live(node);
  const Level three{Level::Kind::three, 0};
  const auto read = bench.request({"GET", bench.key}, three);
  bench.turn();
  CHECK(bench.told<AskClock>() == Strings{"eu-2", "us-1", "us-2"});
  bench.clock_from("us-1", {});
  bench.clock_from("eu-2", {});
  bench.turn();
  CHECK(bench.answers.contains(read));
  bench.request({"INCR", bench.key}, three);
  bench.turn();
  bool everywhere = false;
  for (const auto& [to, envelope] : bench.outbox.peers) {
    if (const auto* events = std::get_if<Replicate>(&envelope.message))
      everywhere = events->batches[0].want == Want::everywhere;
  }
  CHECK(everywhere);
}

TEST_CASE("what_removes_what_it_observes_catches_up_first") {
  Coordinating bench(one_dc);
  Issuer peer(5);
  const Bytes event = peer.issue({"SADD", bench.key, "m"});
  const auto request = bench.request({"SREM", bench.key, "m"});
  bench.turn();
  bench.clock_from("eu-2", peer.clock());
  bench.turn();
  CHECK_FALSE(bench.answers.contains(request));
  CHECK(bench.log.last().value == 0);
  bench.replicas.at(p0).deliver({event}, node_id("eu-2"), ActorId{77}, false, bench.now);
  bench.coordinator.grown(p0);
  CHECK(bench.log.last().value == 2);
  bench.clocks.learn(peer.says(p0, "eu-2"));
  bench.learn("eu-3", bench.store->partition(p0).clock());
  bench.coordinator.clocks_moved(p0);
  bench.turn();
  CHECK(std::get<Value>(bench.answers.at(request)) == Value(std::int64_t{1}));
}

TEST_CASE("a_read_whose_replicas_are_not_caught_up_with_in_time_is_retryable") {
  Coordinating bench(one_dc);
  const auto request = bench.request({"GET", bench.key});
  bench.turn();
  bench.clock_from("eu-2", {{ActorId{5}, 3}});
  bench.pass(2s);
  const Error error = bench.error(request);
  CHECK(error.code == ErrorCode::timeout);
  CHECK(error.tag == ErrorTag::retryable);
  CHECK(error.needed == 2);
  CHECK(error.got == 1);
}

TEST_CASE("a_repeated_request_id_is_answered_once_the_first_execution_is_as_safe_as_asked") {
  Coordinating bench(one_dc);
  const RequestId id{1, 1, 60'000};
  const auto first = bench.request({"INCR", bench.key}, local_one, id);
  bench.turn();
  CHECK(std::get<Value>(bench.answers.at(first)) == Value(std::int64_t{1}));
  const auto second = bench.request({"INCR", bench.key}, {}, id);
  bench.turn();
  CHECK_FALSE(bench.answers.contains(second));
  CHECK(bench.log.last().value == 1);  // it was not executed again
  bench.learn("eu-3", bench.store->partition(p0).clock());
  bench.coordinator.clocks_moved(p0);
  bench.turn();
  CHECK(std::get<Value>(bench.answers.at(second)) == Value(std::int64_t{1}));
}

TEST_CASE("what_is_done_already_is_answered_once_it_is_as_safe_as_asked") {
  const char* const command = GENERATE("GSET.ADD", "MAX.SET", "MIN.SET", "PFADD");
  Coordinating bench(one_dc);
  bench.request({command, bench.key, "5"}, local_one);
  bench.turn();
  const auto again = bench.request({command, bench.key, "5"});
  bench.turn();
  CHECK_FALSE(bench.answers.contains(again));
  CHECK(bench.log.last().value == 1);  // it changes nothing
  bench.learn("eu-3", bench.store->partition(p0).clock());
  bench.coordinator.clocks_moved(p0);
  bench.turn();
  CHECK(bench.answers.contains(again));
  bench.request({"SADD", "{" + bench.key + "}other", "m"}, local_one);
  const auto later = bench.request({command, bench.key, "5"});
  bench.turn();
  CHECK(bench.answers.contains(later));  // it does not rest on what came since
  CHECK(bench.log.last().value == 2);
}

TEST_CASE("what_would_count_twice_with_a_request_id_too_takes_none") {
  Coordinating node(one_dc);
  const RequestId id{1, 2, std::numeric_limits<std::int32_t>::max()};
  for (const char* command : {"lpush", "bounded.add"}) {
    const Error error = node.error(node.request({command, node.key, "1"}, local_one, id));
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.sentence.find("takes no request id") != std::string::npos);
  }
  CHECK(node.store->log_end() == Sequence{1});
}

TEST_CASE("beyond_the_limit_of_waiting_requests_a_node_is_overloaded") {
  CoordinatorLimits limits;
  limits.pending_max = 3;
  Coordinating bench(one_dc, limits);
  bench.request({"INCR", bench.key});
  bench.request({"INCR", bench.key});
  bench.request({"GET", bench.key});
  const Error error = bench.error(bench.request({"INCR", bench.key}));
  CHECK(error.code == ErrorCode::overloaded);
  CHECK(error.tag == ErrorTag::retryable);
  CHECK(bench.log.last().value == 2);
  bench.pass(3s);
  bench.live_all();
  bench.turn();  // all time out
  CHECK(bench.answers.size() == 4);
  bench.request({"INCR", bench.key});
  CHECK(bench.log.last().value == 3);
}

TEST_CASE("beyond_the_limit_of_waiting_bytes_a_node_is_overloaded") {
  CoordinatorLimits limits;
  limits.pending_bytes_max = 10'000;
  Coordinating eu1(five_nodes, limits, "eu-1");
  Coordinating eu4(five_nodes, limits, "eu-4");
  Coordinating& bench = eu1.store->holds(p0) ? eu4 : eu1;
  for (int i = 0; i < 3; ++i) bench.request({"SET", bench.key, Bytes(3'000, 'v')});
  const Error error = bench.error(bench.request({"SET", bench.key, Bytes(3'000, 'v')}));
  CHECK(error.code == ErrorCode::overloaded);
  CHECK(error.sentence.find("bytes") != std::string::npos);
  bench.pass(3s);
  bench.live_all();
  bench.turn();
  const auto request = bench.request({"SET", bench.key, Bytes(3'000, 'v')});
  bench.turn();
  CHECK_FALSE(bench.answers.contains(request));
}

TEST_CASE("a_write_that_waits_does_not_keep_its_value") {
  CoordinatorLimits limits;
  limits.pending_bytes_max = 10'000;
  Coordinating bench(one_dc, limits);
  for (int i = 0; i < 10; ++i) bench.request({"SET", bench.key, Bytes(3'000, 'v')});
  bench.turn();
  CHECK(bench.answers.empty());
  CHECK(bench.log.last().value == 10);
}

TEST_CASE("an_unfit_partition_neither_answers_nor_coordinates_also_what_waits_already") {
  Coordinating bench(one_dc);
  const auto waiting = bench.request({"SREM", bench.key, "m"});
  bench.turn();
  bench.unfit.insert(p0);
  bench.clock_from("eu-2", {});
  CHECK(bench.error(waiting).code == ErrorCode::unavailable);
  const Error error = bench.error(bench.request({"GET", bench.key}, local_one));
  CHECK(error.code == ErrorCode::unavailable);
  CHECK(error.tag == ErrorTag::retryable);
  bench.request({"GET", key_in(PartitionId{1}, 8)}, local_one);
  bench.turn();
  CHECK(std::get<Value>(bench.answers.at(bench.number)) == Value(Nil{}));
}

TEST_CASE("a_full_log_refuses_writes_and_answers_reads") {
  LogLimits small;
  small.segment_bytes = 4096;
  small.disk_bytes_max = 3 * small.segment_bytes;
  Coordinating bench(one_dc, {}, "eu-1", small);
  for (int i = 0; i < 100; ++i) {
    bench.request({"SET", bench.key, Bytes(200, 'v')}, local_one);
    bench.turn();
  }
  CHECK(bench.log.bytes_used() <= small.disk_bytes_max);
  const Error error = bench.error(bench.request({"SET", bench.key, "more"}, local_one));
  CHECK(error.code == ErrorCode::storage_full);
  CHECK(error.tag == ErrorTag::retryable);
  bench.request({"GET", bench.key}, local_one);
  bench.turn();
  CHECK(std::get<Value>(bench.answers.at(bench.number)) == Value(Bytes(200, 'v')));
}

TEST_CASE("deps_name_what_moved_since_the_own_event_before_and_all_of_it_first") {
  Coordinating bench(one_dc);
  Issuer peer(5);
  const auto hear = [&] {
    bench.replicas.at(p0).deliver({peer.issue({"INCR", bench.key})}, node_id("eu-2"), ActorId{77}, false,
                                  bench.now);
  };
  const auto deps_of_last = [&] {
    VersionVector deps;
    CW_CHECK(bench.log
                 .read_all(bench.log.last(),
                           [&](const LogRecord& record) {
                             deps = decode_event_head(record.bytes)->deps;
                             return true;
                           })
                 .has_value(),
             "it is read");
    return deps;
  };
  hear();
  bench.request({"INCR", bench.key}, local_one);
  CHECK(deps_of_last() == VersionVector{{ActorId{5}, 1}});
  bench.request({"INCR", bench.key}, local_one);
  CHECK(deps_of_last() == VersionVector{});
  hear();
  hear();
  bench.request({"INCR", bench.key}, local_one);
  CHECK(deps_of_last() == VersionVector{{ActorId{5}, 3}});
}

TEST_CASE("a_session_depends_on_what_it_wrote_and_on_what_its_reader_had") {
  Coordinating bench(one_dc);
  const auto written = bench.request_in({}, {"INCR", bench.key}, local_one);
  bench.turn();
  CHECK(bench.sessions.at(written) == VersionVector{{ActorId{77}, 1}});
  Issuer peer(5);
  bench.replicas.at(p0).deliver({peer.issue({"INCR", bench.key})}, node_id("eu-2"), ActorId{77}, false,
                                bench.now);
  const auto read = bench.request_in({{ActorId{77}, 1}}, {"GET", bench.key}, local_one);
  const auto removed_nothing = bench.request_in({}, {"DEL", key_in(p0, 8, 1)}, local_one);
  const auto without = bench.request({"GET", bench.key}, local_one);
  bench.turn();
  const VersionVector both{{ActorId{5}, 1}, {ActorId{77}, 1}};
  CHECK(bench.sessions.at(read) == both);
  CHECK(bench.sessions.at(removed_nothing) == both);
  CHECK_FALSE(bench.sessions.at(without));
}

TEST_CASE("a_session_comes_back_with_every_error_too") {
  Coordinating bench(one_dc);
  const VersionVector session{{ActorId{5}, 1}};
  bench.coordinator.serve(nullptr, "it was wiped");
  const auto refused = bench.request_in(session, {"GET", bench.key});
  bench.turn();
  CHECK(bench.sessions.at(refused) == session);
  bench.coordinator.serve(&bench.claimed, "");
  const auto wrong = bench.request_in(session, {"NO-SUCH-COMMAND", bench.key});
  const auto level = bench.request_in(session, {"GET", bench.key}, Level{Level::Kind::count, 9});
  bench.turn();
  CHECK(bench.sessions.at(wrong) == session);
  CHECK(bench.sessions.at(level) == session);
}

TEST_CASE("a_write_of_a_session_waits_for_what_the_session_saw_and_depends_on_it") {
  Coordinating bench(one_dc);
  Issuer peer(5);
  const Bytes event = peer.issue({"INCR", bench.key});
  const auto write = bench.request_in(peer.clock(), {"INCR", bench.key}, local_one);
  const auto other = bench.request({"INCR", bench.key}, local_one);
  bench.turn();
  CHECK_FALSE(bench.answers.contains(write));
  CHECK(std::get<Value>(bench.answers.at(other)) == Value(std::int64_t{1}));
  bench.replicas.at(p0).deliver({event}, node_id("eu-2"), ActorId{77}, false, bench.now);
  bench.coordinator.grown(p0);
  bench.turn();
  CHECK(std::get<Value>(bench.answers.at(write)) == Value(std::int64_t{3}));
  CHECK(bench.sessions.at(write) == VersionVector{{ActorId{5}, 1}, {ActorId{77}, 2}});
  VersionVector deps;
  CW_CHECK(bench.log
               .read_all(bench.log.last(),
                         [&](const LogRecord& record) {
                           deps = decode_event_head(record.bytes)->deps;
                           return true;
                         })
               .has_value(),
           "it is read");
  CHECK(deps == VersionVector{{ActorId{5}, 1}});
}

TEST_CASE("a_write_that_waited_is_refused_if_its_request_id_has_expired_meanwhile") {
  Coordinating bench(one_dc);
  Issuer peer(5);
  const Bytes event = peer.issue({"INCR", bench.key});
  Request request{1, {"INCR", bench.key}, local_one, local_one, 0, RequestId{1, 2, 1000}, peer.clock()};
  bench.coordinator.request(ClientId{1}, std::move(request), {bench.now, WallTime{}});
  bench.turn();
  REQUIRE(bench.answers.empty());
  bench.replicas.at(p0).deliver({event}, node_id("eu-2"), ActorId{77}, false, bench.now);
  bench.coordinator.observe({bench.now, WallTime{2s}});
  bench.coordinator.grown(p0);
  CHECK(bench.error(1).sentence.find("expired") != std::string::npos);
}

TEST_CASE("a_session_that_nobody_can_meet_is_not_yet_and_nothing_happened") {
  Coordinating bench(one_dc);
  const VersionVector lost{{ActorId{77}, 9}, {ActorId{5}, 1}};  // also under this node's own actor
  const auto write = bench.request_in(lost, {"INCR", bench.key}, local_one);
  const auto read = bench.request_in(lost, {"GET", bench.key}, local_one);
  bench.turn();
  bench.pass(2s);
  bench.live_all();
  for (const auto request : {write, read}) {
    const Error error = bench.error(request);
    CHECK(error.code == ErrorCode::not_yet);
    CHECK(error.tag == ErrorTag::retryable);
    CHECK(bench.sessions.at(request) == lost);
  }
  CHECK(bench.log.last().value == 0);
}

TEST_CASE("sessions_that_wait_are_bounded_in_bytes") {
  CoordinatorLimits limits;
  limits.pending_bytes_max = 10'000;
  Coordinating bench(one_dc, limits);
  VersionVector large;
  for (std::uint64_t actor = 100; actor < 300; ++actor) large.raise({ActorId{actor}, 1});
  for (int i = 0; i < 3; ++i) bench.request_in(large, {"GET", bench.key}, local_one);
  CHECK(bench.error(bench.request_in(large, {"GET", bench.key}, local_one)).code == ErrorCode::overloaded);
}

TEST_CASE("an_increment_that_waited_goes_by_the_time_at_which_it_goes_on") {
  Coordinating bench(one_dc);
  Issuer peer(5);
  const Bytes event = peer.issue({"INCR", bench.key});
  Request request{1, {"INCR", bench.key}, local_one, local_one, 0, RequestId{1, 1, 1'000}, peer.clock()};
  bench.coordinator.request(ClientId{1}, std::move(request), {bench.now, WallTime(500ms)});
  bench.turn();
  bench.coordinator.observe({bench.now, WallTime(1'500ms)});
  bench.replicas.at(p0).deliver({event}, node_id("eu-2"), ActorId{77}, false, bench.now);
  bench.coordinator.grown(p0);
  CHECK(bench.log.last().value == 1);                // the peer's alone
  CHECK(bench.error(1).code == ErrorCode::invalid);  // its id has expired meanwhile
}
