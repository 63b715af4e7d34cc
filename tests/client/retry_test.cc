// Where requests go, and when they are repeated.
#include "tests/client/engine_fixture.h"

namespace causeway {
namespace {

const Value ok{Status{"OK"}};

TEST_CASE("a request goes to the preferred replica in the home datacenter") {
  EngineFixture f;
  f.start();
  for (const char* key : {"a", "b", "c", "d"}) {
    f.submit({"get", key});
    f.pump();
    CHECK(f.only().node == f.replicas(key, "eu").front());
  }
}

TEST_CASE("a request goes to the shard of its node that has the key") {
  ClientOptions options = EngineFixture::with_topology();
  for (Node& node : std::get<Topology>(options.topology).datacenters[0].nodes) node.shards = 3;
  EngineFixture f(options);
  f.start();
  std::set<std::string> asked;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "k" + std::to_string(i);
    f.submit({"get", key});
    f.pump();
    const std::string node = f.only().node;
    CHECK(node == f.replicas(key, "eu").front());
    asked.insert(node);
  }
  CHECK(asked.size() > 3);
}

TEST_CASE("keys of one tag go to one replica") {
  EngineFixture f;
  f.start();
  f.submit({"get", "{tag}a"});
  f.submit({"get", "{tag}b"});
  f.pump();
  REQUIRE(f.sent.size() == 2);
  CHECK(f.sent[0].node == f.sent[1].node);
}

TEST_CASE("a command goes to a replica of its first key wherever that stands") {
  EngineFixture f;
  f.start();
  for (const char* key : {"a", "b", "c", "d"}) {
    f.submit({"sintercard", "2", key, "{" + Bytes(key) + "}x"});
    f.pump();
    CHECK(f.only().node == f.replicas(key, "eu").front());
  }
}

TEST_CASE("requests of one turn to one node travel together, at most 64 in a message") {
  EngineFixture f;
  f.start();
  f.submit({"get", "k"});
  f.pump();
  f.batches.clear();
  for (int i = 0; i < 150; ++i) f.submit({"get", "k"});
  f.pump();
  CHECK(f.batches == std::vector<std::size_t>{64, 64, 22});
}

TEST_CASE("large requests do not make one large message") {
  EngineFixture f;
  f.start();
  for (int i = 0; i < 3; ++i) f.submit({"set", "k", Bytes(600'000, 'x')});
  f.pump();
  CHECK(f.batches == std::vector<std::size_t>{1, 1, 1});
}

TEST_CASE("an answer ends its call") {
  EngineFixture f;
  f.start();
  const int call = f.submit({"set", "k", "v"});
  f.pump();
  f.answer(f.only(), ok);
  CHECK(f.results.at(call).value() == ok);
  f.pass(10s);
  CHECK(f.sent.empty());
}

TEST_CASE("a retryable error is retried at the next replica") {
  EngineFixture f;
  f.start();
  const auto replicas = f.replicas("k", "eu");
  f.submit({"incr", "k"});
  f.pump();
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    const auto sent = f.only();
    CHECK(sent.node == replicas[i]);
    f.answer(sent, an_error(ErrorCode::unavailable, ErrorTag::retryable));
  }
  // All have refused: the next round comes after a rest.
  CHECK(f.sent.empty());
  f.pass(300ms);
  CHECK(f.only().node == replicas[0]);
}

TEST_CASE("an increment has one request id on all its tries") {
  EngineFixture f;
  f.start();
  f.submit({"incr", "k"});
  f.pump();
  const auto first = f.only();
  REQUIRE(first.request.request_id);
  f.answer(first, an_error(ErrorCode::timeout, ErrorTag::ambiguous));
  const auto second = f.only();
  CHECK(second.node != first.node);
  CHECK(second.request.request_id == first.request.request_id);
  f.lose_connection(second.node);
  const auto third = f.only();
  CHECK(third.node != second.node);
  CHECK(third.request.request_id == first.request.request_id);
  CHECK(third.request.id != first.request.id);
}

TEST_CASE("what counts and takes no request id has none, and is not repeated once it may have happened") {
  EngineFixture f;
  f.start();
  const int push = f.submit({"lpush", "k", "v"});
  f.pump();
  const auto first = f.only();
  CHECK_FALSE(first.request.request_id);
  f.answer(first, an_error(ErrorCode::timeout, ErrorTag::ambiguous));
  REQUIRE(f.results.contains(push));
  REQUIRE_FALSE(f.results.at(push));
  CHECK(f.results.at(push).error().tag == ErrorTag::ambiguous);
}

TEST_CASE("automatic request ids are all different and expire in an hour") {
  EngineFixture f;
  f.start();
  f.submit({"incr", "k"});
  f.submit({"incr", "k"});
  f.submit({"set", "k", "v"});
  f.pump();
  REQUIRE(f.sent.size() == 3);
  const RequestId first = f.sent[0].request.request_id.value();
  const RequestId second = f.sent[1].request.request_id.value();
  CHECK(first != second);
  CHECK(WallTime(std::chrono::milliseconds(first.expires_ms)) == f.now.wall + std::chrono::hours(1));
  CHECK_FALSE(f.sent[2].request.request_id);
}

TEST_CASE("an explicit request id is passed on as it is") {
  EngineFixture f;
  f.start();
  CallOptions options;
  options.request_id = RequestId{1, 2, 3};
  f.submit({"incr", "k"}, options);
  f.pump();
  CHECK(f.only().request.request_id == RequestId{1, 2, 3});
}

struct WithoutIds : EngineFixture {
  WithoutIds() : EngineFixture(options()) { start(); }
  static ClientOptions options() {
    ClientOptions options = with_topology();
    options.automatic_request_ids = false;
    return options;
  }
};

TEST_CASE("an increment without a request id is not repeated after an ambiguous error") {
  WithoutIds f;
  const int call = f.submit({"incr", "k"});
  f.pump();
  f.answer(f.only(), an_error(ErrorCode::timeout, ErrorTag::ambiguous));
  CHECK(f.error_of(call).tag == ErrorTag::ambiguous);
  CHECK(f.sent.empty());
}

TEST_CASE("an increment without a request id is not repeated after a lost connection") {
  WithoutIds f;
  const int call = f.submit({"incr", "k"});
  f.pump();
  f.lose_connection(f.only().node);
  CHECK(f.error_of(call).code == ErrorCode::unavailable);
  CHECK(f.error_of(call).tag == ErrorTag::ambiguous);
  CHECK(f.sent.empty());
}

TEST_CASE("an increment without a request id waits for a silent node until its deadline") {
  WithoutIds f;
  const int call = f.submit({"incr", "k"});
  f.pump();
  f.sent.clear();
  f.pass(4990ms);
  CHECK(f.sent.empty());
  CHECK(f.results.empty());
  f.pass(11ms);
  CHECK(f.error_of(call).code == ErrorCode::timeout);
  CHECK(f.error_of(call).tag == ErrorTag::ambiguous);
}

TEST_CASE("an increment without a request id is repeated when nothing has happened") {
  WithoutIds f;
  f.submit({"incr", "k"});
  f.pump();
  f.answer(f.only(), an_error(ErrorCode::unavailable, ErrorTag::retryable));
  CHECK_FALSE(f.only().request.request_id);
}

TEST_CASE("a write that is idempotent is repeated after a lost connection") {
  EngineFixture f;
  f.start();
  f.submit({"set", "k", "v"});
  f.pump();
  const auto first = f.only();
  f.lose_connection(first.node);
  CHECK(f.only().node != first.node);
}

TEST_CASE("an overloaded node is asked again after a rest") {
  EngineFixture f;
  f.start();
  f.submit({"set", "k", "v"});
  f.pump();
  f.answer(f.only(), an_error(ErrorCode::overloaded, ErrorTag::retryable));
  CHECK(f.sent.empty());
  f.pass(50ms);
  CHECK(f.sent.size() == 1);
}

TEST_CASE("a fatal error is final") {
  EngineFixture f;
  f.start();
  const int call = f.submit({"incr", "k"});
  f.pump();
  f.answer(f.only(), an_error(ErrorCode::wrong_type, ErrorTag::fatal));
  CHECK(f.error_of(call) == an_error(ErrorCode::wrong_type, ErrorTag::fatal));
  CHECK(f.sent.empty());
}

TEST_CASE("a fatal error after an unclear try leaves the outcome unknown") {
  EngineFixture f;
  f.start();
  const int call = f.submit({"incr", "k"});
  f.pump();
  f.lose_connection(f.only().node);
  f.answer(f.only(), an_error(ErrorCode::wrong_type, ErrorTag::fatal));
  CHECK(f.error_of(call).code == ErrorCode::wrong_type);
  CHECK(f.error_of(call).tag == ErrorTag::ambiguous);
}

TEST_CASE("the late answer of an earlier try counts") {
  EngineFixture f;
  f.start();
  const int call = f.submit({"incr", "k"});
  f.pump();
  const auto first = f.only();
  f.pass(600ms);
  const auto second = f.only();
  CHECK(second.node != first.node);
  f.answer(first, Value(std::int64_t{5}));
  CHECK(f.results.at(call).value() == Value(std::int64_t{5}));
  f.answer(second, Value(std::int64_t{5}));
}

TEST_CASE("the late error of an earlier try does not disturb the later") {
  EngineFixture f;
  f.start();
  const int call = f.submit({"incr", "k"});
  f.pump();
  const auto first = f.only();
  f.pass(600ms);
  const auto second = f.only();
  f.answer(first, an_error(ErrorCode::timeout, ErrorTag::ambiguous));
  CHECK(f.sent.empty());
  f.answer(second, Value(std::int64_t{5}));
  CHECK(f.results.at(call).has_value());
}

TEST_CASE("what cannot be sent goes elsewhere, and its outcome is known") {
  WithoutIds f;
  f.full.insert(f.replicas("k", "eu").front());
  const int call = f.submit({"incr", "k"});
  f.pump();
  CHECK(f.only().node == f.replicas("k", "eu")[1]);
  for (const std::string& node : f.replicas("k", "eu")) f.full.insert(node);
  const int other = f.submit({"incr", "k"});
  f.pass(5s);
  CHECK(f.error_of(other).tag == ErrorTag::retryable);
  CHECK(f.error_of(call).tag == ErrorTag::ambiguous);
}

// ---- Deadlines -------------------------------------------------------------------------------------------------

TEST_CASE("the node is given less time than the caller") {
  EngineFixture f;
  f.start();
  f.submit({"get", "k"});
  CallOptions options;
  options.timeout = 200ms;
  f.submit({"get", "k"}, options);
  f.pump();
  CHECK(f.sent.at(0).request.timeout_ms == 4900);
  CHECK(f.sent.at(1).request.timeout_ms == 180);
}

TEST_CASE("a write that nobody answers ends at its deadline with an unknown outcome, a read with none") {
  EngineFixture f;
  f.start();
  CallOptions options;
  options.timeout = 1000ms;
  const int write = f.submit({"incr", "k"}, options);
  const int read = f.submit({"get", "k"}, options);
  f.pass(999ms);
  CHECK(f.results.empty());
  f.pass(2ms);
  CHECK(f.error_of(write).code == ErrorCode::timeout);
  CHECK(f.error_of(write).tag == ErrorTag::ambiguous);
  CHECK(f.error_of(read).code == ErrorCode::timeout);
  CHECK(f.error_of(read).tag == ErrorTag::retryable);
}

TEST_CASE("the node's own account of a timeout reaches the caller") {
  EngineFixture f;
  f.start();
  const int call = f.submit({"incr", "k"});
  f.pump();
  const auto sent = f.only();
  f.now.mono += std::chrono::milliseconds(sent.request.timeout_ms);
  f.answer(sent, an_error(ErrorCode::timeout, ErrorTag::ambiguous));
  CHECK(f.error_of(call) == an_error(ErrorCode::timeout, ErrorTag::ambiguous));
}

TEST_CASE("when the time is up the last error of the store is given") {
  EngineFixture f;
  f.start();
  CallOptions options;
  options.timeout = 300ms;
  const int call = f.submit({"incr", "k"}, options);
  f.pump();
  while (f.results.empty()) {
    if (!f.sent.empty()) f.answer(f.only(), an_error(ErrorCode::unavailable, ErrorTag::retryable));
    f.pass(1ms);
  }
  CHECK(f.error_of(call) == an_error(ErrorCode::unavailable, ErrorTag::retryable));
  CHECK(f.now.mono <= MonoTime(1s) + 300ms);
}

TEST_CASE("the end of the client ends its calls") {
  EngineFixture f;
  f.start();
  const int read = f.submit({"get", "k"});
  const int write = f.submit({"set", "k", "v"});
  f.unreachable.insert(f.replicas("other", "us").front());
  CallOptions options;
  options.datacenter = "us";
  const int unsent = f.submit({"set", "other", "v"}, options);
  f.pump();
  f.engine.shut_down();
  CHECK(f.error_of(read).tag == ErrorTag::retryable);
  CHECK(f.error_of(write).tag == ErrorTag::ambiguous);
  CHECK(f.error_of(unsent).tag == ErrorTag::retryable);
}

}  // namespace
}  // namespace causeway
