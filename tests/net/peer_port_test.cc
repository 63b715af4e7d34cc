// What arrives at the peer port of a node, from peers and from strangers.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <rapidcheck/catch.h>

#include "tests/net/peer_support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

/// A node whose peer port is listened to, and what it complained of.
struct Node {
  explicit Node(const std::string& at, const NetLimits& limits = {}) : address(at), reactor(options(limits)) {
    REQUIRE(reactor.bind());
  }
  ReactorOptions options(const NetLimits& limits) {
    ReactorOptions made = options_at(address);
    made.limits = limits;
    made.complain = [this](const std::string& sentence) { told.push_back(sentence); };
    return made;
  }
  [[nodiscard]] std::unique_ptr<ByteSocket> stranger() const {
    return std::make_unique<ByteSocket>(Endpoint{address, 7401});
  }
  /// One who has said hello.
  [[nodiscard]] std::unique_ptr<ByteSocket> peer() const {
    auto made = stranger();
    REQUIRE(until([&] { return made->say(peer_hello()) == peer_hello_bytes; }));
    return made;
  }
  bool turns_until(const std::function<bool()>& done) {
    return until([&] {
      for (const Envelope& each : reactor.poll(1ms).peers) arrived.push_back(number_of(each));
      return done();
    });
  }
  /// Whether others are still heard.
  bool serves() {
    arrived.clear();
    const auto other = peer();
    other->say(frame_of(77));
    return turns_until([&] { return arrived == std::vector<std::uint64_t>{77}; });
  }

  std::string address;
  std::vector<std::string> told;
  Reactor reactor;
  std::vector<std::uint64_t> arrived;
};

}  // namespace

TEST_CASE("a_peer_is_answered_with_hello_and_nothing_else") {
  Node node(host(120));
  const auto peer = node.peer();
  peer->say(frame_of(1) + frame_of(2));
  CHECK(node.turns_until([&] { return node.arrived == count_up(1, 2); }));
  CHECK(peer->heard() == peer_hello());
  CHECK_FALSE(peer->ended());
}

TEST_CASE("messages_may_arrive_byte_by_byte") {
  Node node(host(121));
  const auto peer = node.stranger();
  Bytes said(peer_hello());
  for (std::uint64_t number = 1; number <= 3; ++number) said += frame_of(number);
  for (const char byte : said) {
    REQUIRE(until([&] { return peer->say({&byte, 1}) == 1; }));
    for (const Envelope& each : node.reactor.poll(100ms).peers) node.arrived.push_back(number_of(each));
  }
  CHECK(node.turns_until([&] { return node.arrived.size() == 3; }));
  CHECK(node.arrived == count_up(1, 3));
  CHECK(node.reactor.counters().malformed == 0);
}

TEST_CASE("messages_may_be_cut_anywhere") {
  Node node(host(122));
  Bytes said;
  for (std::uint64_t number = 1; number <= 20; ++number) said += frame_of(number);
  rc::prop("at random places", [&](std::vector<std::size_t> cuts) {
    node.arrived.clear();
    const auto peer = node.peer();
    for (std::size_t& cut : cuts) cut %= said.size() + 1;
    cuts.push_back(said.size());
    std::ranges::sort(cuts);
    std::size_t from = 0;
    for (const std::size_t cut : cuts) {
      REQUIRE(peer->say(BytesView(said).substr(from, cut - from)) == cut - from);
      for (const Envelope& each : node.reactor.poll(1ms).peers) node.arrived.push_back(number_of(each));
      from = cut;
    }
    RC_ASSERT(node.turns_until([&] { return node.arrived.size() >= 20; }));
    RC_ASSERT(node.arrived == count_up(1, 20));
  });
}

TEST_CASE("what_was_said_before_the_end_is_heard_but_no_part_of_a_message") {
  Node node(host(123));
  auto peer = node.peer();
  REQUIRE(node.turns_until([&] { return node.reactor.counters().peer_connections == 1; }));
  const Bytes cut_short = frame_of(3);
  peer->say(frame_of(1) + frame_of(2) + cut_short.substr(0, cut_short.size() - 1));
  peer.reset();
  CHECK(node.turns_until([&] { return node.reactor.counters().peer_connections == 0; }));
  CHECK(node.arrived == count_up(1, 2));
  CHECK(node.reactor.counters().malformed == 0);
}

TEST_CASE("who_says_something_malformed_loses_its_connection_and_is_told_of_once") {
  NetLimits limits;
  limits.peer_message_bytes_max = 1000;
  const FrameHead large = frame_head(1001);
  const std::vector<Bytes> malformed = {
      "nonsense",
      Bytes("\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f", 10),
      Bytes("cwpeer\x02\x00", 8),
      Bytes(peer_hello()) + Bytes(large.data(), large.size()),
      Bytes(peer_hello()) + framed(""),
      Bytes(peer_hello()) + framed("nonsense"),
      Bytes(peer_hello()) + framed(encode(get_request(1))),
      Bytes(peer_hello()) + framed(encode(envelope(1, numbered(1))) + "x"),
  };
  Node node(host(124), limits);
  for (std::size_t i = 0; i < malformed.size(); ++i) {
    const auto stranger = node.stranger();
    REQUIRE(until([&] { return stranger->say(malformed[i]) == malformed[i].size(); }));
    CHECK(node.turns_until([&] { return stranger->ended(); }));
    CHECK(node.reactor.counters().malformed == i + 1);
  }
  CHECK(node.arrived.empty());
  REQUIRE(node.told.size() == 1);
  CHECK(node.told[0].ends_with(
      " on the peer port: it begins as no node of ours does; more of them are only counted"));
  CHECK(node.told[0].starts_with("closed a connection from 127."));
  CHECK(node.serves());
}

TEST_CASE("what_follows_something_malformed_is_not_heard") {
  Node node(host(125));
  const auto peer = node.peer();
  peer->say(frame_of(1) + framed("nonsense") + frame_of(2));
  CHECK(node.turns_until([&] { return peer->ended(); }));
  CHECK(node.arrived == count_up(1, 1));
}

TEST_CASE("beyond_the_limit_of_connections_one_is_refused_and_the_others_go_on") {
  NetLimits limits;
  limits.peer_connections_max = 2;
  Node node(host(126), limits);
  const auto first = node.peer();
  auto second = node.peer();
  REQUIRE(node.turns_until([&] { return node.reactor.counters().peer_connections == 2; }));
  const auto third = node.stranger();
  CHECK(node.turns_until([&] { return third->ended(); }));
  CHECK(third->heard().empty());
  CHECK(node.reactor.counters().peer_connections_cut_off == 1);
  first->say(frame_of(1));
  CHECK(node.turns_until([&] { return node.arrived == count_up(1, 1); }));
  second.reset();
  REQUIRE(node.turns_until([&] { return node.reactor.counters().peer_connections == 1; }));
  CHECK(node.serves());
}

TEST_CASE("messages_that_arrive_in_part_have_a_limit_over_all_connections") {
  NetLimits limits;
  limits.peer_read_bytes = 4096;
  limits.all_peers_receive_bytes_max = std::size_t{1} << 20U;
  Node node(host(127), limits);
  std::vector<std::unique_ptr<ByteSocket>> peers;
  const FrameHead head = frame_head(1'000'000);
  for (int i = 0; i < 5; ++i) {
    peers.push_back(node.peer());
    peers.back()->say({head.data(), head.size()});
  }
  const Bytes part(10'000, 'x');
  CHECK(node.turns_until([&] {
    for (auto& each : peers) each->say(part);
    return node.reactor.counters().peer_connections_cut_off > 0;
  }));
  CHECK(node.arrived.empty());
  CHECK(node.serves());
}

TEST_CASE("a_length_alone_takes_no_memory") {
  NetLimits limits;
  limits.all_peers_receive_bytes_max = std::size_t{1} << 20U;
  Node node(host(128), limits);
  std::vector<std::unique_ptr<ByteSocket>> peers;
  const FrameHead head = frame_head(limits.peer_message_bytes_max);
  for (int i = 0; i < 10; ++i) {
    peers.push_back(node.peer());
    peers.back()->say({head.data(), head.size()});
  }
  CHECK(node.serves());
  CHECK(node.reactor.counters().peer_connections == 11);
  CHECK(node.reactor.counters().peer_connections_cut_off == 0);
}

TEST_CASE("arbitrary_bytes_never_end_the_peer_port") {
  Node node(host(129));
  rc::prop("said by a stranger, and by one who knows how to begin", [&](const Bytes& bytes, std::size_t cut) {
    const Bytes valid = Bytes(peer_hello()) + frame_of(1);
    for (const Bytes& said : {bytes, valid.substr(0, cut % (valid.size() + 1)) + bytes}) {
      const auto stranger = node.stranger();
      const auto heard_all = [&, before = node.reactor.counters().peer_connections] {
        return node.reactor.counters().peer_connections == before;
      };
      RC_ASSERT(until([&] { return stranger->say(said) == said.size(); }));
      RC_ASSERT(node.turns_until([&] { return !stranger->heard().empty(); }));
      stranger->end_of_speech();
      RC_ASSERT(node.turns_until(heard_all));
    }
  });
  CHECK(node.serves());
}
