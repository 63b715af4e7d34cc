// Proves what a session sees when it moves between nodes and datacenters: its own writes, never less than before, and
// its writes after what it read; and the answer when that cannot be had.
#include <catch2/catch.hpp>

#include "tests/sim/cluster.h"
#include "tests/cluster/topologies.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr Level local_one{Level::Kind::local_one, 0};

/// A client that goes from node to node with what it depends on.
struct Session {
  Cluster& cluster;
  VersionVector seen{};

  std::variant<Value, Error> ask(BytesView node, std::vector<Bytes> arguments, std::uint32_t timeout_ms = 1000) {
    const auto call = cluster.call(node, Request{0, std::move(arguments), local_one, local_one, timeout_ms, {}, seen});
    if (!cluster.run_until([&] { return call->result.has_value(); }, 5s)) {
      return Error{ErrorCode::internal, ErrorTag::fatal, "no answer", 0, 0};
    }
    REQUIRE(call->session);
    CHECK(call->session->covers(seen));
    seen = *call->session;
    return *call->result;
  }
  Value value(BytesView node, std::vector<Bytes> arguments) {
    const auto result = ask(node, std::move(arguments));
    if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
    return std::get<Value>(result);
  }
};

Error error_of(const std::variant<Value, Error>& result) {
  REQUIRE(std::holds_alternative<Error>(result));
  return std::get<Error>(result);
}

Value plain(Cluster& cluster, BytesView node, std::vector<Bytes> arguments) {
  const auto result = cluster.ask(node, std::move(arguments), local_one);
  if (const auto* error = std::get_if<Error>(&result)) FAIL(to_string(*error));
  return std::get<Value>(result);
}

}  // namespace

TEST_CASE("a_session_reads_its_writes_in_a_datacenter_that_is_behind") {
  Cluster cluster(three_dcs, 31);
  REQUIRE(cluster.run_until_serving());
  cluster.run_for(1s);
  Session session{cluster};
  for (int round = 1; round <= 5; ++round) {
    CHECK(session.value("eu-1", {"INCR", "n"}) == Value(std::int64_t{round}));
    CHECK(plain(cluster, "us-2", {"GET", "n"}) != Value(Bytes(std::to_string(round))));  // it is behind
    const MonoTime moved = cluster.now();
    CHECK(session.value("us-2", {"GET", "n"}) == Value(Bytes(std::to_string(round))));
    CHECK(cluster.now() - moved < 200ms);
  }
}

TEST_CASE("cut_off_from_what_a_session_saw_the_answer_is_not_yet_and_the_session_is_met_elsewhere_and_later") {
  Cluster cluster(three_dcs, 32);
  REQUIRE(cluster.run_until_serving());
  Session session{cluster};
  cluster.cut("us", "eu");
  cluster.cut("us", "ap");
  session.value("eu-1", {"SADD", "s", "x"});
  const MonoTime asked = cluster.now();
  for (std::vector<Bytes> arguments : {std::vector<Bytes>{"SMEMBERS", "s"}, {"SADD", "s", "y"}}) {
    const Error error = error_of(session.ask("us-1", arguments));
    CHECK(error.code == ErrorCode::not_yet);
    CHECK(error.tag == ErrorTag::retryable);
  }
  CHECK(cluster.now() - asked < 2100ms);  // each at its deadline
  CHECK(plain(cluster, "us-1", {"SCARD", "s"}) == Value(std::int64_t{0}));  // without a session it goes on
  CHECK(session.value("ap-1", {"SCARD", "s"}) == Value(std::int64_t{1}));
  cluster.heal();
  cluster.run_for(5s);
  CHECK(session.value("us-1", {"SCARD", "s"}) == Value(std::int64_t{1}));
}

TEST_CASE("what_a_session_saw_comes_through_a_third_datacenter_where_the_direct_way_is_cut") {
  Cluster cluster(three_dcs, 33);
  REQUIRE(cluster.run_until_serving());
  cluster.cut("us", "eu");
  cluster.run_for(100ms);  // no link has been widened yet
  Session session{cluster};
  session.value("eu-1", {"SADD", "s", "x"});
  CHECK(session.value("us-3", {"SCARD", "s"}) == Value(std::int64_t{1}));
}

TEST_CASE("a_session_never_sees_less_at_another_replica_of_its_datacenter") {
  Cluster cluster(one_dc, 34);
  REQUIRE(cluster.run_until_serving());
  cluster.cut("eu-1", "eu-3");
  cluster.cut("eu-2", "eu-3");
  Session session{cluster};
  plain(cluster, "eu-1", {"INCR", "n"});
  CHECK(session.value("eu-1", {"GET", "n"}) == Value(Bytes("1")));  // another's write, only read
  CHECK(plain(cluster, "eu-3", {"GET", "n"}) == Value(Nil{}));
  CHECK(error_of(session.ask("eu-3", {"GET", "n"})).code == ErrorCode::not_yet);
  cluster.heal();
  CHECK(session.value("eu-3", {"GET", "n"}) == Value(Bytes("1")));
}

TEST_CASE("a_write_of_a_session_is_seen_nowhere_without_what_the_session_had_read") {
  Cluster cluster(three_dcs, 35);
  REQUIRE(cluster.run_until_serving());
  cluster.run_for(1s);
  cluster.cut("eu", "ap");  // what eu wrote is slower to reach ap than what us writes after it
  plain(cluster, "eu-2", {"SADD", "talk", "question"});
  Session session{cluster};
  REQUIRE(cluster.run_until([&] { return session.value("us-1", {"SCARD", "talk"}) == Value(std::int64_t{1}); }, 2s));
  session.value("us-2", {"SADD", "talk", "answer"});
  const PartitionId partition = partition_of("talk", 4);
  bool answered = false;
  for (int step = 0; step < 4000 && !answered; ++step) {
    cluster.run_for(1ms);
    for (const BytesView node : {"ap-1", "ap-2", "ap-3"}) {
      if (!cluster.store(node).holds(partition)) continue;
      const Value members = plain(cluster, node, {"SMEMBERS", "talk"});
      const auto& found = std::get<Value::Array>(members);
      const auto has = [&](BytesView what) { return std::count(found.begin(), found.end(), Value(Bytes(what))) > 0; };
      if (has("answer")) {
        CHECK(has("question"));
        answered = true;
      }
    }
  }
  CHECK(answered);
}

TEST_CASE("a_session_that_saw_what_was_lost_is_told_not_yet_and_the_node_lives") {
  Cluster cluster(three_dcs, 36);
  REQUIRE(cluster.run_until_serving());
  Session session{cluster};
  session.value("eu-1", {"INCR", "n"});
  Session liar{cluster, session.seen};
  for (const auto& [actor, counter] : session.seen.rows()) liar.seen.raise({actor, counter + 7});  // its own actor, too
  liar.seen.raise({ActorId{4711}, 1});
  for (const BytesView node : {"eu-1", "eu-2", "us-1"}) {
    CHECK(error_of(liar.ask(node, {"GET", "n"})).code == ErrorCode::not_yet);
    CHECK(error_of(liar.ask(node, {"INCR", "n"})).code == ErrorCode::not_yet);
    CHECK(cluster.status(node).serving);
    CHECK(session.value(node, {"GET", "n"}) == Value(Bytes("1")));
  }
  CHECK(cluster.run_until([&] { return cluster.difference().empty(); }, 20s));
}

TEST_CASE("a_session_goes_along_when_its_request_is_forwarded") {
  Cluster cluster(five_nodes, 37);
  REQUIRE(cluster.run_until_serving());
  Session session{cluster};
  for (int i = 1; i <= 10; ++i) {
    const BytesView writer = i % 2 == 0 ? "eu-4" : "eu-1";
    CHECK(session.value(writer, {"INCR", "n"}) == Value(std::int64_t{i}));
    for (const BytesView node : {"eu-5", "eu-2", "eu-3", "eu-4"}) {
      CHECK(session.value(node, {"GET", "n"}) == Value(Bytes(std::to_string(i))));
    }
  }
}
