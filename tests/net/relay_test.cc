#include "net/relay.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

#include "base/random.h"
#include "net/tcp.h"
#include "net/wake_event.h"
#include "tests/net/support.h"

using namespace causeway;
using namespace causeway::test;
using nlohmann::json;

namespace {

/// Blocking, but never for longer than the deadline.
struct Stream {
  explicit Stream(Fd fd) : socket(std::move(fd)) {}
  static Stream to(const Endpoint& at) {
    auto fd = connect_tcp(at);
    REQUIRE(fd);
    Stream stream(std::move(*fd));
    REQUIRE(stream.ready(POLLOUT));
    REQUIRE(connect_error(stream.socket) == 0);
    return stream;
  }
  bool ready(short events) const {
    pollfd item{socket.get(), events, 0};
    return ::poll(&item, 1, 10'000) == 1;
  }
  void write(BytesView bytes) const {
    while (!bytes.empty()) {
      REQUIRE(ready(POLLOUT));
      const ssize_t count = send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      REQUIRE(count > 0);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  /// What arrives until there are so many bytes, or the end.
  Bytes read(std::size_t count) const {
    Bytes taken;
    while (taken.size() < count) {
      REQUIRE(ready(POLLIN));
      Bytes buffer(std::min<std::size_t>(count - taken.size(), 65536), '\0');
      const ssize_t got = recv(socket.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) break;
      taken.append(buffer, 0, static_cast<std::size_t>(got));
    }
    return taken;
  }
  Fd socket;
};

struct Listener {
  explicit Listener(const Endpoint& at) : socket(std::move(*listen_tcp(at, 16))) {}
  Stream accept() const {
    pollfd item{socket.get(), POLLIN, 0};
    REQUIRE(::poll(&item, 1, 10'000) == 1);
    return Stream(accept_tcp(socket));
  }
  Fd socket;
};

/// A relay in a thread of its own.
struct Running {
  explicit Running(RelayOptions options) : control(options.control) {
    auto opened = Relay::open(std::move(options));
    REQUIRE(opened);
    relay = std::move(*opened);
    thread = std::thread([this] { relay->run(stop.fd()); });
  }
  ~Running() {
    stop.wake();
    thread.join();
  }
  json ask(const std::string& command) const {
    const auto answer = ask_relay(control, command);
    REQUIRE(answer);
    return json::parse(*answer);
  }
  /// The state of the link between eu and us, the first.
  json link() const { return ask("state")["links"][0]; }

  Endpoint control;
  WakeEvent stop;
  std::unique_ptr<Relay> relay;
  std::thread thread;
};

/// eu reaches us at HOST:2001, whose node listens at HOST:1001; eu reaches ap at HOST:2002, at HOST:1002.
RelayOptions two_links(const std::string& at, Micros delay = 0ms, Micros jitter = 0ms) {
  RelayOptions options;
  options.routes = {{{at, 2001}, {at, 1001}, "eu", "us"}, {{at, 2002}, {at, 1002}, "eu", "ap"}};
  options.links = {{"us", "eu", delay, jitter}};
  options.control = {at, 2000};
  return options;
}

Bytes random_bytes(std::size_t count) {
  Random random(7);
  Bytes bytes(count, '\0');
  for (char& each : bytes) each = static_cast<char>(random.next());
  return bytes;
}

}  // namespace

TEST_CASE("bytes_go_both_ways_in_order_under_delay_and_jitter") {
  const std::string at = host(101);
  const Listener us({at, 1001});
  const Running relay(two_links(at, 1ms, 5ms));
  const Stream eu = Stream::to({at, 2001});
  const Stream far = us.accept();
  const Bytes bytes = random_bytes(3'000'000);
  std::thread writer([&] { eu.write(bytes); });
  CHECK(far.read(bytes.size()) == bytes);
  writer.join();
  far.write("answer");
  CHECK(eu.read(6) == "answer");
  CHECK(relay.link()["bytes"] == json({6, bytes.size()}));  // the link says: between us and eu
  CHECK(relay.link()["connections"] == 1);
}

TEST_CASE("a_round_trip_takes_twice_the_delay") {
  const std::string at = host(102);
  const Listener us({at, 1001});
  const Running relay(two_links(at));
  const Stream eu = Stream::to({at, 2001});
  const Stream far = us.accept();
  CHECK(relay.ask("delay eu us 50")["links"][0]["delay_ms"] == 50);
  const auto begin = std::chrono::steady_clock::now();
  eu.write("ping");
  CHECK(far.read(4) == "ping");
  CHECK(std::chrono::steady_clock::now() - begin >= 50ms);
  far.write("pong");
  CHECK(eu.read(4) == "pong");
  CHECK(std::chrono::steady_clock::now() - begin >= 100ms);
}

TEST_CASE("a_cut_holds_bytes_in_both_directions_until_the_heal_and_leaves_other_links_alone") {
  const std::string at = host(103);
  const Listener us({at, 1001});
  const Listener ap({at, 1002});
  const Running relay(two_links(at));
  const Stream eu = Stream::to({at, 2001});
  const Stream far = us.accept();
  const Stream other = Stream::to({at, 2002});
  const Stream other_far = ap.accept();
  eu.write("1");
  CHECK(far.read(1) == "1");

  CHECK(relay.ask("cut eu us")["links"][0]["cut"] == true);
  eu.write("2");
  far.write("3");
  other.write("x");  // sent later, and it arrives: so the relay has had its chance
  CHECK(other_far.read(1) == "x");
  CHECK(relay.link()["bytes"] == json({0, 1}));

  CHECK(relay.ask("heal us eu")["links"][0]["cut"] == false);
  CHECK(far.read(1) == "2");
  CHECK(eu.read(1) == "3");
}

TEST_CASE("a_cut_holds_what_is_under_way") {
  const std::string at = host(104);
  const Listener us({at, 1001});
  const Running relay(two_links(at, 300ms));
  const Stream eu = Stream::to({at, 2001});
  const Stream far = us.accept();
  eu.write("1");
  CHECK(until([&] { return relay.link()["held_bytes"] == 1; }));
  relay.ask("cut eu us");
  relay.ask("delay eu us 0");
  CHECK(relay.link()["held_bytes"] == 1);
  relay.ask("heal");
  CHECK(far.read(1) == "1");
}

TEST_CASE("a_connection_during_a_cut_is_taken_up_after_the_heal") {
  const std::string at = host(105);
  const Listener us({at, 1001});
  const Running relay(two_links(at));
  relay.ask("cut eu us");
  const Stream patient = Stream::to({at, 2001});
  patient.write("still here");
  {
    const Stream impatient = Stream::to({at, 2001});
  }
  CHECK(relay.link()["connections"] == 0);
  relay.ask("heal");
  CHECK(us.accept().read(10) == "still here");
  CHECK(relay.link()["connections"] <= 1);
}

TEST_CASE("the_end_of_one_side_reaches_the_other_behind_all_bytes") {
  const std::string at = host(106);
  const Listener us({at, 1001});
  const Running relay(two_links(at, 5ms));
  const Bytes bytes = random_bytes(500'000);
  {
    const Stream eu = Stream::to({at, 2001});
    const Stream far = us.accept();
    std::thread writer([&] {
      eu.write(bytes);
      shutdown(eu.socket.get(), SHUT_WR);
    });
    CHECK(far.read(bytes.size() + 1) == bytes);
    writer.join();
  }
  CHECK(until([&] { return relay.link()["connections"] == 0; }));
}

TEST_CASE("a_target_that_is_not_there_closes_the_connection") {
  const std::string at = host(107);
  const Running relay(two_links(at));
  const Stream eu = Stream::to({at, 2001});
  CHECK(eu.read(1).empty());
  CHECK(until([&] { return relay.link()["connections"] == 0; }));
}

TEST_CASE("what_the_relay_holds_of_a_connection_is_bounded") {
  const std::string at = host(108);
  const Listener us({at, 1001});
  const Running relay(two_links(at, 60s));
  const Stream eu = Stream::to({at, 2001});
  const Stream far = us.accept();
  const Bytes bytes(std::size_t{1} << 20U, 'x');
  std::size_t written = 0;
  while (written < (std::size_t{64} << 20U)) {  // until the relay and the kernel take no more
    const ssize_t count = send(eu.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (relay.link()["held_bytes"] >= RelayLimits::held_bytes_max) {
      break;
    }
  }
  CHECK(written < (std::size_t{64} << 20U));
  CHECK(relay.link()["held_bytes"] <= RelayLimits::held_bytes_max + RelayLimits::read_bytes);
}

TEST_CASE("what_is_no_command_is_answered_with_what_would_be") {
  const Running relay(two_links(host(109)));
  for (const std::string line :
       {"", "cut", "cut eu", "cut eu nowhere", "delay eu us", "delay eu us -1", "delay eu us 1x",
        "delay eu us 99999999999999999999", "\xff\xfe", "cut \xff us"}) {
    const json answer = relay.ask(line);
    CHECK(answer.contains("error"));
    CHECK(answer.size() == 1);
  }
  CHECK(relay.link()["cut"] == false);
  CHECK_FALSE(ask_relay({host(110), 2000}, "state"));
}

TEST_CASE("the_relay_listens_on_loopback_only_and_names_a_busy_port") {
  auto open_to_all = two_links(host(111));
  open_to_all.control.host = "0.0.0.0";
  CHECK(Relay::open(open_to_all).error().code == ErrorCode::permission_denied);
  const Running first(two_links(host(111)));
  CHECK(Relay::open(two_links(host(111))).error().sentence.find(host(111) + ":2001") != std::string::npos);
}

TEST_CASE("nodes_find_each_other_again_after_a_cut_that_outlasts_their_heartbeats") {
  auto far_options = options_at(host(113));
  far_options.bridge_port = 1001;
  Reactor far(far_options);
  REQUIRE(far.bind());
  auto relay_options = two_links(host(113));
  const Running relay(relay_options);
  auto options = options_at(host(112));
  options.peers = {{NodeId(2), {host(113), 2001}, false}};
  options.limits.heartbeat_every = 50ms;
  options.limits.heartbeat_silence_max = 150ms;
  options.limits.handshake_max = 150ms;
  options.limits.waiting_max = 20ms;
  Reactor node(options);
  REQUIRE(node.bind());
  std::uint64_t last = 0;
  const auto reaches = [&](std::uint64_t number) {
    Outbox out;
    out.peers.emplace_back(NodeId(2), envelope(1, numbered(number)));
    node.send(std::move(out));
    node.poll(5ms);
    for (const Envelope& each : far.poll(5ms).peers) last = number_of(each);
    return last == number;
  };
  REQUIRE(until([&] { return reaches(1); }));
  relay.ask("cut eu us");
  const auto dropped = node.counters().peer_messages_dropped;
  CHECK(until([&] {  // the connection is given up
    reaches(2);
    return node.counters().peer_messages_dropped > dropped;
  }));
  CHECK(last == 1);
  relay.ask("heal");
  CHECK(until([&] { return reaches(3); }));
}
