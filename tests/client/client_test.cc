// The client against nodes that the test plays, over real sockets.
#include <causeway/client.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "tests/client/fake_node.h"

namespace causeway {
namespace {

using test::address;
using test::Answer;
using test::FakeNode;
using test::Handler;

/// What two nodes store, as if they were one: each request id counts once.
class Store {
 public:
  Answer operator()(const Request& request) {
    const std::lock_guard lock(mutex_);
    const BytesView name = request.arguments[0];
    const Bytes key(request.arguments[1]);
    if (name == "counter.add") {
      const bool repeated = request.request_id && !ids_.insert(*request.request_id).second;
      if (!repeated) numbers_[key] += std::stoll(Bytes(request.arguments[2]));
      return Value(numbers_[key]);
    }
    if (name == "counter.get") return Value(numbers_[key]);
    if (name == "set" || name == "reg.set") {
      texts_[key] = request.arguments[2];
      return Value(Status{"OK"});
    }
    if (name == "get" || name == "reg.get") return texts_.contains(key) ? Value(texts_[key]) : Value(Nil{});
    if (name == "sadd") {
      const std::size_t before = sets_[key].size();
      sets_[key].insert(request.arguments.begin() + 2, request.arguments.end());
      return Value(static_cast<std::int64_t>(sets_[key].size() - before));
    }
    if (name == "smembers") return Value(Value::Array(sets_[key].begin(), sets_[key].end()));
    if (name == "sismember") return Value(std::int64_t{sets_[key].contains(Bytes(request.arguments[2]))});
    if (name == "del") return Value(static_cast<std::int64_t>(texts_.erase(key)));
    if (name == "exists") return Value(std::int64_t{texts_.contains(key)});
    if (name == "type") return Value(Status{texts_.contains(key) ? "string" : "none"});
    return Error{ErrorCode::invalid, ErrorTag::fatal, "unknown", 0, 0};
  }

  std::int64_t number(const Bytes& key) {
    const std::lock_guard lock(mutex_);
    return numbers_[key];
  }

 private:
  std::mutex mutex_;
  std::map<Bytes, std::int64_t> numbers_;
  std::map<Bytes, Bytes> texts_;
  std::map<Bytes, std::set<Bytes>> sets_;
  std::set<RequestId> ids_;
};

struct Cluster {
  explicit Cluster(Handler handler) {
    nodes.push_back(std::make_unique<FakeNode>("eu-1", address(1), handler));
    nodes.push_back(std::make_unique<FakeNode>("eu-2", address(2), handler));
  }
  Cluster() : Cluster([this](const Request& request) { return store(request); }) {}

  static Client connect(ClientOptions options = {}) {
    return test::connect_to(address(2), std::move(options));
  }

  Store store;
  std::vector<std::unique_ptr<FakeNode>> nodes;
};

TEST_CASE("handles say what applications mean") {
  const Cluster cluster;
  const Client client = Cluster::connect();
  CHECK(client.datacenter() == "eu");
  CHECK(client.topology().topology().cluster == "test");
  CHECK(client.counter("views").increment(3).value() == 3);
  CHECK(client.counter("views").increment().value() == 4);
  CHECK(client.counter("views").value().value() == 4);
  CHECK_FALSE(client.string("s").get().value());
  CHECK(client.string("s").set("text"));
  CHECK(client.string("s").get().value() == "text");
  CHECK(client.reg("r").put("x"));
  CHECK(client.reg("r").get().value() == "x");
  CHECK(client.set("cart").add({"pear", "apple"}).value() == 2);
  CHECK(client.set("cart").members().value() == std::vector<Bytes>{"apple", "pear"});
  CHECK(client.set("cart").contains("apple").value());
  CHECK_FALSE(client.set("cart").contains("plum").value());
  CHECK(client.type("s").value() == "string");
  CHECK(client.exists("s").value());
  CHECK(client.status("eu-1").value().node == "eu-1");
  CHECK(client.status("nobody").error().code == ErrorCode::invalid);
}

TEST_CASE("every call of a handle is also a future") {
  const Cluster cluster;
  const Client client = Cluster::connect();
  const auto views = client.counter("views").async();
  std::vector<std::future<Result<std::int64_t>>> futures;
  for (int i = 0; i < 100; ++i) futures.push_back(views.increment());
  std::set<std::int64_t> values;
  for (auto& each : futures) values.insert(each.get().value());
  CHECK(values.size() == 100);
  CHECK(client.string("s").async().set("x").get());
  CHECK(client.string("s").async().get().get().value() == "x");
}

TEST_CASE("the results of a pipeline are in its order, good and bad") {
  const Cluster cluster;
  const Client client = Cluster::connect();
  Pipeline pipeline = client.pipeline();
  for (int i = 0; i < 200; ++i) pipeline.add({"set", "k" + std::to_string(i), std::to_string(i)});
  pipeline.add({"nonsense", "k"});
  auto results = pipeline.run();
  REQUIRE(results.size() == 201);
  CHECK(
      std::all_of(results.begin(), results.begin() + 200, [](const auto& each) { return each.has_value(); }));
  CHECK(results[200].error().code == ErrorCode::invalid);
  CHECK(pipeline.size() == 0);
  for (int i = 0; i < 200; ++i) pipeline.add({"get", "k" + std::to_string(i)});
  results = pipeline.run();
  for (int i = 0; i < 200; ++i)
    CHECK(results[static_cast<std::size_t>(i)].value() == Value(std::to_string(i)));
}

TEST_CASE("a pipeline of any length is run, in rounds") {
  const Cluster cluster;
  ClientOptions options;
  options.outstanding_max = Pipeline::round_max;
  const Client client = Cluster::connect(options);
  Pipeline pipeline = client.pipeline();
  constexpr std::size_t length = 2 * Pipeline::round_max + 7;
  for (std::size_t i = 0; i < length; ++i) pipeline.add({"counter.add", "n" + std::to_string(i % 3), "1"});
  const auto results = pipeline.run();
  REQUIRE(results.size() == length);
  CHECK(std::all_of(results.begin(), results.end(), [](const auto& each) { return each.has_value(); }));
  CHECK(client.counter("n0").value().value() == (length + 2) / 3);
}

TEST_CASE("a pipeline need not be waited for, and one of refused commands ends where it began") {
  const Cluster cluster;
  const Client client = Cluster::connect();
  Pipeline pipeline = client.pipeline();
  pipeline.add({"set", "k", "v"}).add({"nonsense"});
  auto future = pipeline.async();
  CHECK(pipeline.size() == 0);
  CHECK(future.get().at(1).error().code == ErrorCode::invalid);
  CHECK(client.string("k").get().value() == "v");
  CHECK(pipeline.async().get().empty());
  for (std::size_t i = 0; i < 2 * Pipeline::round_max; ++i) pipeline.add({"nonsense"});
  std::size_t results = 0;
  pipeline.submit([&](const Pipeline::Results& all) { results = all.size(); });
  CHECK(results == 2 * Pipeline::round_max);
}

TEST_CASE("several keys are asked where each is, and the answers add up") {
  const Cluster cluster;
  const Client client = Cluster::connect();
  for (int i = 0; i < 10; ++i) REQUIRE(client.string("k" + std::to_string(i)).set("x"));
  CHECK(client.execute({"EXISTS", "k0", "k1", "absent", "k9"}).value() == Value(std::int64_t{3}));
  CHECK(client.del({"k0", "k1", "k2", "absent"}).value() == 3);
  CHECK(client.execute({"exists", "k0", "k3"}).value() == Value(std::int64_t{1}));
}

TEST_CASE("a handle in a map executes its command in the field") {
  std::mutex mutex;
  std::vector<std::vector<Bytes>> asked;
  const Cluster cluster([&](const Request& request) -> Answer {
    const std::lock_guard lock(mutex);
    asked.emplace_back(request.arguments.begin(), request.arguments.end());
    return Value(std::int64_t{static_cast<std::int64_t>(request.request_id.has_value())});
  });
  const Client client = Cluster::connect();
  const auto user = client.map("user:7");
  CHECK(user.counter("logins").increment(3).value() == 1);  // with an id
  CHECK(user.map("cart").set("fruit").async().add({"apple", "pear"}).get().value() == 0);
  CHECK(user.put("name", "ada").value() == false);
  CHECK(user.increment("age").value() == 1);
  CHECK(user.map("cart").remove({"fruit"}).value() == 0);
  CHECK(user.map("cart").path() == std::vector<Bytes>{"cart"});
  CHECK(asked == std::vector<std::vector<Bytes>>{
                     {"map.in", "user:7", "logins", "counter.add", "3"},
                     {"map.in", "user:7", "cart", "map.in", "fruit", "sadd", "apple", "pear"},
                     {"hset", "user:7", "name", "ada"},
                     {"hincrby", "user:7", "age", "1"},
                     {"map.in", "user:7", "cart", "hdel", "fruit"}});
}

TEST_CASE("of several keys one that fails makes a deletion ambiguous, and a read retryable") {
  const Cluster cluster([](const Request& request) -> Answer {
    if (request.arguments[1] == "bad") return Error{ErrorCode::unavailable, ErrorTag::retryable, "no", 2, 1};
    return Value(std::int64_t{1});
  });
  ClientOptions options;
  options.timeout = 100ms;
  const Client client = Cluster::connect(options);
  CHECK(client.execute({"del", "a", "bad", "b"}).error().tag == ErrorTag::ambiguous);
  CHECK(client.execute({"exists", "a", "bad", "b"}).error().tag == ErrorTag::retryable);
}

TEST_CASE("many threads count exactly, also when answers are lost and a node ends") {
  Cluster cluster;
  std::atomic<int> number = 0;
  cluster.nodes.clear();
  const auto lossy = [&](const Request& request) -> Answer {
    Answer answer = cluster.store(request);
    return ++number % 50 == 0 ? std::nullopt : answer;
  };
  cluster.nodes.push_back(std::make_unique<FakeNode>("eu-1", address(1), lossy));
  cluster.nodes.push_back(std::make_unique<FakeNode>("eu-2", address(2), lossy));
  ClientOptions options;
  options.try_timeout = 40ms;
  options.timeout = 20s;
  const Client client = Cluster::connect(options);
  constexpr int threads = 4;
  constexpr int each = 250;
  std::atomic<int> acknowledged = 0;
  std::once_flag half_way;
  std::vector<std::thread> callers;
  for (int t = 0; t < threads; ++t) {
    callers.emplace_back([&] {
      for (int i = 0; i < each; ++i) {
        if (client.counter("n").increment()) ++acknowledged;
        if (acknowledged > threads * each / 2) std::call_once(half_way, [&] { cluster.nodes[0].reset(); });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(acknowledged == threads * each);
  CHECK(cluster.store.number("n") == threads * each);
}

TEST_CASE("beyond the bound on outstanding calls the answer is overloaded, at once") {
  const Cluster cluster([](const Request& /*request*/) -> Answer { return std::nullopt; });
  ClientOptions options;
  options.outstanding_max = 10;
  std::vector<std::future<Result<Value>>> waiting;
  {
    const Client client = Cluster::connect(options);
    for (int i = 0; i < 10; ++i) waiting.push_back(client.async({"set", "k", "v"}));
    const auto refused = client.execute({"set", "k", "v"});
    CHECK(refused.error().code == ErrorCode::overloaded);
    CHECK(refused.error().tag == ErrorTag::retryable);
  }
  // The client has gone: what it had sent may have happened.
  for (auto& each : waiting) CHECK(each.get().error().code == ErrorCode::unavailable);
}

TEST_CASE("a client that is closed has ended its calls, and refuses later ones") {
  const Cluster cluster([](const Request& /*request*/) -> Answer { return std::nullopt; });
  const Client client = Cluster::connect();
  auto waiting = client.async({"set", "k", "v"});
  Pipeline pipeline = client.pipeline();
  for (std::size_t i = 0; i < Pipeline::round_max + 1; ++i) pipeline.add({"get", "k"});
  auto round = pipeline.async();
  client.close();
  client.close();
  CHECK(waiting.get().error().code == ErrorCode::unavailable);
  CHECK(round.get().at(Pipeline::round_max).error().sentence == "the client is closed");
  CHECK(client.execute({"get", "k"}).error().tag == ErrorTag::retryable);
  CHECK(client.status("eu-1").error().code == ErrorCode::unavailable);
}

TEST_CASE("a callback may submit, and is told when it would wait for itself") {
  const Cluster cluster;
  const Client client = Cluster::connect();
  std::promise<Result<Value>> inner;
  std::promise<Result<Value>> waited;
  client.submit({"set", "k", "v"}, {}, [&](Result<Value> /*result*/) {
    waited.set_value(client.execute({"get", "k"}));
    client.submit({"get", "k"}, {}, [&](Result<Value> result) { inner.set_value(std::move(result)); });
  });
  CHECK(waited.get_future().get().error().code == ErrorCode::invalid);
  CHECK(inner.get_future().get().value() == Value(Bytes("v")));
}

TEST_CASE("a client may be moved while it works") {
  const Cluster cluster;
  Client first = Cluster::connect();
  auto future = first.async({"set", "k", "v"});
  Client second = std::move(first);
  CHECK(future.get());
  CHECK(second.string("k").get().value() == "v");
}

TEST_CASE("nobody at the address is unavailable, in the time allowed") {
  ClientOptions options;
  options.endpoints = {address(3) + ":7400"};
  options.connect_timeout = 100ms;
  const auto client = Client::connect(options);
  REQUIRE_FALSE(client);
  CHECK(client.error().code == ErrorCode::unavailable);
}

TEST_CASE("a call with bad words or times is refused before it is sent") {
  const Cluster cluster([](const Request& /*request*/) -> Answer { return Value(std::int64_t{1}); });
  const Client client = Cluster::connect();
  CHECK(client.execute({"get"}).error().code == ErrorCode::invalid);
  CHECK(client.execute({}).error().code == ErrorCode::invalid);
  CHECK(client.execute({"get", Bytes(1025, 'k')}).error().code == ErrorCode::too_large);
  CallOptions options;
  options.timeout = 0ms;
  CHECK(client.execute({"get", "k"}, options).error().code == ErrorCode::invalid);
  CHECK(client.string("k").get().error().code == ErrorCode::internal);
}

}  // namespace
}  // namespace causeway
