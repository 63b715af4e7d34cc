// Proves that a node lives through what is well-formed and wrong: it is counted, said once and dropped, and what is right
// goes on.
#include <catch2/catch.hpp>
#include <functional>
#include <limits>

#include "base/serial.h"
#include "tests/cluster/topologies.h"
#include "tests/crdt/event_draft.h"
#include "tests/node/issuer.h"
#include "tests/node/lone.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p0{0};
constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();

Value read(Lone& node, std::vector<Bytes> arguments) {
  const auto request = node.ask(std::move(arguments), Level{Level::Kind::local_one, 0});
  REQUIRE(node.turn());
  REQUIRE(node.answer(request));
  if (const auto* error = std::get_if<Error>(node.answer(request))) FAIL(to_string(*error));
  return std::get<Value>(*node.answer(request));
}

ErrorCode refusal(Lone& node, Request request) {
  node.ask(Requests{{std::move(request)}});
  REQUIRE(node.turn());
  REQUIRE(node.answer(77));
  REQUIRE(std::holds_alternative<Error>(*node.answer(77)));
  return std::get<Error>(*node.answer(77)).code;
}

/// A node of one_dc that serves.
struct Served : Lone {
  Served() : Lone(one_dc, "eu-1") {
    start(true);
    serve();
  }
  const Bytes key = key_in(p0, 8);
};

}  // namespace

TEST_CASE("partitions_out_of_range_are_dropped") {
  Served node;
  for (const PartitionId partition :
       {PartitionId{8}, PartitionId{std::numeric_limits<std::uint32_t>::max()}}) {
    Issuer peer(5);
    node.hear("eu-2", Replicate{{Batch{partition, Want::everywhere, {peer.issue({"SADD", node.key, "m"})}}}});
    node.hear("eu-2", Run{partition, 1, 1, true, Want::local, {}});
    MemberClock clock = peer.says(partition, "eu-2");
    node.hear("eu-2", Clocks{true, {clock}});
    node.hear("eu-2", AskClock{partition, 1});
    node.hear("eu-2", ClockAnswer{1, true, clock});
    node.hear("eu-2", Subscribe{partition, 1, true, 1, {}, {}});
    node.hear("eu-2", Credit{partition, 1, 1});
    node.hear("eu-2", Unsubscribe{partition, 1});
    node.hear("eu-2", NeedFullSync{partition, 1, {}});
    node.hear("eu-2", HelloReply{Incarnation{huge},
                                 ActorId{1},
                                 {Counter{partition, 1}},
                                 {Heard{partition, {{ActorId{1}, huge}}}}});
    node.hear("eu-2", AskChunk{partition, 1, {}, {}});
    node.hear("eu-2", Chunk{partition, 1, {}, {}, Incarnation{1}, {{ActorId{1}, huge}}, {}, {}});
    node.hear("eu-2", EndTransfer{partition, 1});
  }
  REQUIRE(node.pass(2s));
  CHECK(node.status().serving);
  CHECK(node.take<ClockAnswer>().empty());
  CHECK(node.status().dropped > 0);
}

TEST_CASE("an_event_for_a_key_of_another_partition_is_dropped") {
  Served node;
  Issuer peer(5);
  node.hear("eu-2",
            Replicate{{Batch{p0, Want::local, {peer.issue({"SADD", key_in(PartitionId{1}, 8), "m"})}}}});
  REQUIRE(node.turn());
  CHECK(node.store().partition(p0).clock() == VersionVector{});
  CHECK(node.status().dropped == 1);
}

TEST_CASE("what_cannot_be_read_as_an_event_is_counted_once_each_and_said_once") {
  Served node;
  Issuer peer(5);
  Bytes cut = peer.issue({"SADD", node.key, "m"});
  cut.pop_back();  // a good head
  node.hear("eu-2", Replicate{{Batch{p0, Want::nothing, {"", "nonsense", cut}}}});
  REQUIRE(node.turn());
  CHECK(node.status().dropped == 3);
  CHECK(node.noted("cannot be read"));
  const std::size_t notices = node.notices().size();
  node.hear("eu-2", Replicate{{Batch{p0, Want::nothing, {"", "nonsense", cut}}}});
  REQUIRE(node.turn());
  CHECK(node.status().dropped == 6);
  CHECK(node.notices().size() == notices);
  CHECK(read(node, {"SMEMBERS", node.key}) == Value(Value::Array{}));
}

TEST_CASE("each_kind_of_dropped_message_is_said_once") {
  Served node;
  node.hear("eu-2", Replicate{{Batch{p0, Want::nothing, {"nonsense"}}}});
  node.hear(Envelope{Lone::cluster + 1, node_id("eu-2"), 1, Epoch{1}, Heartbeat{}});
  REQUIRE(node.turn());
  CHECK(node.noted("cannot be read"));
  CHECK(node.noted("another cluster"));
  CHECK(node.status().dropped == 2);
}

TEST_CASE("a_member_with_an_event_of_this_nodes_actor_that_it_never_issued_ends_its_service") {
  const auto ends = [](const std::function<PeerMessage(Issuer & twin, const Bytes& event)>& evidence) {
    Served node;
    Issuer twin(node.actor().value);
    const Bytes event = twin.issue({"SADD", node.key, "theirs"});
    node.hear("eu-2", evidence(twin, event));
    const auto request = node.ask({"SADD", node.key, "ours"}, Level{Level::Kind::local_one, 0});
    REQUIRE(node.turn());
    CHECK(node.noted("ALARM"));
    CHECK(node.store().partition(p0).clock() == VersionVector{});
    CHECK(std::get<Error>(*node.answer(request)).code == ErrorCode::unavailable);
    REQUIRE(node.pass(1s));
    CHECK_FALSE(node.status().serving);
  };
  ends([](Issuer&, const Bytes& event) { return Replicate{{Batch{p0, Want::local, {event}}}}; });
  ends([](Issuer& twin, const Bytes& event) {  // one that comes early says as much
    const auto decoded = draft_of(event);
    return Replicate{{Batch{
        p0, Want::local, {twin.issue({"SADD", std::get<Update>(decoded->mutations[0]).key, "more"})}}}};
  });
  ends([](Issuer& twin, const Bytes&) { return Clocks{false, {twin.says(p0, "eu-2")}}; });
  ends([](Issuer& twin, const Bytes&) { return Subscribe{p0, 1, true, 1000, twin.clock(), {}}; });
}

TEST_CASE("what_waits_at_a_node_whose_service_ends_is_answered_in_time") {
  Served node;
  const auto write = node.ask({"INCR", node.key});
  const auto read_round = node.ask({"GET", node.key});
  REQUIRE(node.turn());
  Issuer twin(node.actor().value);
  for (int i = 0; i < 3; ++i) twin.issue({"SADD", node.key, std::to_string(i)});
  node.hear("eu-2", Clocks{false, {twin.says(p0, "eu-2")}});
  REQUIRE(node.pass(3s));
  CHECK_FALSE(node.status().serving);
  CHECK(std::get<Error>(*node.answer(write)).code == ErrorCode::timeout);
  CHECK(std::get<Error>(*node.answer(read_round)).code == ErrorCode::timeout);
}

TEST_CASE("clocks_of_oneself_or_of_nodes_without_a_replica_are_ignored") {
  Lone node(three_dcs, "eu-1");
  node.start(true);
  node.serve();
  REQUIRE(node.pass(6s));
  node.forget_sent();
  Issuer peer(5);
  peer.issue({"SADD", key_in(p0, 4), "m"});
  MemberClock foreign = peer.says(p0, "us-2");
  foreign.node = NodeId{12345};
  node.hear("eu-2", Clocks{true, {peer.says(p0, "eu-1", huge), foreign}});
  REQUIRE(node.turn());
  CHECK(node.take<Clocks>().empty());  // nothing moved
  CHECK(node.status().serving);
}

TEST_CASE("a_clock_that_claims_what_nobody_has_does_not_stop_the_service") {
  Lone node(three_dcs, "eu-1");
  node.start(true);
  node.serve();
  const Bytes key = key_in(p0, 4);
  VersionVector absurd{{ActorId{1}, huge}, {ActorId{2}, huge}, {ActorId{3}, huge}};
  for (const BytesView name : {"eu-2", "us-1", "ap-1"}) {
    node.hear(name, Clocks{false, {MemberClock{p0, node_id(name), Incarnation{1}, ActorId{7}, absurd, {}}}});
  }
  REQUIRE(node.pass(5s));
  CHECK(read(node, {"SADD", key, "m"}) == Value(std::int64_t{1}));
  CHECK(node.status().serving);
}

TEST_CASE("one_replica_that_claims_what_nobody_has_does_not_hold_up_reads") {
  Served node;
  const auto request = node.ask({"GET", node.key});
  REQUIRE(node.turn());
  const auto asked = node.take<AskClock>();
  REQUIRE(asked.size() == 2);
  const Issuer nobody(9);
  MemberClock absurd = nobody.says(p0, "eu-2");
  absurd.clock = {{ActorId{1}, huge}};
  node.hear("eu-2", ClockAnswer{asked[0].second.round, true, absurd});
  REQUIRE(node.turn());
  CHECK_FALSE(node.answer(request));
  node.hear("eu-3", ClockAnswer{asked[0].second.round, true, nobody.says(p0, "eu-3")});
  REQUIRE(node.turn());
  CHECK(node.answer(request));
}

TEST_CASE("runs_replies_and_credits_that_nobody_asked_for_are_ignored") {
  Served node;
  Issuer peer(5);
  const Bytes event = peer.issue({"SADD", node.key, "m"});
  node.hear("eu-2", Run{p0, 4711, 1, true, Want::everywhere, {event}});
  node.hear("eu-2", ForwardReply{{Response{1, Value(std::int64_t{1})}}});
  node.hear("eu-2", ClockAnswer{1, true, peer.says(p0, "eu-2")});
  node.hear("eu-2", ClaimReply{Incarnation{huge}});
  node.hear("eu-2", Unsubscribe{p0, 4711});
  node.hear("eu-2", NeedFullSync{p0, 4711, {}});
  node.hear("eu-2", Credit{p0, 4711, huge});
  REQUIRE(node.turn());
  CHECK(node.store().partition(p0).clock() == VersionVector{});
  CHECK(node.status().ready);
  CHECK(node.take<Unsubscribe>().size() == 1);  // to the one who credits what is not served
}

TEST_CASE("absurd_credit_does_not_make_a_node_send_its_whole_log_at_once") {
  Served node;
  for (int i = 0; i < 60; ++i) {
    node.ask({"SET", node.key, Bytes(200'000, 'x')}, Level{Level::Kind::local_one, 0});
    REQUIRE(node.turn());
  }
  node.forget_sent();
  std::size_t bytes = 0;
  const auto count = [&] {
    for (const auto& [to, run] : node.take<Run>()) {
      for (const Bytes& event : run.events) bytes += event.size();
    }
  };
  node.hear("eu-2", Subscribe{p0, 1, true, huge, {}, {}});
  REQUIRE(node.turn());
  count();
  CHECK(bytes > 0);
  CHECK(bytes <= std::size_t{5} << 20U);
  node.hear("eu-2", Credit{p0, 1, huge});
  node.hear("eu-2", Credit{p0, 1, huge});
  REQUIRE(node.turn());
  count();
  CHECK(bytes > std::size_t{5} << 20U);
  CHECK(bytes <= std::size_t{10} << 20U);
}

TEST_CASE("requests_without_sense_are_answered_with_the_reason") {
  Served node;
  const auto asked = [](std::vector<Bytes> arguments) {
    Request request;
    request.id = 77;
    request.arguments = std::move(arguments);
    request.read_level = request.write_level = Level{Level::Kind::local_one, 0};
    return request;
  };
  CHECK(refusal(node, asked({})) == ErrorCode::invalid);
  CHECK(refusal(node, asked({""})) == ErrorCode::invalid);
  CHECK(refusal(node, asked({"GET"})) == ErrorCode::invalid);
  CHECK(refusal(node, asked({"GET", ""})) == ErrorCode::invalid);
  CHECK(refusal(node, asked({"GET", Bytes(5000, 'k')})) == ErrorCode::too_large);
  CHECK(refusal(node, asked({"SET", "k", Bytes(9 << 20, 'v')})) == ErrorCode::too_large);
  CHECK(refusal(node, asked({"DEL", "a", "b"})) == ErrorCode::invalid);
  Request nobody = asked({"INCR", node.key});
  nobody.write_level = Level{Level::Kind::count, 0};
  CHECK(refusal(node, nobody) == ErrorCode::invalid);
  nobody.write_level = Level{Level::Kind::count, 4};
  CHECK(refusal(node, nobody) == ErrorCode::invalid);
  CHECK(read(node, {"GET", node.key}) == Value(Nil{}));
}

TEST_CASE("a_timeout_of_weeks_is_cut_to_the_longest_there_is") {
  Served node;
  const auto request = node.ask({"INCR", node.key}, {}, {}, std::numeric_limits<std::uint32_t>::max());
  REQUIRE(node.pass(61s));
  REQUIRE(node.answer(request));
  const Error error = std::get<Error>(*node.answer(request));
  CHECK(error.code == ErrorCode::timeout);
  CHECK(error.needed == 2);
  CHECK(error.got == 1);
}

TEST_CASE("a_remembered_clock_of_a_node_that_has_left_the_topology_is_harmless") {
  Lone node(three_dcs, "eu-1");
  node.start(true);
  node.serve();
  Issuer peer(5);
  peer.issue({"SADD", key_in(p0, 4), "m"});
  Bytes name = "clock/";
  Writer place(name);
  place.u32(0);
  place.u64(12345);  // a node of an earlier topology
  Bytes value;
  Writer fields(value);
  for (const std::uint64_t field : {1U, 5U, 0U, 0U, 0U, 0U})  // incarnation, actor, digest, time, peers
    fields.u64(field);
  encode_vector(peer.clock(), value);
  REQUIRE(node.store().set_note_now(name, value));
  node.kill();
  node.start();
  node.serve();
  MemberClock said = peer.says(p0, "us-1");
  said.actor = ActorId{6};
  node.hear("us-1", Clocks{false, {said}});
  REQUIRE(node.pass(2s));
  CHECK(node.status().serving);
}

TEST_CASE("a_peer_with_another_topology_is_said_once") {
  Served node;
  for (int i = 0; i < 5; ++i) {
    node.hear("eu-2", Heartbeat{true, 0});
    REQUIRE(node.turn());
  }
  CHECK(std::count_if(node.notices().begin(), node.notices().end(), [](const std::string& notice) {
          return notice.find("different topology") != std::string::npos;
        }) == 1);
}

TEST_CASE("messages_of_another_cluster_epoch_or_an_unknown_node_are_dropped") {
  Served node;
  Issuer peer(5);
  const Replicate events{{Batch{p0, Want::local, {peer.issue({"SADD", node.key, "m"})}}}};
  node.hear(Envelope{1, node_id("eu-2"), 1, Epoch{1}, events});
  node.hear(Envelope{Lone::cluster, node_id("eu-2"), 1, Epoch{2}, events});
  node.hear(Envelope{Lone::cluster, NodeId{12345}, 1, Epoch{1}, events});
  node.hear(Envelope{Lone::cluster, node.self(), 1, Epoch{1}, events});
  REQUIRE(node.turn());
  CHECK(node.status().dropped == 4);
  CHECK(node.store().partition(p0).clock() == VersionVector{});
}

TEST_CASE("a_command_with_as_few_arguments_as_it_takes_is_answered") {
  Lone node(one_dc, "eu-1");
  node.start(true);
  node.serve();
  for (const Command& command : commands()) {
    std::vector<Bytes> arguments{Bytes(command.name)};
    arguments.resize(static_cast<std::size_t>(std::abs(command.arity)),
                     key_in(PartitionId{0}, node.configuration().partitions()));
    INFO(command.name);
    node.ask(arguments, Level{Level::Kind::local_one, 0});
    REQUIRE(node.turn());
  }
}
