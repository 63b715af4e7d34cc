// A client's logic between nodes that the test plays: every message and every connection is in the test's hand, and so is
// the time.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/cpp/request_engine.h"
#include "crdt/command.h"

namespace causeway {

/// Two datacenters, eu and us, of three nodes each, three replicas.
inline Topology two_datacenters() {
  const char* text = R"(
cluster: test
partitions: 16
durability: sync
datacenters:
  eu:
    replicas: 3
    nodes:
      - {name: eu-1, rack: a, address: 127.9.40.1}
      - {name: eu-2, rack: b, address: 127.9.40.2}
      - {name: eu-3, rack: c, address: 127.9.40.3}
  us:
    replicas: 3
    nodes:
      - {name: us-1, rack: a, address: 127.9.41.1}
      - {name: us-2, rack: b, address: 127.9.41.2}
      - {name: us-3, rack: c, address: 127.9.41.3}
)";
  auto topology = parse_topology(text);
  REQUIRE(topology);
  return *topology;
}

inline Error an_error(ErrorCode code, ErrorTag tag) { return {code, tag, "said the node", 2, 1}; }

class EngineFixture {
 public:
  struct Sent {
    std::string node;  ///< its name, or its endpoint if it is none of the topology
    Request request;
  };

  explicit EngineFixture(ClientOptions options = with_topology())
      : engine(std::move(options), RequestId{7, 100, 0}, 1) {}

  static ClientOptions with_topology() {
    ClientOptions options;
    options.topology = two_datacenters();
    options.datacenter = "eu";
    return options;
  }

  void start() {
    engine.start([this](Result<void> result) { started = std::move(result); }, now);
    pump();
  }

  /// Submits; its result comes into results[number].
  int submit(std::vector<Bytes> arguments, CallOptions options = {}) {
    const int number = submitted++;
    NewCall call;
    call.reads = arguments[0] == "get";
    call.counts = arguments[0] == "incr" || arguments[0] == "lpush";
    call.takes_id = arguments[0] == "incr";
    if (const auto command = find_command(arguments)) call.key_at = first_key_of(*command->command);
    call.arguments = std::move(arguments);
    call.options = std::move(options);
    call.done = [this, number](Result<Value> result) {
      CHECK_FALSE(results.contains(number));
      results.emplace(number, std::move(result));
    };
    engine.submit(std::move(call), now);
    return number;
  }

  /// Lets connections come and messages leave until nothing moves.
  void pump() {
    for (;;) {
      const auto connects = engine.take_connects();
      for (const auto& [peer, endpoint] : connects) {
        peers[name_at(endpoint)] = peer;
        names[peer] = name_at(endpoint);
        if (!unreachable.contains(name_at(endpoint))) engine.connected(peer, now);
      }
      const auto messages = engine.take_messages();
      for (const auto& [peer, message] : messages) take(peer, message);
      if (connects.empty() && messages.empty()) return;
    }
  }

  /// Lets the time pass, from alarm to alarm.
  void pass(Micros time) {
    pump();
    const MonoTime end = now.mono + time;
    while (now.mono < end) {
      const MonoTime next = std::min(end, std::max(engine.wake_at(), now.mono + 1ms));
      now.wall += next - now.mono;
      now.mono = next;
      ++turns;
      engine.tick(now);
      pump();
    }
  }

  void answer(const Sent& to, std::variant<Value, Error> result) {
    engine.receive(peers.at(to.node), Responses{{{to.request.id, std::move(result)}}}, now);
    pump();
  }
  void lose_connection(const std::string& node) {
    engine.disconnected(peers.at(node), now);
    pump();
  }
  void come_back(const std::string& node) {
    engine.connected(peers.at(node), now);
    pump();
  }

  /// The only request that left since the last call.
  Sent only() {
    REQUIRE(sent.size() == 1);
    Sent one = std::move(sent.front());
    sent.clear();
    return one;
  }
  const Error& error_of(int number) {
    REQUIRE(results.contains(number));
    REQUIRE_FALSE(results.at(number).has_value());
    return results.at(number).error();
  }
  /// The replicas of the key in the datacenter, the preferred first.
  std::vector<std::string> replicas(BytesView key, BytesView datacenter) {
    const Configuration& configuration = engine.ring()->configuration();
    const Placement placement = Placement::compute(configuration);
    std::vector<std::string> all;
    for (const NodeId node :
         placement.replicas(partition_of(key, configuration.partitions()), dc_id(datacenter))) {
      all.push_back(configuration.node(node)->name);
    }
    return all;
  }

  Now now{MonoTime(1s), WallTime(std::chrono::hours(400'000))};
  RequestEngine engine;
  std::optional<Result<void>> started;
  std::map<int, Result<Value>> results;
  int submitted = 0;
  int turns = 0;
  std::map<std::string, PeerIndex> peers;
  std::map<PeerIndex, std::string> names;
  std::set<std::string> unreachable;  ///< Their connections neither come nor fail.
  std::set<std::string> full;         ///< Nothing can be sent to them.
  std::vector<Sent> sent;
  std::vector<std::size_t> batches;  ///< Requests of each message.
  std::vector<std::string> probed;   ///< Asked for their status.
  std::vector<std::string> asked_for_topology;

 private:
  static std::string name_at(const Endpoint& endpoint) {
    for (const Datacenter& datacenter : two_datacenters().datacenters) {
      for (const Node& node : datacenter.nodes) {
        if (node.address != endpoint.host) continue;
        return shard_name(node.name,
                          static_cast<std::uint32_t>(endpoint.port - node.ports.client) / shard_port_stride);
      }
    }
    return to_string(endpoint);
  }

  void take(PeerIndex peer, const ClientMessage& message) {
    const std::string& name = names.at(peer);
    if (full.contains(name)) return engine.not_sent(peer, message, now);
    if (const auto* batch = std::get_if<Requests>(&message)) {
      batches.push_back(batch->requests.size());
      for (const Request& request : batch->requests) {
        sent.push_back({name, request});
        sent.back().request.arguments.own();
      }
    } else if (std::holds_alternative<AskStatus>(message)) {
      probed.push_back(name);
    } else {
      asked_for_topology.push_back(name);
    }
  }
};

}  // namespace causeway
