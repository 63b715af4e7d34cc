// Which nodes a client believes in, which datacenters it goes to, and how it learns of them.
#include "tests/client/engine_fixture.h"

namespace causeway {
namespace {

TEST_CASE("a silent node is asked how it is before it is suspected") {
  EngineFixture f;
  f.start();
  f.submit({"get", "k"});
  f.pump();
  const auto first = f.only();
  f.pass(251ms);
  CHECK(f.probed == std::vector<std::string>{first.node});
  CHECK(f.sent.empty());
  f.pass(250ms);
  CHECK(f.only().node == f.replicas("k", "eu")[1]);
}

TEST_CASE("a node that says how it is may take its time") {
  EngineFixture f;
  f.start();
  const int call = f.submit({"get", "k"});
  f.pump();
  const auto first = f.only();
  f.pass(300ms);
  f.engine.receive(f.peers.at(first.node), NodeStatus{}, f.now);
  f.pass(1s);
  CHECK(f.sent.empty());
  f.answer(first, Value(Nil{}));
  CHECK(f.results.at(call).has_value());
}

TEST_CASE("a request that a live node has lost is repeated") {
  EngineFixture f;
  f.start();
  f.submit({"incr", "k"});
  f.pump();
  const auto first = f.only();
  for (int i = 0; i < 21; ++i) {
    f.pass(100ms);
    f.engine.receive(f.peers.at(first.node), NodeStatus{}, f.now);
  }
  CHECK(f.only().request.request_id == first.request.request_id);
}

TEST_CASE("all requests leave a node that has fallen silent, at once") {
  EngineFixture f;
  f.start();
  f.submit({"get", "k"});
  f.pass(400ms);
  f.submit({"get", "k"});
  f.pump();
  f.sent.clear();
  f.pass(101ms);
  CHECK(f.sent.size() == 2);
}

TEST_CASE("a suspect is avoided and probed until it answers") {
  EngineFixture f;
  f.start();
  f.submit({"get", "k"});
  f.pass(501ms);
  const std::string silent = f.replicas("k", "eu").front();
  f.sent.clear();
  f.submit({"get", "k"});
  f.pump();
  CHECK(f.only().node != silent);
  f.probed.clear();
  f.pass(1s);
  CHECK(std::count(f.probed.begin(), f.probed.end(), silent) >= 2);
  f.engine.receive(f.peers.at(silent), NodeStatus{}, f.now);
  f.sent.clear();
  f.submit({"get", "k"});
  f.pump();
  CHECK(f.only().node == silent);
}

TEST_CASE("a node that was lost is used again when it is back") {
  EngineFixture f;
  f.start();
  f.submit({"get", "k"});
  f.pump();
  const auto first = f.only();
  f.lose_connection(first.node);
  f.sent.clear();
  f.submit({"get", "k"});
  f.pump();
  CHECK(f.only().node != first.node);
  f.come_back(first.node);
  f.submit({"get", "k"});
  f.pump();
  CHECK(f.only().node == first.node);
}

TEST_CASE("a connection that does not come in time is not waited for") {
  EngineFixture f;
  f.start();
  f.unreachable.insert(f.replicas("k", "eu").front());
  f.submit({"get", "k"});
  f.pump();
  CHECK(f.sent.empty());
  f.pass(501ms);
  CHECK(f.only().node == f.replicas("k", "eu")[1]);
}

TEST_CASE("when no replica can be reached the call ends as unavailable, and nothing has happened") {
  EngineFixture f;
  f.start();
  for (const std::string& node : f.replicas("k", "eu")) f.unreachable.insert(node);
  const int call = f.submit({"incr", "k"});
  f.pass(5s);
  CHECK(f.error_of(call).code == ErrorCode::unavailable);
  CHECK(f.error_of(call).tag == ErrorTag::retryable);
}

TEST_CASE("another datacenter is used only if that is allowed") {
  ClientOptions options = EngineFixture::with_topology();
  options.failover_to_other_datacenters = GENERATE(false, true);
  EngineFixture f(options);
  f.start();
  f.submit({"get", "k"});
  f.pump();
  for (const std::string& node : f.replicas("k", "eu")) {
    if (f.peers.contains(node)) f.lose_connection(node);
  }
  REQUIRE(!f.sent.empty());
  const bool elsewhere = f.sent.back().node == f.replicas("k", "us").front();
  CHECK(elsewhere == options.failover_to_other_datacenters);
}

TEST_CASE("a call may choose its datacenter") {
  EngineFixture f;
  f.start();
  CallOptions options;
  options.datacenter = "us";
  f.submit({"get", "k"}, options);
  f.pump();
  CHECK(f.only().node == f.replicas("k", "us").front());
  options.datacenter = "mars";
  CHECK(f.error_of(f.submit({"get", "k"}, options)).code == ErrorCode::invalid);
}

TEST_CASE("a client without work sleeps, also when it has lost every node") {
  EngineFixture f;
  f.start();
  f.submit({"get", "k"});
  f.pump();
  if (GENERATE(false, true)) {
    f.answer(f.only(), Value(Nil{}));
  } else {
    f.lose_connection(f.only().node);
    for (const std::string& node : f.replicas("k", "eu")) {
      if (f.peers.contains(node)) f.lose_connection(node);
    }
    f.pass(10s);
    REQUIRE(f.results.size() == 1);
  }
  const int before = f.turns;
  f.pass(60s);
  CHECK(f.turns - before < 10);
}

TEST_CASE("when its datacenter is gone a call ends as unavailable") {
  EngineFixture f;
  f.start();
  const int call = f.submit({"get", "k"});
  f.pump();
  const auto sent = f.only();
  Topology without_eu = two_datacenters();
  without_eu.datacenters.erase(without_eu.datacenters.begin());
  f.engine.receive(f.peers.at(sent.node), TopologyReply{Epoch{2}, render_topology(without_eu)}, f.now);
  f.answer(sent, an_error(ErrorCode::unavailable, ErrorTag::retryable));
  f.pass(5s);
  CHECK(f.error_of(call).code == ErrorCode::unavailable);
}

// ---- Learning --------------------------------------------------------------------------------------------------

ClientOptions with_endpoints(std::vector<std::string> endpoints) {
  ClientOptions options;
  options.endpoints = std::move(endpoints);
  return options;
}

NodeStatus status_of(const std::string& node) {
  NodeStatus status;
  status.node = node;
  return status;
}

TEST_CASE("the topology and the home datacenter are learned from a node") {
  EngineFixture f(with_endpoints({"127.9.41.2:7400"}));
  f.start();
  CHECK_FALSE(f.started);
  CHECK(f.asked_for_topology.size() == 1);
  const PeerIndex seed = f.peers.at("us-2");
  f.engine.receive(seed, TopologyReply{Epoch{1}, render_topology(two_datacenters())}, f.now);
  f.engine.receive(seed, status_of("us-2"), f.now);
  REQUIRE(f.started);
  REQUIRE(f.started->has_value());
  CHECK(f.engine.home() == dc_id("us"));
}

TEST_CASE("a node is spoken to at the endpoint that was given") {
  EngineFixture f(with_endpoints({"example.org"}));
  f.start();
  const PeerIndex seed = f.peers.at("example.org:7400");
  f.engine.receive(seed, status_of("eu-1"), f.now);
  f.engine.receive(seed, TopologyReply{Epoch{1}, render_topology(two_datacenters())}, f.now);
  for (int i = 0; i < 20; ++i) f.submit({"get", "key" + std::to_string(i)});
  f.pump();
  CHECK(f.peers.contains("eu-2"));
  CHECK_FALSE(f.peers.contains("eu-1"));
}

TEST_CASE("when no node answers, connecting fails in time and says who was asked") {
  EngineFixture f(with_endpoints({"127.9.41.2:7400", "127.9.41.3:7401"}));
  f.unreachable = {"us-2", "us-3"};
  f.start();
  f.pass(4999ms);
  CHECK_FALSE(f.started);
  f.pass(2ms);
  REQUIRE(f.started);
  REQUIRE_FALSE(f.started->has_value());
  CHECK(f.started->error().code == ErrorCode::unavailable);
  CHECK(f.started->error().sentence.find("127.9.41.2:7400, 127.9.41.3:7401") != std::string::npos);
}

TEST_CASE("a bad start is refused with what is wrong") {
  ClientOptions unknown = EngineFixture::with_topology();
  unknown.datacenter = "mars";
  ClientOptions malformed;
  malformed.topology = Bytes("cluster: [");
  for (const ClientOptions& options :
       {unknown, malformed, with_endpoints({}), with_endpoints({"host:port"})}) {
    EngineFixture f(options);
    f.start();
    REQUIRE(f.started);
    REQUIRE_FALSE(f.started->has_value());
    CHECK(f.started->error().code == ErrorCode::invalid);
  }
}

TEST_CASE("only a newer configuration replaces the known one") {
  EngineFixture f;
  f.start();
  f.submit({"get", "k"});
  f.pump();
  const PeerIndex peer = f.peers.begin()->second;
  Topology smaller = two_datacenters();
  smaller.datacenters.pop_back();
  f.engine.receive(peer, TopologyReply{Epoch{2}, render_topology(smaller)}, f.now);
  CHECK(f.engine.ring()->configuration().epoch() == Epoch{2});
  f.engine.receive(peer, TopologyReply{Epoch{1}, render_topology(two_datacenters())}, f.now);
  f.engine.receive(peer, TopologyReply{Epoch{3}, "no topology"}, f.now);
  CHECK(f.engine.ring()->configuration().epoch() == Epoch{2});
  CHECK(f.engine.ring()->configuration().datacenters().size() == 1);
}

// ---- Status ----------------------------------------------------------------------------------------------------

TEST_CASE("a node's status reaches all who asked") {
  EngineFixture f;
  f.start();
  int answers = 0;
  const auto count = [&](Result<NodeStatus> status) { answers += status && status->node == "us-1" ? 1 : 0; };
  f.engine.ask_status("us-1", std::chrono::seconds(1), count, f.now);
  f.pump();
  f.engine.ask_status("us-1", std::chrono::seconds(1), count, f.now);
  f.pump();
  CHECK(f.probed.size() == 1);
  f.engine.receive(f.peers.at("us-1"), status_of("us-1"), f.now);
  CHECK(answers == 2);
}

TEST_CASE("a status that does not come is an error, at once if there is no connection") {
  EngineFixture f;
  f.start();
  std::optional<Error> error;
  const auto keep = [&](Result<NodeStatus> status) {
    if (!status) error = status.error();
  };
  f.engine.ask_status("us-1", std::chrono::seconds(1), keep, f.now);
  f.pass(1001ms);
  REQUIRE(error);
  CHECK(error->code == ErrorCode::timeout);
  f.unreachable.insert("us-2");
  f.engine.ask_status("us-2", std::chrono::seconds(1), keep, f.now);
  f.pump();
  f.lose_connection("us-2");
  CHECK(error->code == ErrorCode::unavailable);
  f.engine.ask_status("nobody", std::chrono::seconds(1), keep, f.now);
  CHECK(error->code == ErrorCode::invalid);
}

}  // namespace
}  // namespace causeway
