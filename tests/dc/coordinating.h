// A node whose coordinator is asked, on a bench.
#pragma once

#include <catch2/catch.hpp>
#include <set>

#include "dc/coordinator.h"
#include "tests/dc/bench.h"
#include "tests/node/issuer.h"

namespace causeway::testing {

constexpr PartitionId p0{0};
constexpr Level local_one{Level::Kind::local_one, 0};

struct Coordinating : Bench {
  explicit Coordinating(BytesView topology, CoordinatorLimits limits = {}, BytesView self = "eu-1",
                        LogLimits log_limits = {})
      : Bench(topology, self, log_limits),
        coordinator(site, replication, limits),
        key(key_in(p0, placement.partitions())) {
    live_all();
    coordinator.serve(&claimed, "");
  }

  std::uint64_t request(std::vector<Bytes> arguments, Level level = {},
                        std::optional<RequestId> request_id = {}) {
    coordinator.request(ClientId{1}, Request{++number, std::move(arguments), level, level, 0, request_id},
                        {now, {}});
    return number;
  }
  std::uint64_t request_in(VersionVector session, std::vector<Bytes> arguments, Level level = {}) {
    Request request{++number, std::move(arguments), level, level, 0, {}, std::move(session)};
    coordinator.request(ClientId{1}, std::move(request), {now, {}});
    return number;
  }
  void turn() {
    coordinator.tick({now, {}});
    coordinator.flush();
    CW_CHECK(feeds.pump(post).has_value(), "the log is read");
    replication.flush(&claimed, now);
    outbox = post.take();
    for (auto& [client, message] : outbox.clients) {
      for (Response& response : std::get<Responses>(message).responses) {
        answers[response.id] = std::move(response.result);
        sessions[response.id] = std::move(response.session);
      }
    }
  }
  Error error(std::uint64_t of) {
    turn();
    REQUIRE(answers.contains(of));
    REQUIRE(std::holds_alternative<Error>(answers.at(of)));
    return std::get<Error>(answers.at(of));
  }
  /// To whom this kind of message went in the last turn.
  template <class Message>
  std::set<std::string> told() {
    std::set<std::string> names;
    for (const auto& [to, envelope] : outbox.peers) {
      if (std::holds_alternative<Message>(envelope.message)) names.insert(configuration.node(to)->name);
    }
    return names;
  }
  /// Answers the read rounds that were asked for in the last turn.
  void clock_from(BytesView node, const VersionVector& clock) {
    for (const auto& [to, envelope] : outbox.peers) {
      const auto* asked = std::get_if<AskClock>(&envelope.message);
      if (asked == nullptr || to != node_id(node)) continue;
      coordinator.on(
          to, ClockAnswer{asked->round, true, {asked->partition, to, Incarnation{1}, ActorId{9}, clock, {}}},
          now);
      return;
    }
    FAIL("it was not asked");
  }

  Claimed claimed{Incarnation{1}, ActorId{77}};
  Feeds feeds{*store, [](ActorId) { return std::nullopt; }, FeedLimits{}};
  Replication replication{site, feeds, GossipLimits{}, now};
  Coordinator coordinator;
  Bytes key;
  std::uint64_t number = 0;
  std::map<std::uint64_t, std::variant<Value, Error>> answers;
  std::map<std::uint64_t, std::optional<VersionVector>> sessions;
};

}  // namespace causeway::testing
