// What the parts of a datacenter's logic stand on, without a node around them.
#pragma once

#include <memory>
#include <vector>

#include "base/check.h"
#include "dc/answers.h"
#include "dc/site.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"

namespace causeway::testing {

inline Configuration configuration_of(BytesView text) {
  auto topology = parse_topology(text);
  CW_CHECK(topology.has_value(), "a test's topology is right");
  return Configuration(Epoch{1}, std::move(*topology));
}

struct Bench {
  static constexpr std::uint64_t run = 1'000'000;

  explicit Bench(BytesView topology, BytesView self = "eu-1", LogLimits log_limits = {})
      : configuration(configuration_of(topology)),
        placement(Placement::compute(configuration)),
        log(log_limits),
        store(open(node_id(self))),
        liveness(configuration.nodes(), LivenessLimits{}),
        puller([this](PartitionId id) -> const VersionVector& { return store->partition(id).clock(); }, ids,
               PullLimits{}),
        post(1, node_id(self), run, Epoch{1}),
        site{node_id(self), configuration.datacenter_of(node_id(self))->id,
             configuration, placement,
             *store,        clocks,
             liveness,      puller,
             post,          hlc,
             replicas,      unfit,
             told} {
    for (const PartitionId id : store->partitions()) {
      replicas.try_emplace(id, store->partition(id), ReplicaLimits{}, [](const Event&) { return true; });
    }
  }

  void pass(Micros time) {
    now += time;
    liveness.observe(now);
  }
  void live(BytesView node, bool serving = true) {
    liveness.observe(now);
    liveness.heard(node_id(node), 1);
    liveness.beat(node_id(node), Heartbeat{serving, 0});
  }
  void live_all() {
    for (const NodeId node : configuration.nodes()) live(configuration.node(node)->name);
  }
  /// A member said that it covers this.
  void learn(BytesView node, const VersionVector& clock, PartitionId partition = {}) {
    clocks.learn({partition, node_id(node), Incarnation{1}, ActorId{node_id(node).value}, clock, {}});
  }

  /// What was said of this kind since the last call; all else is forgotten.
  template <class Message>
  std::vector<std::pair<NodeId, Message>> take() {
    std::vector<std::pair<NodeId, Message>> found;
    outbox = post.take();
    for (auto& [to, envelope] : outbox.peers) {
      if (auto* message = std::get_if<Message>(&envelope.message))
        found.emplace_back(to, std::move(*message));
    }
    return found;
  }
  /// The answers to clients since the last call, in the order of their numbers.
  std::map<std::uint64_t, std::variant<Value, Error>> take_answers() {
    std::map<std::uint64_t, std::variant<Value, Error>> found;
    outbox = post.take();
    for (auto& [client, message] : outbox.clients) {
      for (Response& response : std::get<Responses>(message).responses)
        found[response.id] = std::move(response.result);
    }
    return found;
  }

  Configuration configuration;
  Placement placement;
  MemoryEventLog log;
  MemoryStateStore state;
  std::unique_ptr<ShardStore> store;
  MemberClocks clocks;
  Liveness liveness;
  SubscriptionIds ids{100};
  Puller puller;
  Post post;
  HlcClock hlc;
  std::map<PartitionId, Replica> replicas;
  std::set<PartitionId> unfit;
  ToldTime told;
  Site site;
  MonoTime now{1s};
  Outbox outbox;

 private:
  std::unique_ptr<ShardStore> open(NodeId self) {
    const auto held = placement.partitions_of(self);
    auto opened = ShardStore::open(log, state, {held.begin(), held.end()}, StoreLimits{});
    CW_CHECK(opened.has_value(), "an empty store opens");
    return std::move(*opened);
  }
};

/// A request as the coordinator hands it on.
inline Operation operation_of(std::uint64_t id, std::vector<Bytes> arguments, MonoTime deadline,
                              std::optional<RequestId> request_id = {}) {
  Operation operation;
  operation.origin = ClientId{1};
  operation.request.id = id;
  operation.request.arguments = std::move(arguments);
  operation.request.request_id = request_id;
  operation.call = *find_command(operation.request.arguments.span());
  operation.deadline = deadline;
  return operation;
}

}  // namespace causeway::testing
