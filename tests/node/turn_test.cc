// Proves the order of a turn: events are as durable as configured before anything that depends on them leaves, and a
// disk that fails stops the node, while one that is full does not.
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/node/lone.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

Bytes with_durability(BytesView topology, BytesView durability) {
  Bytes text(topology);
  return text.insert(text.find("partitions:"), "durability: " + Bytes(durability) + "\n");
}

bool is_value(const std::variant<Value, Error>* answer) {
  return answer != nullptr && std::holds_alternative<Value>(*answer);
}

ErrorCode code_of(const std::variant<Value, Error>* answer) {
  REQUIRE(answer);
  REQUIRE(std::holds_alternative<Error>(*answer));
  return std::get<Error>(*answer).code;
}

}  // namespace

TEST_CASE("an_answer_and_the_events_leave_in_the_turn_that_synced_them") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  const auto request = node.ask({"INCR", "n"}, Level{Level::Kind::local_one, 0});
  REQUIRE(node.turn());
  CHECK(is_value(node.answer(request)));
  CHECK(node.take<Replicate>().size() == 2);
  CHECK(node.log().durable() == node.log().last());
  CHECK(node.log().durable().value == 1);
}

TEST_CASE("nothing_leaves_when_the_sync_fails_and_the_node_stops") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  node.log().fail_next_sync();
  const auto request = node.ask({"INCR", "n"}, Level{Level::Kind::local_one, 0});
  const auto turned = node.turn();
  REQUIRE_FALSE(turned);
  CHECK(turned.error().tag == ErrorTag::fatal);
  CHECK(node.sent().empty());
  CHECK_FALSE(node.answer(request));
}

TEST_CASE("nothing_leaves_when_the_write_fails_and_the_node_stops") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  node.log().fail_next_write();
  const auto request = node.ask({"INCR", "n"}, Level{Level::Kind::local_one, 0});
  REQUIRE_FALSE(node.turn());
  CHECK(node.sent().empty());
  CHECK_FALSE(node.answer(request));
}

TEST_CASE("reads_of_a_turn_see_its_writes") {
  Lone node(one_node, "eu-1");
  node.start(true);
  node.serve();
  node.ask({"INCR", "n"});
  const auto read = node.ask({"GET", "n"});
  REQUIRE(node.turn());
  CHECK(std::get<Value>(*node.answer(read)) == Value(Bytes("1")));
}

TEST_CASE("timed_durability_answers_what_is_written_and_syncs_in_time") {
  Lone node(with_durability(one_node, "100ms"), "eu-1");
  node.start(true);
  node.serve();
  node.ask({"INCR", "n"});
  REQUIRE(node.pass(150ms));
  const auto request = node.ask({"INCR", "n"});
  REQUIRE(node.turn());
  node.wait(1ms);
  const auto second = node.ask({"INCR", "n"});
  REQUIRE(node.turn());
  CHECK(is_value(node.answer(request)));
  CHECK(is_value(node.answer(second)));
  CHECK(node.log().durable() < node.log().last());
  REQUIRE(node.pass(100ms));
  CHECK(node.log().durable() == node.log().last());
}

TEST_CASE("a_full_state_refuses_writes_but_does_not_stop_the_node") {
  StoreLimits limits;
  limits.checkpoint_every = 50ms;
  Lone node(one_node, "eu-1", limits);
  node.start(true);
  node.serve();
  node.ask({"SET", "a", "before"});
  REQUIRE(node.pass(600ms));
  node.state().set_bytes_max(node.state().bytes_used());
  node.ask({"SET", "a", Bytes(1000, 'x')});
  REQUIRE(node.pass(600ms));  // the checkpoint finds no room
  const auto refused = node.ask({"SET", "a", "more"});
  const auto read = node.ask({"GET", "a"});
  REQUIRE(node.turn());
  CHECK(code_of(node.answer(refused)) == ErrorCode::storage_full);
  CHECK(std::get<Value>(*node.answer(read)) == Value(Bytes(1000, 'x')));
  node.state().set_bytes_max(1'000'000);
  REQUIRE(node.pass(600ms));
  const auto granted = node.ask({"SET", "a", "more"});
  REQUIRE(node.turn());
  CHECK(is_value(node.answer(granted)));
}

TEST_CASE("writes_that_outrun_the_checkpoints_are_refused_until_one_has_ended") {
  StoreLimits limits;
  limits.dirty_bytes_max = 1000;
  Lone node(one_node, "eu-1", limits);
  node.start(true);
  node.serve();
  std::vector<std::uint64_t> asked;
  for (int i = 0; i < 100; ++i) asked.push_back(node.ask({"SET", "key " + std::to_string(i), Bytes(100, 'x')}));
  const auto read = node.ask({"GET", "key 0"});
  REQUIRE(node.turn());
  CHECK(is_value(node.answer(asked.front())));
  CHECK(code_of(node.answer(asked.back())) == ErrorCode::overloaded);
  CHECK(std::get<Value>(*node.answer(read)) == Value(Bytes(100, 'x')));
  REQUIRE(node.turn());  // the checkpoint
  const auto again = node.ask({"SET", "key 99", "y"});
  REQUIRE(node.turn());
  CHECK(is_value(node.answer(again)));
}

TEST_CASE("a_claim_that_finds_the_disk_full_is_not_answered_and_not_fatal") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  node.state().set_bytes_max(node.state().bytes_used());
  node.hear("eu-2", Claim{Incarnation{2}, ActorId{22}});
  REQUIRE(node.turn());
  CHECK(node.take<ClaimReply>().empty());
  node.state().set_bytes_max(1'000'000);
  node.hear("eu-2", Claim{Incarnation{2}, ActorId{22}});
  REQUIRE(node.turn());
  CHECK(node.take<ClaimReply>().size() == 1);
}

TEST_CASE("a_node_that_starts_on_a_full_disk_waits_for_room_and_says_so") {
  Lone node(one_node, "eu-1");
  node.state().set_bytes_max(10);
  node.start(true);
  REQUIRE(node.pass(1s));
  CHECK_FALSE(node.status().serving);
  CHECK(node.status().reason.find("full") != std::string::npos);
  node.state().set_bytes_max(1'000'000);
  REQUIRE(node.pass(1s));
  CHECK(node.status().serving);
}

TEST_CASE("the_next_turn_is_always_in_the_future") {
  Lone node(five_nodes, "eu-1");
  node.start();  // an empty folder: it refuses
  REQUIRE(node.pass(3s));
  CHECK_FALSE(node.status().serving);
  CHECK(node.core().wake_at() > node.now().mono);
}
