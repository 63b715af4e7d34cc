// A Redis client of one socket, and a stand-in for what answers it.
#pragma once

#include "tests/net/tcp_support.h"

namespace causeway::test {

/// "now X" is answered here with X, "three" with a null in version 3, which holds from then on, "sum N …" by a request for
/// each argument, "end" ends the connection; all else by one request.
class TestDoor : public RespHandler {
 public:
  void command(RespConnection& from, RespArguments arguments) override {
    ++commands;
    if (arguments[0] == "now") {
      from.reply([&](RespWriter& out) { out.bulk(arguments[1]); });
    } else if (arguments[0] == "three") {
      from.session.version = RespVersion::three;
      from.reply([](RespWriter& out) { out.null(); });
    } else if (arguments[0] == "end") {
      from.reply([](RespWriter& out) { out.ok(); });
      from.end();
    } else if (arguments[0] == "sum") {
      const auto id = from.expect(RespForm::sum, static_cast<std::uint32_t>(arguments.size() - 1));
      for (const BytesView each : arguments.subspan(1)) from.submit(id).arguments = {Bytes(each)};
    } else {
      Request& request = from.submit(from.expect(RespForm::value, 1));
      for (const BytesView each : arguments) request.arguments.borrow(each);
      request.arguments.own();
    }
  }
  void write_error(RespWriter& into, const Error& error) const override {
    into.error("STORE " + error.sentence);
  }

  std::size_t commands = 0;
};

struct RespClient : ByteSocket {
  explicit RespClient(const std::string& at) : ByteSocket(Endpoint{at, 7379}) {}
};

/// A node whose RESP port is open, with `door` behind it.
struct RespNode {
  explicit RespNode(const std::string& at, const RespLimits& limits = {}) : reactor(options(at, limits)) {
    REQUIRE(reactor.bind());
  }
  ReactorOptions options(const std::string& at, const RespLimits& limits) {
    ReactorOptions made = options_at(at);
    made.resp = &door;
    made.limits.resp = limits;
    return made;
  }

  /// One turn: what arrives is kept in `asked`, and what was put in `out` is sent.
  void turn() {
    for (auto& [client, message] : reactor.poll(1ms).clients) {
      for (Request& each : std::get<Requests>(message).requests) {
        each.arguments.own();
        asked.emplace_back(client, std::move(each));
      }
    }
    reactor.send(std::exchange(out, {}));
  }
  void answer(const std::pair<ClientId, Request>& request, std::variant<Value, Error> result) {
    out.clients.emplace_back(request.first, Responses{{Response{request.second.id, std::move(result)}}});
  }
  /// Turns, and answers each request with its first argument, until the client has heard this.
  bool serves(RespClient& client, BytesView expected) {
    return until([&] {
      turn();
      for (const auto& each : std::exchange(asked, {})) answer(each, Value(Bytes(each.second.arguments[0])));
      return client.heard() == expected;
    });
  }

  TestDoor door;
  Reactor reactor;
  std::vector<std::pair<ClientId, Request>> asked;
  Outbox out;
};

}  // namespace causeway::test
