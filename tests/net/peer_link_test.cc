// What a node says to a peer of its datacenter, whatever that one does.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>

#include "net/steady_clock.h"
#include "tests/net/peer_support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

constexpr NodeId other{2};
constexpr std::size_t large_bytes = std::size_t{64} << 10U;

/// Where a peer would listen: takes connections, and says what the test wants.
struct FakePeer {
  explicit FakePeer(const std::string& at) : socket(std::move(*listen_tcp({at, 7401}, 64))) {}
  /// The next connection; null: none yet.
  [[nodiscard]] std::unique_ptr<ByteSocket> accept() const {
    Fd accepted = accept_tcp(socket, true);
    return accepted ? std::make_unique<ByteSocket>(std::move(accepted)) : nullptr;
  }
  Fd socket;
};

/// A node with one peer.
struct Node {
  explicit Node(const std::string& at, const std::string& peer_at, const NetLimits& limits = {})
      : reactor(options(at, peer_at, limits)) {}
  ReactorOptions options(const std::string& at, const std::string& peer_at, const NetLimits& limits) {
    ReactorOptions made = options_at(at);
    made.peers = {{other, {peer_at, 7401}}};
    made.limits = limits;
    made.complain = [this](const std::string& sentence) { told.push_back(sentence); };
    return made;
  }
  /// One turn that says these.
  void say(std::uint64_t from, std::uint64_t to) {
    Outbox out;
    for (; from <= to; ++from) out.peers.emplace_back(other, envelope(1, numbered(from)));
    reactor.send(std::move(out));
  }
  /// Large ones, a turn each. The number stands where the sender's would.
  void say_large(std::uint64_t from, std::uint64_t to, std::size_t bytes = large_bytes) {
    for (; from <= to; ++from) {
      Outbox out;
      out.peers.emplace_back(
          other, envelope(from, Replicate{{Batch{PartitionId(0), Want::nothing, {Bytes(bytes, 'e')}}}}));
      reactor.send(std::move(out));
    }
  }
  bool turns_until(const std::function<bool()>& done) {
    return until([&] {
      reactor.poll(1ms);
      return done();
    });
  }
  std::unique_ptr<ByteSocket> reaches(const FakePeer& peer) {
    std::unique_ptr<ByteSocket> accepted;
    REQUIRE(turns_until([&] {
      accepted = peer.accept();
      return accepted != nullptr;
    }));
    return accepted;
  }
  [[nodiscard]] std::uint64_t sent() const { return reactor.counters().peer_messages_sent; }
  [[nodiscard]] std::uint64_t dropped() const { return reactor.counters().peer_messages_dropped; }

  std::vector<std::string> told;
  Reactor reactor;
};

/// The numbers of say_large() in what a peer heard, all of it whole messages.
std::vector<std::uint64_t> large_numbers_in(BytesView said) {
  REQUIRE(check_peer_hello(said) == true);
  said.remove_prefix(peer_hello_bytes);
  std::vector<std::uint64_t> numbers;
  while (!said.empty()) {
    const auto frame = first_frame(said, WireLimits::message_bytes_max);
    REQUIRE((frame && *frame));
    const auto message = decode_envelope(**frame);
    REQUIRE(message);
    numbers.push_back(message->from.value);
    said.remove_prefix(sizeof(FrameHead) + (*frame)->size());
  }
  return numbers;
}

/// A connection over which the node's message 1 came, and both have said hello.
std::unique_ptr<ByteSocket> stands(Node& node, const FakePeer& peer) {
  node.say_large(1, 1, 1);
  auto connection = node.reaches(peer);
  connection->say(peer_hello());
  REQUIRE(node.turns_until([&] { return node.sent() == 1; }));
  return connection;
}

}  // namespace

TEST_CASE("a_node_says_hello_and_then_its_messages_in_order") {
  const FakePeer peer(host(140));
  NetLimits limits;
  limits.waiting_messages_max = 1000;
  Node node(host(141), host(140), limits);
  node.say(1, 1000);
  const auto connection = node.reaches(peer);
  for (std::uint64_t number = 1001; number <= 1010; ++number) node.say(number, number);
  CHECK(node.turns_until([&] { return node.sent() == 1010; }));
  CHECK(until([&] { return numbers_in(connection->heard()).size() == 1010; }));
  CHECK(numbers_in(connection->heard()) == count_up(1, 1010));
  CHECK(node.dropped() == 0);
}

TEST_CASE("a_node_connects_from_its_own_address") {
  const FakePeer peer(host(142));
  Node node(host(143), host(142));
  node.say(1, 1);
  Fd accepted;
  REQUIRE(node.turns_until([&] {
    accepted = accept_tcp(peer.socket, true);
    return static_cast<bool>(accepted);
  }));
  CHECK(address_of_peer(accepted) == host(143));
}

TEST_CASE("a_turn_may_say_more_than_may_wait") {
  const FakePeer peer(host(146));
  NetLimits limits;
  limits.send_messages_max = 100;
  Node node(host(147), host(146), limits);
  node.say(1, 1);
  const auto connection = node.reaches(peer);
  REQUIRE(node.turns_until([&] { return node.sent() == 1; }));
  node.say(2, 2000);
  CHECK(node.sent() == 2000);
  CHECK(until([&] { return numbers_in(connection->heard()) == count_up(1, 2000); }));
}

TEST_CASE("a_peer_that_stops_reading_loses_the_oldest_messages_and_no_part_of_one") {
  const FakePeer peer(host(144));
  NetLimits limits;
  limits.send_bytes_max = 20 * large_bytes;
  auto node = std::make_unique<Node>(host(145), host(144), limits);
  const auto connection = stands(*node, peer);
  node->say_large(2, 2000);
  const std::uint64_t taken = node->sent();
  CHECK(taken < 1000);  // what the system takes is bounded, too
  CHECK(taken + node->dropped() >= 2000 - 20);
  CHECK(node->turns_until([&] {
    connection->heard();
    return node->sent() + node->dropped() == 2000;
  }));
  const std::uint64_t sent = node->sent();
  CHECK(sent <= taken + 21);
  node.reset();
  CHECK(until([&] { return connection->ended(); }));
  const auto numbers = large_numbers_in(connection->heard());
  CHECK(numbers.size() == sent);
  CHECK(std::ranges::adjacent_find(numbers, std::greater_equal()) == numbers.end());
  CHECK(numbers.back() == 2000);
}

TEST_CASE("a_message_that_a_cut_parted_is_said_whole_or_not_at_all_and_none_twice") {
  const FakePeer peer(host(148));
  auto node = std::make_unique<Node>(host(149), host(148));
  auto first = stands(*node, peer);
  node->say_large(2, 1000);
  const std::uint64_t sent = node->sent();
  REQUIRE(sent < 1000);  // the next one has begun to leave
  first.reset();
  const auto second = node->reaches(peer);
  CHECK(node->turns_until([&] {
    second->heard();
    return node->sent() + node->dropped() == 1000;
  }));
  node.reset();
  CHECK(until([&] { return second->ended(); }));
  const auto numbers = large_numbers_in(second->heard());
  REQUIRE_FALSE(numbers.empty());
  CHECK(numbers.front() > sent);  // what the first connection took as a whole
  CHECK(numbers == count_up(numbers.front(), 1000));
}

TEST_CASE("a_peer_that_does_not_say_hello_is_left_and_called_again") {
  const FakePeer peer(host(150));
  NetLimits limits;
  limits.handshake_max = 20ms;
  Node node(host(151), host(150), limits);
  node.say(1, 1);
  const auto first = node.reaches(peer);
  CHECK(node.turns_until([&] { return first->ended(); }));
  node.say(2, 2);
  const auto second = node.reaches(peer);
  CHECK(node.turns_until([&] { return numbers_in(second->heard()) == count_up(2, 2); }));
}

TEST_CASE("a_connection_stands_once_the_peer_has_said_hello") {
  const FakePeer peer(host(161));
  NetLimits limits;
  limits.handshake_max = 200ms;
  Node node(host(162), host(161), limits);
  CHECK(until([&] {  // again, if this test was not in time itself
    node.say(1, 1);
    const auto connection = node.reaches(peer);
    connection->say(peer_hello());
    const MonoTime begin = steady_now();
    return node.turns_until([&] { return steady_now() - begin > 2 * limits.handshake_max; }) &&
           !connection->ended();
  }));
}

TEST_CASE("a_peer_that_speaks_otherwise_is_told_of_once") {
  const FakePeer peer(host(152));
  Node node(host(153), host(152));
  for (const Bytes& said : {Bytes("\xff\x00", 2), Bytes("cwpeer\x02\x00", 8), Bytes(peer_hello()) + "x"}) {
    node.say(1, 1);
    const auto connection = node.reaches(peer);
    connection->say(said);
    CHECK(node.turns_until([&] { return connection->ended(); }));
  }
  REQUIRE(node.told.size() == 1);
  CHECK(node.told[0] == "cannot speak to " + host(152) +
                            ":7401: ZeroMQ is spoken there, which is for clients and other datacenters");
}

TEST_CASE("a_peer_that_refuses_is_not_called_all_the_time") {
  const FakePeer peer(host(154));
  NetLimits limits;
  limits.reconnect_first = 20ms;
  limits.reconnect_max = 40ms;
  Node node(host(155), host(154), limits);
  std::int64_t calls = 0;
  const MonoTime begin = steady_now();
  while (steady_now() - begin < 300ms) {
    node.say(1, 1);
    node.reactor.poll(1ms);
    if (peer.accept()) ++calls;
  }
  CHECK(calls > 1);
  CHECK(calls <= (steady_now() - begin) / (limits.reconnect_first / 2) + 1);
}

TEST_CASE("a_link_without_messages_wakes_nobody") {
  const FakePeer peer(host(156));
  Node node(host(157), host(156));
  auto connection = stands(node, peer);
  const auto sleeps = [&] {
    const MonoTime begin = steady_now();
    node.reactor.poll(50ms);
    return steady_now() - begin >= 50ms;
  };
  CHECK(until(sleeps));
  connection.reset();
  CHECK(until(sleeps));
  CHECK_FALSE(peer.accept());
}

TEST_CASE("an_address_that_is_none_is_told_of_once") {
  Node node(host(158), "no..such");
  node.say(1, 3);
  CHECK(node.dropped() == 3);
  CHECK(node.told ==
        std::
            vector<std::string>{
                "cannot connect to no..such:7401: no such address; mend the " "peer's " "address in the "
                                                                                        "topology " "file"});
}

TEST_CASE("messages_arrive_up_to_the_limit_of_their_size") {
  NetLimits limits;
  limits.waiting_bytes_max = limits.send_bytes_max = 2 * WireLimits::message_bytes_max;
  limits.waiting_max = 60s;
  Reactor peer(options_at(host(159)));
  REQUIRE(peer.bind());
  Node node(host(160), host(159), limits);
  constexpr std::size_t room = 100;  // for the rest of the message
  const std::vector<std::size_t> sizes = {1, std::size_t{1} << 20U, WireLimits::message_bytes_max - room, 2};
  for (std::size_t i = 0; i < sizes.size(); ++i) node.say_large(i + 1, i + 1, sizes[i]);
  node.say_large(9, 9, WireLimits::message_bytes_max);
  CHECK(node.dropped() == 1);
  std::vector<std::size_t> arrived;
  CHECK(until([&] {
    node.reactor.poll(0ms);
    for (const Envelope& each : peer.poll(0ms).peers) {
      arrived.push_back(std::get<Replicate>(each.message).batches.at(0).events.at(0).size());
    }
    return arrived.size() == sizes.size();
  }));
  CHECK(arrived == sizes);
}

TEST_CASE("many_peers_speak_at_once_and_each_is_heard_in_its_order") {
  constexpr std::uint64_t peers = 30;
  constexpr std::uint64_t messages = 100;
  Reactor node(options_at(host(170)));
  REQUIRE(node.bind());
  std::vector<std::unique_ptr<Node>> all;
  for (std::uint64_t i = 0; i < peers; ++i) {
    all.push_back(std::make_unique<Node>(host(171 + static_cast<int>(i)), host(170)));
  }
  for (std::uint64_t number = 1; number <= messages; ++number) {
    for (std::uint64_t i = 0; i < peers; ++i) {
      Outbox out;
      out.peers.emplace_back(other, envelope(i, numbered(number)));
      all[i]->reactor.send(std::move(out));
    }
  }
  std::vector<std::vector<std::uint64_t>> heard(peers);
  CHECK(until([&] {
    for (auto& each : all) each->reactor.poll(0ms);
    for (const Envelope& each : node.poll(0ms).peers) heard.at(each.from.value).push_back(number_of(each));
    return node.counters().peer_messages_received == peers * messages;
  }));
  for (const auto& numbers : heard) CHECK(numbers == count_up(1, messages));
  CHECK(node.counters().peer_connections == peers);
}
