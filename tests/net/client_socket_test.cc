#include <catch2/catch.hpp>
#include <thread>
#include <zmq.hpp>

#include "net/client_socket.h"
#include "tests/net/support.h"
#include "wire/codec.h"

using namespace causeway;
using namespace causeway::test;

namespace {

/// A ROUTER that stands for a node.
struct FakeNode {
  explicit FakeNode(const std::string& at) : address(at) {
    router.set(zmq::sockopt::linger, 0);
    router.bind("tcp://" + at);
  }
  /// Answers the next message with these bytes.
  void answer(BytesView bytes) {
    zmq::message_t id;
    zmq::message_t request;
    REQUIRE(router.recv(id));
    REQUIRE(router.recv(request));
    router.send(id, zmq::send_flags::sndmore);
    router.send(zmq::buffer(bytes), zmq::send_flags::none);
  }
  std::string address;
  zmq::context_t context{1};
  zmq::socket_t router{context, zmq::socket_type::router};
};

}  // namespace

TEST_CASE("a_request_reaches_the_node_and_its_answer_comes_back") {
  FakeNode node(host(1) + ":7400");
  ClientSockets sockets;
  const auto index = sockets.connect({host(1), 7400});
  REQUIRE(index);
  REQUIRE(connected(sockets, *index));
  REQUIRE(sockets.send(*index, get_request(7)));
  node.answer(encode(ClientMessage{Responses{{Response{7, Value{Bytes("v")}}}}}));
  const auto [from, message] = take_reply(sockets);
  CHECK(from == *index);
  CHECK(std::get<Responses>(message).responses.at(0).id == 7);
}

TEST_CASE("nothing_is_sent_to_a_node_that_is_not_there") {
  ClientSockets sockets;
  const auto index = sockets.connect({host(2), 7400});
  REQUIRE(index);
  CHECK_FALSE(sockets.send(*index, get_request(1)));
  REQUIRE(until([&] {
    sockets.poll(100ms);
    return sockets.failures(*index) > 0;
  }));
  CHECK_FALSE(sockets.up(*index));
  FakeNode late(host(2) + ":7400");
  CHECK(connected(sockets, *index));
}

TEST_CASE("a_lost_connection_is_told") {
  ClientSockets sockets;
  auto node = std::make_unique<FakeNode>(host(3) + ":7400");
  const auto index = sockets.connect({host(3), 7400});
  REQUIRE(index);
  REQUIRE(connected(sockets, *index));
  const auto before = sockets.failures(*index);
  node.reset();
  REQUIRE(until([&] {
    sockets.poll(100ms);
    return !sockets.up(*index);
  }));
  CHECK(sockets.failures(*index) > before);
  CHECK_FALSE(sockets.send(*index, get_request(1)));
}

TEST_CASE("wake_ends_a_poll_from_another_thread") {
  ClientSockets sockets;
  std::thread other([&] { sockets.wake(); });
  const auto begin = std::chrono::steady_clock::now();
  CHECK(sockets.poll(60s).empty());
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
  other.join();
}

TEST_CASE("an_answer_that_is_no_message_is_counted_and_dropped") {
  FakeNode node(host(4) + ":7400");
  ClientSockets sockets;
  const auto index = sockets.connect({host(4), 7400});
  REQUIRE(connected(sockets, *index));
  REQUIRE(sockets.send(*index, get_request(1)));
  node.answer("nonsense");
  CHECK(until([&] {
    sockets.poll(100ms);
    return sockets.malformed() == 1;
  }));
}
