// What handles ask for, and what they make of answers: the words of each call, from a node that the test plays.
#include <causeway/client.h>

#include <catch2/catch.hpp>
#include <mutex>

#include "tests/client/fake_node.h"

namespace causeway::test {
namespace {

using Words = std::vector<Bytes>;

/// Gives one answer to everything, and keeps what it was asked.
class Teller {
 public:
  Answer operator()(const Request& request) {
    const std::lock_guard lock(mutex_);
    asked_.assign(request.arguments.begin(), request.arguments.end());
    return answer_;
  }
  Words asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  void answer(Value value) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(value);
  }

 private:
  std::mutex mutex_;
  Words asked_;
  Value answer_;
};

struct Told {
  Told() : node("eu-1", address(1), [this](const Request& request) { return teller(request); }) {}

  Teller teller;
  FakeNode node;
  Client client = connect_to(address(1));
};

TEST_CASE("handles of numbers and flags say the commands of their types") {
  Told told;
  const Client& client = told.client;
  told.teller.answer(Value(std::int64_t{7}));
  CHECK(client.bounded_counter("b").add(5).value() == 7);
  CHECK(told.teller.asked() == Words{"bounded.add", "b", "5"});
  CHECK(client.bounded_counter("b").subtract(2).value() == 7);
  CHECK(told.teller.asked() == Words{"bounded.sub", "b", "2"});
  CHECK(client.max("m").set(-7).value() == 7);
  CHECK(told.teller.asked() == Words{"max.set", "m", "-7"});
  CHECK(client.min("m").value().value() == 7);
  CHECK(told.teller.asked() == Words{"min.get", "m"});
  CHECK(client.flag("f").value().value());
  CHECK(told.teller.asked() == Words{"flag.get", "f"});
  CHECK(client.disable_wins_flag("f").enable());
  CHECK(told.teller.asked() == Words{"dwflag.enable", "f"});
  told.teller.answer(Value(Nil{}));
  CHECK_FALSE(client.max("m").value().value());
  told.teller.answer(Value(Value::Array{Value(Bytes("a1")), Value(std::int64_t{3})}));
  CHECK(client.bounded_counter("b").rights().value() == std::map<Bytes, std::int64_t>{{"a1", 3}});
}

TEST_CASE("handles of sets and sketches say the commands of their types") {
  Told told;
  const Client& client = told.client;
  told.teller.answer(Value(std::int64_t{1}));
  CHECK(client.grow_set("g").add({"x", "y"}).value() == 1);
  CHECK(told.teller.asked() == Words{"gset.add", "g", "x", "y"});
  CHECK(client.grow_set("g").async().contains("x").get().value());
  CHECK(told.teller.asked() == Words{"gset.ismember", "g", "x"});
  CHECK(client.hyperloglog("h").add({"x"}).value());
  CHECK(told.teller.asked() == Words{"pfadd", "h", "x"});
  CHECK(client.hyperloglog("{h}a").merge({"{h}b"}));
  CHECK(told.teller.asked() == Words{"pfmerge", "{h}a", "{h}b"});
}

TEST_CASE("handles of lists say the commands of their type") {
  Told told;
  const auto list = told.client.list("l");
  told.teller.answer(Value(std::int64_t{3}));
  CHECK(list.prepend({"a", "b"}).value() == 3);
  CHECK(told.teller.asked() == Words{"lpush", "l", "b", "a"});
  CHECK(list.insert(1, {"x", "y"}).value() == 3);
  CHECK(told.teller.asked() == Words{"list.insert", "l", "1", "x", "y"});
  CHECK(list.remove("x", -1).value() == 3);
  CHECK(told.teller.asked() == Words{"lrem", "l", "-1", "x"});
  told.teller.answer(Value(Value::Array{Value(Bytes("a"))}));
  CHECK(list.range(-2).value() == Words{"a"});
  CHECK(told.teller.asked() == Words{"lrange", "l", "-2", "-1"});
  told.teller.answer(Value(Nil{}));
  CHECK_FALSE(list.pop_back().value());
  CHECK(told.teller.asked() == Words{"rpop", "l"});
}

TEST_CASE("handles of sorted sets say the commands of their type, scores exactly") {
  Told told;
  const auto board = told.client.sorted_set("z");
  told.teller.answer(Value(std::int64_t{2}));
  CHECK(board.add({{"eva", 0.1}, {"bob", 7}}).value() == 2);
  CHECK(told.teller.asked() == Words{"zadd", "z", "0.10000000000000001", "eva", "7", "bob"});
  CHECK(board.rank("eva").value() == 2);
  told.teller.answer(Value(1.5));
  CHECK(board.increment("eva").value() == 1.5);
  CHECK(told.teller.asked() == Words{"zincrby", "z", "1", "eva"});
  CHECK(board.score("eva").value() == 1.5);
  told.teller.answer(Value(Value::Array{Value(Value::Array{Value(Bytes("eva")), Value(1.5)})}));
  CHECK(board.between(0, 2).value() == SortedSetHandle<Waiting>::Scored{{"eva", 1.5}});
  CHECK(told.teller.asked() == Words{"zrange", "z", "0", "2", "byscore", "withscores"});
  CHECK(board.pop_max(3).value().size() == 1);
  CHECK(told.teller.asked() == Words{"zpopmax", "z", "3"});
}

TEST_CASE("a key of any type expires") {
  Told told;
  told.teller.answer(Value(std::int64_t{1}));
  CHECK(told.client.set("s").expire(1500ms).value());
  CHECK(told.teller.asked() == Words{"pexpire", "s", "1500"});
  CHECK(told.client.counter("n").persist().value());
  CHECK(told.teller.asked() == Words{"persist", "n"});
  told.teller.answer(Value(std::int64_t{-2}));
  CHECK(told.client.list("l").async().ttl_ms().get().value() == -2);
  CHECK(told.teller.asked() == Words{"pttl", "l"});
}

TEST_CASE("a map has a handle for a field of each type") {
  Told told;
  told.teller.answer(Value(std::int64_t{1}));
  const auto map = told.client.map("m");
  CHECK(map.list("l").append({"x"}));
  CHECK(told.teller.asked() == Words{"map.in", "m", "l", "rpush", "x"});
  CHECK(map.map("deep").sorted_set("z").add({{"eva", 1}}));
  CHECK(told.teller.asked() == Words{"map.in", "m", "deep", "map.in", "z", "zadd", "1", "eva"});
  CHECK(map.max("p").set(3));
  CHECK(map.min("p").set(3));
  CHECK(map.flag("f").value());
  CHECK(map.disable_wins_flag("f").value());
  CHECK(map.grow_set("g").add({"x"}));
  CHECK(map.hyperloglog("h").count());
  CHECK(map.bounded_counter("b").add(1));
  CHECK(told.teller.asked() == Words{"map.in", "m", "b", "bounded.add", "1"});
}

TEST_CASE("an answer of another kind is an internal error") {
  Told told;
  told.teller.answer(Value(Bytes("text")));
  CHECK(told.client.sorted_set("z").score("x").error().code == ErrorCode::internal);
  CHECK(told.client.sorted_set("z").range().error().code == ErrorCode::internal);
  CHECK(told.client.max("m").value().error().code == ErrorCode::internal);
  CHECK(told.client.bounded_counter("b").rights().error().code == ErrorCode::internal);
}

}  // namespace
}  // namespace causeway::test
