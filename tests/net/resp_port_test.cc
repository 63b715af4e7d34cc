#include "net/resp_port.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "tests/net/resp_support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

Bytes repeated(BytesView text, std::size_t times) {
  Bytes all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("replies_have_the_order_of_the_commands_whatever_the_order_of_the_answers") {
  RespNode node(host(70));
  RespClient client(host(70));
  client.say("a\nnow b\nc\nsum 1 2 3\nd\nnow e\n");
  REQUIRE(until([&] {
    node.turn();
    return node.asked.size() == 6;
  }));
  std::vector<std::size_t> order{5, 2, 3, 1, 4};  // d, two of the sum, c, the rest of the sum
  for (const std::size_t each : order) {
    const Bytes text(node.asked[each].second.arguments[0]);
    const bool number = each >= 2 && each <= 4;
    node.answer(node.asked[each], number ? Value(std::int64_t{std::stoi(text)}) : Value(text));
    node.turn();
    CHECK(client.heard().empty());
  }
  node.answer(node.asked[0], Value(Nil{}));
  node.asked.clear();
  CHECK(node.serves(client, "$-1\r\n$1\r\nb\r\n$1\r\nc\r\n:6\r\n$1\r\nd\r\n$1\r\ne\r\n"));
}

TEST_CASE("a_reply_has_the_version_that_its_command_was_given_in") {
  RespNode node(host(71));
  RespClient client(host(71));
  client.say("a\nthree\nb\n");
  REQUIRE(until([&] {
    node.turn();
    return node.asked.size() == 2;
  }));
  node.answer(node.asked[1], Value(Nil{}));
  node.answer(node.asked[0], Value(Nil{}));
  node.asked.clear();
  CHECK(node.serves(client, "$-1\r\n_\r\n_\r\n"));
}

TEST_CASE("a_sum_with_an_error_is_the_error") {
  RespNode node(host(72));
  RespClient client(host(72));
  client.say("sum 1 2 3\n");
  REQUIRE(until([&] {
    node.turn();
    return node.asked.size() == 3;
  }));
  node.answer(node.asked[0], Value(std::int64_t{1}));
  node.answer(node.asked[1], Error{ErrorCode::unavailable, ErrorTag::retryable, "the second", 0, 0});
  node.answer(node.asked[2], Error{ErrorCode::unavailable, ErrorTag::retryable, "the third", 0, 0});
  node.asked.clear();
  CHECK(node.serves(client, "-STORE the second\r\n"));
}

TEST_CASE("answers_to_nobody_and_to_nothing_are_passed_over") {
  RespNode node(host(73));
  RespClient client(host(73));
  client.say("a\n");
  REQUIRE(until([&] {
    node.turn();
    return !node.asked.empty();
  }));
  const auto asked = node.asked[0];
  for (const std::uint64_t id : {std::uint64_t{0}, asked.second.id + 1, ~std::uint64_t{0}}) {
    node.out.clients.emplace_back(asked.first, Responses{{Response{id, Value(Bytes("wrong"))}}});
  }
  node.out.clients.emplace_back(ClientId(asked.first.value + 1), Responses{{Response{1, Value(Nil{})}}});
  node.out.clients.emplace_back(ClientId(~std::uint64_t{0}), AskStatus{});
  node.answer(asked, Value(Bytes("right")));
  node.answer(asked, Value(Bytes("twice")));
  node.asked.clear();
  CHECK(node.serves(client, "$5\r\nright\r\n"));
  CHECK(node.reactor.counters().client_messages_dropped == 2);
}

TEST_CASE("a_pipeline_beyond_the_limit_of_a_turn_is_served_in_several") {
  RespLimits limits;
  limits.turn_commands_max = 3;
  limits.turn_all_commands_max = 5;
  limits.waiting_replies_max = 4;
  RespNode node(host(74), limits);
  RespClient first(host(74));
  RespClient second(host(74));
  CHECK(first.say(repeated("get\n", 100)) == 400);
  CHECK(second.say(repeated("now x\n", 100)) == 600);
  REQUIRE(until([&] {
    node.turn();
    CHECK(node.asked.size() <= 4);  // what waits for its answer, as nothing is answered
    return node.asked.size() == 4;
  }));
  for (const auto& each : std::exchange(node.asked, {})) node.answer(each, Value(Bytes("get")));
  std::size_t before = node.door.commands;
  CHECK(until([&] {
    node.turn();
    CHECK(node.door.commands - std::exchange(before, node.door.commands) <= 5);
    for (const auto& each : std::exchange(node.asked, {})) node.answer(each, Value(Bytes("get")));
    first.heard();
    return second.heard().size() == 700 && first.heard().size() == 900;
  }));
  CHECK(first.heard() == repeated("$3\r\nget\r\n", 100));
}

TEST_CASE("a_protocol_error_is_the_last_reply_and_ends_the_connection") {
  RespNode node(host(75));
  RespClient client(host(75));
  client.say("a\n*1\r\n:\r\n" + repeated("b\n", 1000));
  CHECK(node.serves(client, "$1\r\na\r\n-ERR Protocol error: expected '$', got ':'\r\n"));
  CHECK(client.ended());
  CHECK(node.door.commands == 1);
  CHECK(node.reactor.counters().resp.protocol_errors == 1);
}

TEST_CASE("who_ends_or_says_no_more_still_gets_all_replies") {
  RespNode node(host(76));
  RespClient leaves(host(76));
  leaves.say("a\nend\nb\n");
  CHECK(node.serves(leaves, "$1\r\na\r\n+OK\r\n"));
  CHECK(leaves.ended());
  RespClient half(host(76));
  half.say("a\nb\n");
  half.end_of_speech();
  CHECK(node.serves(half, "$1\r\na\r\n$1\r\nb\r\n"));
  CHECK(half.ended());
  CHECK(until([&] {
    node.turn();
    return node.reactor.counters().resp.connections == 0;
  }));
}

TEST_CASE("a_client_that_does_not_read_is_cut_off_at_the_limit_and_the_others_are_served") {
  RespLimits of_one;
  of_one.output_bytes_max = std::size_t{1} << 20U;
  RespLimits of_all;
  of_all.all_output_bytes_max = std::size_t{1} << 20U;
  int number = 77;
  for (const RespLimits& limits : {of_one, of_all}) {
    const std::string at = host(number);
    number = 85;
    RespNode node(at, limits);
    RespClient deaf(at);
    RespClient other(at);
    const Bytes command = repeated("now " + Bytes(60'000, 'v') + "\n", 20);
    Bytes rest;
    std::size_t said = 0;
    CHECK(until([&] {
      if (rest.empty()) rest = command;
      const std::size_t count = deaf.say(rest);
      rest.erase(0, count);
      said += count;
      node.turn();
      return node.reactor.counters().resp.connections_cut_off == 1;
    }));
    CHECK(said < std::size_t{60} << 20U);  // what the sockets hold, and the limit
    CHECK(deaf.ended());
    other.say("now x\n");
    CHECK(node.serves(other, "$1\r\nx\r\n"));
  }
}

TEST_CASE("replies_that_wait_behind_an_unanswered_one_count_against_the_limit") {
  RespLimits limits;
  limits.output_bytes_max = 100'000;
  RespNode node(host(78), limits);
  RespClient client(host(78));
  client.say("a\n" + repeated("now " + Bytes(10'000, 'v') + "\n", 20));
  CHECK(until([&] {
    node.turn();
    return node.reactor.counters().resp.connections_cut_off == 1;
  }));
}

TEST_CASE("a_slow_reader_gets_every_byte") {
  RespNode node(host(79));
  RespClient slow(host(79));
  const Bytes large(200'000, 'v');  // a hundred of them are more than the sockets hold
  slow.say("now a\nbig\nnow b\n");
  REQUIRE(until([&] {
    node.turn();
    return !node.asked.empty();
  }));
  const auto asked = std::exchange(node.asked, {});
  Value::Array list;
  for (int i = 0; i < 100; ++i) list.emplace_back(large);
  node.answer(asked[0], Value(std::move(list)));
  const Bytes expected =
      "$1\r\na\r\n*100\r\n" + repeated("$200000\r\n" + large + "\r\n", 100) + "$1\r\nb\r\n";
  CHECK(until([&] {
    node.turn();
    return slow.heard().size() >= expected.size();
  }));
  CHECK((slow.heard() == expected));
}

TEST_CASE("a_reply_that_is_too_large_becomes_an_error") {
  RespLimits limits;
  limits.reply_bytes_max = 1000;
  RespNode node(host(80), limits);
  RespClient client(host(80));
  client.say("a\nb\n");
  REQUIRE(until([&] {
    node.turn();
    return node.asked.size() == 2;
  }));
  node.answer(node.asked[0], Value(Bytes(1000, 'x')));
  node.answer(node.asked[1], Value(Bytes("b")));
  node.asked.clear();
  CHECK(
      node.serves(client, "-STORE the reply is larger than 1000 bytes: ask for a part of it\r\n$1\r\nb\r\n"));
}

TEST_CASE("beyond_the_limit_of_connections_one_is_told_so") {
  RespLimits limits;
  limits.connections_max = 2;
  RespNode node(host(81), limits);
  RespClient first(host(81));
  auto second = std::make_unique<RespClient>(host(81));
  RespClient third(host(81));
  CHECK(node.serves(third, "-ERR max number of clients reached\r\n"));
  CHECK(third.ended());
  second.reset();
  CHECK(until([&] {
    node.turn();
    return node.reactor.counters().resp.connections == 1;
  }));
  RespClient fourth(host(81));
  fourth.say("a\n");
  CHECK(node.serves(fourth, "$1\r\na\r\n"));
  CHECK(node.reactor.counters().resp.connections_rejected == 1);
}

TEST_CASE("commands_that_arrive_in_part_have_a_limit_over_all_connections") {
  RespLimits limits;
  limits.all_input_bytes_max = std::size_t{1} << 20U;
  RespNode node(host(82), limits);
  std::vector<std::unique_ptr<RespClient>> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(std::make_unique<RespClient>(host(82)));
  const Bytes part(10'000, 'x');
  for (auto& each : clients) each->say("*1\r\n$1000000\r\n");
  CHECK(until([&] {
    for (auto& each : clients) each->say(part);
    node.turn();
    return node.reactor.counters().resp.connections_cut_off > 0;
  }));
  RespClient other(host(82));
  other.say("a\n");
  CHECK(node.serves(other, "$1\r\na\r\n"));
}

TEST_CASE("a_busy_resp_port_is_an_error_that_names_it") {
  RespNode node(host(83));
  TestDoor door;
  auto options = options_at(host(83));
  options.client_port = 7500;
  options.peer_port = 7501;
  options.bridge_port = 7502;
  options.resp = &door;
  Reactor second(options);
  const auto bound = second.bind();
  REQUIRE_FALSE(bound);
  CHECK(
      bound.error().sentence ==
      "cannot listen for RESP on " + host(83) +
          ":7379: another program uses it; stop that one, or set another resp port in the " "topology file");
}

TEST_CASE("arbitrary_bytes_never_end_the_resp_port") {
  RespNode node(host(84));
  rc::prop("said by a stranger", [&](const Bytes& bytes) {
    RespClient stranger(host(84));
    stranger.say("*2\r\n$3\r\nnow\r\n$1\r\nx\r\n" + bytes);
    stranger.end_of_speech();
    RC_ASSERT(until([&] {
      node.turn();
      for (const auto& each : std::exchange(node.asked, {})) node.answer(each, Value(Nil{}));
      return stranger.ended();
    }));
    RC_ASSERT(stranger.heard().starts_with("$1\r\nx\r\n"));
  });
  RespClient client(host(84));
  client.say("a\n");
  CHECK(node.serves(client, "$1\r\na\r\n"));
}
