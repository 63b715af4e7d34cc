// Whatever strangers send to a node's ports, it goes on to serve the others.
#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "net/zmq_socket.h"
#include "tests/net/tcp_support.h"
#include "wire/codec.h"

using namespace causeway;
using namespace causeway::test;

namespace {

/// A DEALER that sends whatever it likes.
struct Stranger {
  explicit Stranger(const std::string& at) {
    dealer.set(zmq::sockopt::linger, 0);
    dealer.connect("tcp://" + at);
  }
  void say(BytesView bytes) { dealer.send(zmq::buffer(bytes), zmq::send_flags::none); }
  zmq::context_t context{1};
  zmq::socket_t dealer{context, zmq::socket_type::dealer};
};

bool counts_malformed(Reactor& node, std::uint64_t expected) {
  return until([&] {
    const Inbox inbox = node.poll(100ms);
    CHECK((inbox.peers.empty() && inbox.clients.empty()));
    return node.counters().malformed >= expected;
  });
}

bool serves_clients(Reactor& node, const std::string& at) {
  ClientSockets clients;
  const auto index = clients.connect({at, 7400});
  if (!connected(clients, *index) || !clients.send(*index, get_request(1))) return false;
  Outbox out;
  out.clients.emplace_back(take_clients(node, 1)[0].first, AskStatus{});
  node.send(std::move(out));
  return std::holds_alternative<AskStatus>(take_reply(clients).second);
}

}  // namespace

TEST_CASE("malformed_messages_are_counted_told_once_and_dropped") {
  std::vector<std::string> told;
  auto options = options_at(host(61));
  options.complain = [&](const std::string& sentence) { told.push_back(sentence); };
  Reactor node(options);
  REQUIRE(node.bind());
  for (const char* port : {"7400", "7402"}) {
    Stranger stranger(host(61) + ":" + std::string(port));
    const auto before = node.counters().malformed;
    for (int i = 0; i < 5; ++i) stranger.say("nonsense");
    CHECK(counts_malformed(node, before + 5));
  }
  CHECK(told.size() == 2);
  CHECK(told.at(0).find("on the client port") != std::string::npos);
  CHECK(serves_clients(node, host(61)));
}

TEST_CASE("a_message_of_several_frames_is_malformed") {
  Reactor node(options_at(host(62)));
  REQUIRE(node.bind());
  Stranger stranger(host(62) + ":7400");
  stranger.dealer.send(zmq::str_buffer(""), zmq::send_flags::sndmore);
  stranger.say(encode(get_request(1)));
  CHECK(counts_malformed(node, 1));
}

TEST_CASE("a_message_of_the_other_party_is_malformed") {
  Reactor node(options_at(host(63)));
  REQUIRE(node.bind());
  Stranger client_at_bridge_port(host(63) + ":7402");
  client_at_bridge_port.say(encode(get_request(1)));
  CHECK(counts_malformed(node, 1));
}

TEST_CASE("the_sender_of_an_oversized_message_loses_its_connection") {
  auto options = options_at(host(64));
  options.limits.request_bytes_max = 1000;
  Reactor node(options);
  REQUIRE(node.bind());
  ClientSockets clients;
  const auto index = clients.connect({host(64), 7400});
  REQUIRE(connected(clients, *index));
  Request large;
  large.arguments = {"set", "k", Bytes(2000, 'v')};
  REQUIRE(clients.send(*index, Requests{{large}}));
  CHECK(until([&] {
    clients.poll(10ms);
    CHECK(node.poll(0ms).clients.empty());
    return clients.failures(*index) > 0;
  }));
  CHECK(serves_clients(node, host(64)));
}

TEST_CASE("bytes_of_another_protocol_do_no_harm") {
  Reactor node(options_at(host(65)));
  REQUIRE(node.bind());
  for (const auto port : std::initializer_list<std::uint16_t>{7400, 7401, 7402}) {
    ByteSocket stranger(Endpoint{host(65), port});
    const Bytes junk = "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + Bytes(1000, '\xff');
    CHECK(until([&] { return stranger.say(junk) == junk.size(); }));
    CHECK(until([&] {
      node.poll(1ms);
      return stranger.ended();
    }));
  }
  CHECK(serves_clients(node, host(65)));
}

TEST_CASE("a_stranger_who_says_nothing_is_sent_away") {
  auto options = options_at(host(66));
  options.limits.handshake_max = 50ms;
  Reactor node(options);
  REQUIRE(node.bind());
  for (const auto port : std::initializer_list<std::uint16_t>{7400, 7401, 7402}) {
    ByteSocket stranger(Endpoint{host(66), port});
    CHECK(until([&] {
      node.poll(1ms);
      return stranger.ended();  // it has heard a greeting, and then the end
    }));
    CHECK_FALSE(stranger.heard().empty());
  }
  CHECK(node.counters().peer_connections_cut_off == 1);
  CHECK(serves_clients(node, host(66)));
}

TEST_CASE("arbitrary_bytes_never_end_a_node") {
  Reactor node(options_at(host(67)));
  REQUIRE(node.bind());
  Stranger at_client(host(67) + ":7400");
  Stranger at_bridge(host(67) + ":7402");
  const Bytes valid = encode(envelope(1, numbered(1)));
  std::uint64_t said = 0;
  rc::prop("said to two ports", [&](const Bytes& bytes, std::size_t cut) {
    at_client.say(bytes);
    at_bridge.say(valid.substr(0, cut % valid.size()) + bytes);
    said += 2;
    RC_ASSERT(until([&] {
      node.poll(100ms);
      return node.counters().malformed + node.counters().peer_messages_received +
                 node.counters().client_messages_received ==
             said;
    }));
  });
  CHECK(serves_clients(node, host(67)));
}
