#include "net/reactor.h"

#include <catch2/catch.hpp>
#include <thread>

#include "net/wake_event.h"
#include "net/zmq_socket.h"
#include "tests/net/support.h"
#include "wire/codec.h"

using namespace causeway;
using namespace causeway::test;

namespace {

constexpr NodeId self{1};
constexpr NodeId other{2};

Outbox to_other(std::vector<PeerMessage> messages) {
  Outbox out;
  for (PeerMessage& each : messages) out.peers.emplace_back(other, envelope(self.value, std::move(each)));
  return out;
}

}  // namespace

TEST_CASE("what_a_node_says_to_peers_comes_in_at_their_peer_and_bridge_ports_in_order") {
  Reactor near(options_at(host(22)));
  Reactor far(options_at(host(23)));
  auto options = options_at(host(21));
  options.peers = {{NodeId(2), {host(22), 7401}}, {NodeId(3), {host(23), 7402}, false}};
  Reactor node(options);
  REQUIRE(node.bind());
  REQUIRE(near.bind());
  REQUIRE(far.bind());
  Outbox out;
  std::vector<std::uint64_t> expected;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    out.peers.emplace_back(NodeId(2), envelope(1, numbered(number)));
    out.peers.emplace_back(NodeId(3), envelope(1, numbered(number)));
    expected.push_back(number);
  }
  node.send(std::move(out));
  CHECK(until([&] {  // the links connect while the node waits for input
    node.poll(10ms);
    return node.counters().peer_messages_sent == 200;
  }));
  CHECK(numbers_of(take_peers(near, 100)) == expected);
  CHECK(numbers_of(take_peers(far, 100)) == expected);
  CHECK(node.counters().peer_messages_dropped == 0);
}

TEST_CASE("an_answer_goes_to_the_client_that_asked") {
  Reactor node(options_at(host(24)));
  REQUIRE(node.bind());
  ClientSockets clients;
  const auto first = clients.connect({host(24), 7400});
  const auto second = clients.connect({host(24), 7400});
  REQUIRE((connected(clients, *first) && connected(clients, *second)));
  REQUIRE(clients.send(*first, get_request(1)));
  REQUIRE(clients.send(*second, get_request(2)));
  Outbox out;
  for (const auto& [client, message] : take_clients(node, 2)) {
    const auto id = std::get<Requests>(message).requests.at(0).id;
    out.clients.emplace_back(client, Responses{{Response{id, Value{std::int64_t{5}}}}});
  }
  node.send(std::move(out));
  for (const auto& [index, reply] : take_replies(clients, 2)) {
    CHECK(std::get<Responses>(reply).responses.at(0).id == (index == *first ? 1 : 2));
  }
}

TEST_CASE("an_answer_to_a_client_that_has_gone_is_counted") {
  Reactor node(options_at(host(25)));
  REQUIRE(node.bind());
  auto clients = std::make_unique<ClientSockets>();
  const auto index = clients->connect({host(25), 7400});
  REQUIRE(connected(*clients, *index));
  REQUIRE(clients->send(*index, get_request(1)));
  const ClientId client = take_clients(node, 1)[0].first;
  clients.reset();
  CHECK(until([&] {
    Outbox out;
    out.clients.emplace_back(client, AskStatus{});
    node.send(std::move(out));
    node.poll(10ms);
    return node.counters().client_messages_dropped > 0;
  }));
}

TEST_CASE("a_reply_too_large_to_travel_becomes_an_error") {
  auto options = options_at(host(26));
  options.limits.reply_bytes_max = 4096;
  Reactor node(options);
  REQUIRE(node.bind());
  ClientSockets clients;
  const auto index = clients.connect({host(26), 7400});
  REQUIRE(connected(clients, *index));
  REQUIRE(clients.send(*index, get_request(1)));
  const ClientId client = take_clients(node, 1)[0].first;
  Outbox out;
  out.clients.emplace_back(client,
                           Responses{{Response{1, Value{Bytes(5000, 'x')}}, Response{2, Value{Bytes("y")}}}});
  node.send(std::move(out));
  const auto replies = take_replies(clients, 2);
  const auto large = std::get<Responses>(replies[0].second).responses.at(0);
  CHECK(large.id == 1);
  CHECK(std::get<Error>(large.result).code == ErrorCode::too_large);
  CHECK(std::get<Responses>(replies[1].second).responses.at(0).id == 2);
}

TEST_CASE("a_busy_port_is_an_error_that_names_it") {
  Reactor node(options_at(host(27)));
  REQUIRE(node.bind());
  Reactor second(options_at(host(27)));
  const auto bound = second.bind();
  REQUIRE_FALSE(bound);
  CHECK(bound.error().sentence ==
        "cannot listen for clients on " + host(27) + ":7400: another program uses it; stop that one, or set another "
        "client port " "in the topology file");
}

TEST_CASE("only_loopback_is_listened_on") {
  for (const std::string open : {"0.0.0.0", "::", "10.1.2.3", "192.0.2.1", "::ffff:127.0.0.1"}) {
    Reactor node(options_at(open));
    const auto bound = node.bind();
    REQUIRE_FALSE(bound);
    CHECK(bound.error().code == ErrorCode::permission_denied);
  }
  auto v6 = options_at("::1");
  v6.client_port = 7490;
  v6.peer_port = 7491;
  v6.bridge_port = 7492;
  const auto bound = Reactor(v6).bind();
  CHECK((bound || bound.error().code == ErrorCode::invalid));  // a machine may have no IPv6
}

TEST_CASE("a_peer_that_does_not_read_costs_neither_time_nor_memory") {
  auto quiet_options = options_at(host(29));
  quiet_options.limits.receive_messages_max = 10;
  Reactor quiet(quiet_options);
  REQUIRE(quiet.bind());
  auto options = options_at(host(28));
  options.peers = {{other, {host(29), 7401}}};
  options.limits.send_bytes_max = std::size_t{8} << 20U;
  Reactor node(options);
  REQUIRE(node.bind());
  constexpr std::uint64_t sent = 2000;
  const Bytes event(std::size_t{64} << 10U, 'e');
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < sent; ++i) {
    node.send(to_other({Replicate{{Batch{PartitionId(0), Want::nothing, {event}}}}}));
    if (i == 0) node.poll(1ms);
  }
  CHECK(std::chrono::steady_clock::now() - begin < deadline);
  const auto counters = node.counters();
  CHECK(counters.peer_messages_dropped > sent / 4);
  CHECK(counters.peer_messages_sent + counters.peer_messages_dropped <= sent);
}

TEST_CASE("a_client_that_does_not_read_costs_neither_time_nor_memory") {
  auto options = options_at(host(30));
  options.limits.send_bytes_max = std::size_t{1} << 20U;
  Reactor node(options);
  REQUIRE(node.bind());
  NetLimits limits;
  limits.receive_messages_max = 1;
  ClientSockets clients(limits);
  const auto index = clients.connect({host(30), 7400});
  REQUIRE(connected(clients, *index));
  REQUIRE(clients.send(*index, get_request(1)));
  const ClientId client = take_clients(node, 1)[0].first;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Outbox out;
    out.clients.emplace_back(client, Responses{{Response{i, Value{Bytes(100'000, 'v')}}}});
    node.send(std::move(out));
  }
  CHECK(node.counters().client_messages_dropped > 500);
}

TEST_CASE("the_newest_messages_wait_for_a_peer_that_is_not_there_yet") {
  auto options = options_at(host(31));
  options.peers = {{other, {host(32), 7401}}};
  options.limits.waiting_messages_max = 3;
  options.limits.waiting_max = 60s;
  Reactor node(options);
  REQUIRE(node.bind());
  for (std::uint64_t number = 1; number <= 10; ++number) node.send(to_other({numbered(number)}));
  CHECK(node.counters().peer_messages_dropped == 7);
  Reactor late(options_at(host(32)));
  REQUIRE(late.bind());
  CHECK(until([&] {
    node.poll(10ms);
    return node.counters().peer_messages_sent == 3;
  }));
  CHECK(numbers_of(take_peers(late, 3)) == std::vector<std::uint64_t>{8, 9, 10});
}

TEST_CASE("a_message_that_waited_too_long_is_not_delivered_late") {
  auto options = options_at(host(33));
  options.peers = {{other, {host(34), 7401}}};
  options.limits.waiting_max = 0us;
  Reactor node(options);
  REQUIRE(node.bind());
  node.send(to_other({numbered(1)}));
  Reactor late(options_at(host(34)));
  REQUIRE(late.bind());
  CHECK(until([&] {
    node.poll(1ms);
    return node.counters().peer_messages_dropped == 1;
  }));
  CHECK(node.counters().peer_messages_sent == 0);
}

TEST_CASE("a_peer_that_starts_again_is_reached_again") {
  auto options = options_at(host(35));
  options.peers = {{other, {host(36), 7401}}};
  Reactor node(options);
  REQUIRE(node.bind());
  for (std::uint64_t life = 1; life <= 3; ++life) {
    Reactor peer(options_at(host(36)));
    REQUIRE(peer.bind());
    CHECK(until([&] {
      node.send(to_other({numbered(life)}));
      node.poll(1ms);
      for (const Envelope& each : peer.poll(10ms).peers) {
        if (number_of(each) == life) return true;
      }
      return false;
    }));
  }
}

TEST_CASE("a_message_to_an_unknown_node_is_counted") {
  Reactor node(options_at(host(37)));
  REQUIRE(node.bind());
  node.send(to_other({numbered(1)}));
  CHECK(node.counters().peer_messages_dropped == 1);
}

TEST_CASE("wake_ends_a_poll") {
  Reactor node(options_at(host(38)));
  REQUIRE(node.bind());
  const auto begin = std::chrono::steady_clock::now();
  std::thread waker([&] { node.wake(); });
  node.poll(60s);
  waker.join();
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
}

TEST_CASE("a_turn_takes_no_more_than_its_limit_and_leaves_the_rest") {
  auto options = options_at(host(40));
  options.limits.turn_messages_max = 4;
  Reactor peer(options);
  REQUIRE(peer.bind());
  for (const bool local : {true, false}) {
    auto from = options_at(host(39));
    from.peers = {{other, {host(40), local ? options.peer_port : options.bridge_port}, local}};
    Reactor node(from);
    for (std::uint64_t number = 1; number <= 10; ++number) node.send(to_other({numbered(number)}));
    REQUIRE(node.bind());
    REQUIRE(until([&] {
      node.poll(10ms);
      return node.counters().peer_messages_sent == 10;
    }));
    std::vector<Envelope> taken;
    CHECK(until([&] {
      Inbox inbox = peer.poll(100ms);
      CHECK(inbox.peers.size() <= 4);
      for (Envelope& each : inbox.peers) taken.push_back(std::move(each));
      return taken.size() == 10;
    }));
    CHECK(numbers_of(taken) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  }
}
