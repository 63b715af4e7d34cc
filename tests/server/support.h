// Clusters of real processes for the tests, and a client for them. Each test has addresses of its own.
#pragma once

#include <httplib.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "net/client_socket.h"
#include "tests/addresses.h"
#include "tests/server/daemon.h"

namespace causeway::test {

/// A datacenter of nodes a1, a2, … at host(first), host(first + 1), …
inline std::string one_datacenter(int first, int nodes) {
  std::string text =
      "cluster: test\npartitions: 8\ndatacenters:\n  a:\n    replicas: " + std::to_string(nodes) +
      "\n    nodes:\n";
  for (int i = 0; i < nodes; ++i) {
    const std::string number = std::to_string(i + 1);
    text += "      - {name: a" + number + ", rack: r" + number + ", address: " + host(first + i) + "}\n";
  }
  return text;
}

/// Status and body of an answer over HTTP.
inline std::pair<int, std::string> http_get(const std::string& at, const std::string& path) {
  httplib::Client client(at, 7480);
  const auto answer = client.Get(path.c_str());
  REQUIRE(answer);
  return {answer->status, answer->body};
}

/// One connection; asks one thing at a time.
class Asker {
 public:
  explicit Asker(const std::string& at) : Asker(Endpoint{at, 7400}) {}
  explicit Asker(const Endpoint& at) : index_(sockets_.connect(at).value()) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!sockets_.up(index_)) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      sockets_.poll(100ms);
    }
  }
  std::variant<Value, Error> ask(std::vector<Bytes> arguments, Level level = {}) {
    Request request;
    request.id = ++last_;
    request.arguments = std::move(arguments);
    request.read_level = level;
    request.write_level = level;
    request.timeout_ms = 5000;
    REQUIRE(sockets_.send(index_, Requests{{request}}));
    for (const auto end = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < end;) {
      for (auto& [index, message] : sockets_.poll(100ms)) {
        for (auto& response : std::get<Responses>(message).responses) {
          if (response.id == last_) return std::move(response.result);
        }
      }
    }
    FAIL("no answer");
    return {};
  }
  /// "OK", "(nil)", the bytes, the number, or the error.
  std::string text(std::vector<Bytes> arguments, Level level = {}) {
    const auto result = ask(std::move(arguments), level);
    if (const auto* error = std::get_if<Error>(&result)) return to_string(*error);
    const auto& value = std::get<Value>(result);
    if (const auto* status = std::get_if<Status>(&value)) return status->text;
    if (const auto* bytes = std::get_if<Bytes>(&value)) return *bytes;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return "(nil)";
  }

 private:
  ClientSockets sockets_;
  ClientSockets::Index index_;
  std::uint64_t last_ = 0;
};

}  // namespace causeway::test
