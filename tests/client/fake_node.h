// A node that the test plays, at a real socket.
#pragma once

#include <causeway/client.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <variant>

#include "net/reactor.h"

namespace causeway::test {

using Answer = std::optional<std::variant<Value, Error>>;
using Handler = std::function<Answer(const Request&)>;

/// Addresses of this process alone, so that tests may run side by side. Nobody is at number 3.
inline std::string address(int number) {
  const int process = getpid();
  return "127.9." + std::to_string(64 + process / 64 % 64) + "." + std::to_string(process % 64 * 4 + number);
}

inline Bytes topology_text() {
  return "cluster: test\npartitions: 16\ndurability: sync\ndatacenters:\n  eu:\n    replicas: 2\n    nodes:\n"
         "      - {name: eu-1, rack: a, address: " + address(1) + "}\n"
         "      - {name: eu-2, rack: b, address: " + address(2) + "}\n";
}

/// One node: asks the handler for each answer; none: it keeps silent.
class FakeNode {
 public:
  FakeNode(std::string name, const std::string& host, Handler handler)
      : name_(std::move(name)), handler_(std::move(handler)), reactor_(options(host)) {
    REQUIRE(reactor_.bind());
    thread_ = std::thread([this] { run(); });
  }
  ~FakeNode() {
    stopping_ = true;
    reactor_.wake();
    thread_.join();
  }
  FakeNode(const FakeNode&) = delete;
  FakeNode& operator=(const FakeNode&) = delete;

 private:
  static ReactorOptions options(const std::string& host) {
    ReactorOptions options;
    options.host = host;
    return options;
  }

  void run() {
    while (!stopping_) {
      Outbox outbox;
      for (const auto& [client, message] : reactor_.poll(1s).clients) answer(client, message, outbox);
      reactor_.send(std::move(outbox));
    }
  }

  void answer(ClientId client, const ClientMessage& message, Outbox& outbox) {
    if (std::holds_alternative<AskTopology>(message)) {
      outbox.clients.emplace_back(client, TopologyReply{Epoch{1}, topology_text()});
    } else if (std::holds_alternative<AskStatus>(message)) {
      NodeStatus status;
      status.node = name_;
      outbox.clients.emplace_back(client, std::move(status));
    } else if (const auto* batch = std::get_if<Requests>(&message)) {
      Responses responses;
      for (const Request& request : batch->requests) {
        if (auto result = handler_(request)) responses.responses.push_back({request.id, std::move(*result)});
      }
      outbox.clients.emplace_back(client, std::move(responses));
    }
  }

  std::string name_;
  Handler handler_;
  Reactor reactor_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

inline Client connect_to(const std::string& endpoint, ClientOptions options = {}) {
  options.endpoints = {endpoint};
  auto client = Client::connect(std::move(options));
  REQUIRE(client);
  return std::move(*client);
}

}  // namespace causeway::test
