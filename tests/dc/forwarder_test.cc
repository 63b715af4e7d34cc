// Proves that a request is handed to one replica, and to another only with a request id, for a read, or when nothing can
// have happened; and that an answer belongs to the request that it answers.
#include <catch2/catch.hpp>

#include "dc/forwarder.h"
#include "tests/cluster/topologies.h"
#include "tests/dc/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

const RequestId named{1, 2, 3};

struct Forwarding : Bench {
  Forwarding() : Bench(five_nodes) { live_all(); }

  void forward(std::vector<Bytes> arguments, std::optional<RequestId> request_id = {}, Micros timeout = 2s) {
    forwarder.forward(operation_of(++number, std::move(arguments), now + timeout, request_id), now);
  }
  /// The requests that were handed over since the last call, and to whom.
  std::vector<std::pair<NodeId, Request>> take_handed() { return take_handed(forwarder); }
  std::vector<std::pair<NodeId, Request>> take_handed(Forwarder& by) {
    by.flush();
    std::vector<std::pair<NodeId, Request>> handed;
    for (auto& [node, message] : take<Forward>()) {
      for (Request& request : message.requests) handed.emplace_back(node, std::move(request));
    }
    return handed;
  }
  void reply(const std::pair<NodeId, Request>& asked, std::variant<Value, Error> result) {
    forwarder.on(asked.first, ForwardReply{{Response{asked.second.id, std::move(result)}}}, now);
  }
  auto answers_now() {
    answers.flush(Epoch{1}, post);
    return take_answers();
  }
  /// Time passes, and whoever lives goes on saying so.
  void wait(Micros time) {
    pass(time);
    live_all();
    forwarder.tick(now);
  }

  Answers answers;
  Forwarder forwarder{site, answers};
  std::uint64_t number = 0;
};

Error unavailable() { return {ErrorCode::unavailable, ErrorTag::retryable, "not now", 2, 1}; }
Error ambiguous() { return {ErrorCode::timeout, ErrorTag::ambiguous, "who knows", 2, 1}; }

}  // namespace

TEST_CASE("a_request_goes_to_the_first_serving_replica_and_its_answer_to_the_client") {
  Forwarding bench;
  const auto replicas = bench.placement.replicas(PartitionId{0}, bench.site.home);
  bench.live(bench.configuration.node(replicas[0])->name, false);
  bench.forward({"INCR", "n"});
  const auto asked = bench.take_handed();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].first == replicas[1]);
  bench.reply(asked[0], Value(std::int64_t{1}));
  CHECK(bench.answers_now().at(1) == std::variant<Value, Error>(Value(std::int64_t{1})));
  CHECK(bench.forwarder.size() == 0);
}

TEST_CASE("with_no_replica_up_the_answer_is_unavailable_at_once") {
  Forwarding bench;
  bench.pass(2s);
  bench.forward({"INCR", "n"});
  CHECK(bench.take_handed().empty());
  const auto answers = bench.answers_now();
  CHECK(std::get<Error>(answers.at(1)).code == ErrorCode::unavailable);
  CHECK(std::get<Error>(answers.at(1)).tag == ErrorTag::retryable);
}

TEST_CASE("a_write_without_a_request_id_is_never_tried_elsewhere_once_sent") {
  Forwarding bench;
  bench.forward({"INCR", "n"});
  REQUIRE(bench.take_handed().size() == 1);
  for (int i = 0; i < 19; ++i) bench.wait(100ms);
  CHECK(bench.take_handed().empty());
  CHECK(bench.answers_now().empty());
  bench.wait(100ms);
  const auto answers = bench.answers_now();
  CHECK(std::get<Error>(answers.at(1)).code == ErrorCode::timeout);
  CHECK(std::get<Error>(answers.at(1)).tag == ErrorTag::ambiguous);
}

TEST_CASE("a_write_is_tried_elsewhere_when_the_replica_says_that_nothing_happened") {
  Forwarding bench;
  bench.forward({"INCR", "n"});
  const auto first = bench.take_handed();
  bench.reply(first.at(0), unavailable());
  const auto second = bench.take_handed();
  REQUIRE(second.size() == 1);
  CHECK(second[0].first != first[0].first);
  bench.reply(second[0], unavailable());
  const auto third = bench.take_handed();
  REQUIRE(third.size() == 1);
  bench.reply(third[0], unavailable());  // none is left
  CHECK(std::get<Error>(bench.answers_now().at(1)) == unavailable());
}

TEST_CASE("a_refusal_after_a_replica_was_given_up_is_ambiguous") {
  Forwarding bench;
  bench.forward({"INCR", "n"}, named);
  const auto silent = bench.take_handed();
  bench.wait(500ms);
  bench.reply(bench.take_handed().at(0), unavailable());
  bench.reply(bench.take_handed().at(0), unavailable());  // none is left
  const auto answers = bench.answers_now();
  CHECK(std::get<Error>(answers.at(1)).code == ErrorCode::unavailable);
  CHECK(std::get<Error>(answers.at(1)).tag == ErrorTag::ambiguous);
}

TEST_CASE("an_ambiguous_answer_ends_the_trying") {
  Forwarding bench;
  bench.forward({"INCR", "n"});
  const auto first = bench.take_handed();
  bench.reply(first.at(0), ambiguous());
  CHECK(bench.take_handed().empty());
  CHECK(bench.forwarder.size() == 0);
}

TEST_CASE("reads_and_named_writes_are_tried_at_another_replica_when_one_is_silent") {
  for (const bool reading : {true, false}) {
    Forwarding bench;
    if (reading) {
      bench.forward({"GET", "n"});
    } else {
      bench.forward({"INCR", "n"}, named);
    }
    const auto first = bench.take_handed();
    bench.wait(400ms);
    CHECK(bench.take_handed().empty());
    bench.wait(100ms);
    const auto second = bench.take_handed();
    REQUIRE(second.size() == 1);
    CHECK(second[0].first != first.at(0).first);
    CHECK(second[0].second.request_id == first[0].second.request_id);
    bench.reply(second[0], Value(Bytes("7")));
    CHECK(bench.answers_now().size() == 1);
    bench.reply(first[0], Value(Bytes("8")));  // late
    CHECK(bench.answers_now().empty());
  }
}

TEST_CASE("a_refusal_by_a_replica_that_was_given_up_does_not_end_the_wait_for_the_next") {
  Forwarding bench;
  bench.forward({"GET", "n"});
  const auto first = bench.take_handed();
  bench.wait(500ms);
  const auto second = bench.take_handed();
  REQUIRE(second.size() == 1);
  bench.reply(first.at(0), unavailable());
  CHECK(bench.take_handed().empty());
  CHECK(bench.answers_now().empty());
  bench.reply(second[0], Value(Bytes("7")));
  CHECK(bench.answers_now().size() == 1);
}

TEST_CASE("a_named_write_that_one_silent_replica_may_have_executed_is_not_said_to_have_done_nothing") {
  Forwarding bench;
  bench.forward({"INCR", "n"}, named);
  bench.wait(500ms);
  const auto asked = bench.take_handed();
  REQUIRE(asked.size() == 2);
  bench.reply(asked[1], Error{ErrorCode::storage_full, ErrorTag::retryable, "no room", 0, 0});
  CHECK(std::get<Error>(bench.answers_now().at(1)).tag == ErrorTag::ambiguous);
}

TEST_CASE("a_session_goes_along_and_what_it_depends_on_by_then_comes_back") {
  Forwarding bench;
  const VersionVector before{{ActorId{5}, 2}};
  const VersionVector after{{ActorId{5}, 2}, {ActorId{6}, 1}};
  const auto session_now = [&]() -> std::optional<VersionVector> {
    bench.answers.flush(Epoch{1}, bench.post);
    const Outbox out = bench.post.take();
    REQUIRE(out.clients.size() == 1);
    return std::get<Responses>(out.clients[0].second).responses.at(0).session;
  };
  for (const bool succeeds : {true, false}) {
    Operation operation = operation_of(1, {"INCR", "n"}, bench.now + 2s);
    operation.request.session = before;
    bench.forwarder.forward(std::move(operation), bench.now);
    const auto asked = bench.take_handed();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].second.session == before);
    Response response{asked[0].second.id, Value(std::int64_t{1}), after};
    if (!succeeds) response = {asked[0].second.id, ambiguous(), before};
    bench.forwarder.on(asked[0].first, ForwardReply{{response}}, bench.now);
    CHECK(session_now() == (succeeds ? after : before));
  }
  bench.forward({"INCR", "n"});
  const auto asked = bench.take_handed();
  CHECK_FALSE(asked.at(0).second.session);
  bench.reply(asked[0], Value(std::int64_t{1}));
  CHECK_FALSE(session_now());
}

TEST_CASE("the_replica_is_given_less_time_than_is_left_so_that_its_own_error_arrives") {
  Forwarding bench;
  bench.forward({"INCR", "n"}, {}, 2s);
  const auto asked = bench.take_handed();
  CHECK(asked.at(0).second.timeout_ms < 2000);
  CHECK(asked[0].second.timeout_ms > 1900);
  bench.forward({"INCR", "n"}, {}, 10ms);
  const auto hasty = bench.take_handed();
  CHECK(hasty.at(0).second.timeout_ms < 10);
  CHECK(hasty[0].second.timeout_ms > 0);
}

TEST_CASE("an_answer_meant_for_an_earlier_process_of_this_node_answers_nobody") {
  Forwarding earlier;
  earlier.forward({"INCR", "n"});
  const auto asked = earlier.take_handed();
  Forwarding later;
  later.post = Post(1, later.site.self, Bench::run + 4711, Epoch{1});  // another process
  Forwarder forwarder(later.site, later.answers);
  forwarder.forward(operation_of(1, {"GET", "other"}, later.now + 2s), later.now);
  forwarder.on(asked.at(0).first, ForwardReply{{Response{asked[0].second.id, Value(std::int64_t{1})}}},
               later.now);
  CHECK(later.answers_now().empty());
  CHECK(forwarder.size() == 1);
}

TEST_CASE("what_a_turn_hands_to_one_node_travels_together_unless_it_is_too_much") {
  Forwarding bench;
  for (int i = 0; i < 5; ++i) bench.forward({"INCR", "n"});
  bench.forwarder.flush();
  const auto together = bench.take<Forward>();
  REQUIRE(together.size() == 1);
  CHECK(together[0].second.requests.size() == 5);
  for (int i = 0; i < 5; ++i) bench.forward({"SET", "n", Bytes(400'000, 'x')});
  bench.forwarder.flush();
  const auto apart = bench.take<Forward>();
  CHECK(apart.size() == 3);
  bench.forwarder.flush();
  CHECK(bench.take<Forward>().empty());
}

TEST_CASE("a_waiting_forwarder_wakes_in_the_future") {
  Forwarding bench;
  CHECK_FALSE(bench.forwarder.wake_at());
  bench.forward({"INCR", "n"});
  for (int i = 0; i < 10; ++i) {
    REQUIRE(bench.forwarder.wake_at());
    CHECK(*bench.forwarder.wake_at() > bench.now);
    CHECK(*bench.forwarder.wake_at() <= bench.now + 100ms);
    bench.wait(77ms);
  }
}
