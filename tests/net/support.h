// What the tests of sockets share. Each test has addresses of its own.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "net/client_socket.h"
#include "net/reactor.h"
#include "tests/addresses.h"

namespace causeway::test {

constexpr Micros deadline = 10s;

/// Calls step() until it says true; false if it did not within the deadline. What step() calls waits for input.
template <class Step>
bool until(Step step) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!step()) {
    if (std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

inline ReactorOptions options_at(const std::string& at) {
  ReactorOptions options;
  options.host = at;
  return options;
}

inline Envelope envelope(std::uint64_t from, PeerMessage message) {
  Envelope made;
  made.cluster = 1;
  made.from = NodeId(from);
  made.message = std::move(message);
  return made;
}

/// Messages that can be told apart.
inline PeerMessage numbered(std::uint64_t number) {
  Credit message;
  message.bytes = number;
  return message;
}
inline std::uint64_t number_of(const Envelope& numbered_one) {
  return std::get<Credit>(numbered_one.message).bytes;
}

inline std::vector<std::uint64_t> numbers_of(const std::vector<Envelope>& envelopes) {
  std::vector<std::uint64_t> numbers;
  for (const Envelope& each : envelopes) numbers.push_back(number_of(each));
  return numbers;
}

inline ClientMessage get_request(std::uint64_t id) {
  Request one;
  one.id = id;
  one.arguments = {"get", "k"};
  return Requests{{one}};
}

/// Polls until so many messages of peers have come.
inline std::vector<Envelope> take_peers(Reactor& reactor, std::size_t count) {
  std::vector<Envelope> taken;
  const bool all = until([&] {
    for (Envelope& each : reactor.poll(100ms).peers) taken.push_back(std::move(each));
    return taken.size() >= count;
  });
  REQUIRE(all);
  return taken;
}

inline std::vector<std::pair<ClientId, ClientMessage>> take_clients(Reactor& reactor, std::size_t count) {
  std::vector<std::pair<ClientId, ClientMessage>> taken;
  const bool all = until([&] {
    for (auto& each : reactor.poll(100ms).clients) taken.push_back(std::move(each));
    return taken.size() >= count;
  });
  REQUIRE(all);
  return taken;
}

using Reply = std::pair<ClientSockets::Index, ClientMessage>;

inline std::vector<Reply> take_replies(ClientSockets& sockets, std::size_t count) {
  std::vector<Reply> taken;
  const bool all = until([&] {
    for (Reply& each : sockets.poll(100ms)) taken.push_back(std::move(each));
    return taken.size() >= count;
  });
  REQUIRE(all);
  return taken;
}

inline Reply take_reply(ClientSockets& sockets) { return take_replies(sockets, 1).front(); }

inline bool connected(ClientSockets& sockets, ClientSockets::Index index) {
  return until([&] {
    sockets.poll(100ms);
    return sockets.up(index);
  });
}

}  // namespace causeway::test
