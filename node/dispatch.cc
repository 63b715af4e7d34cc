// What a node does with each message.
#include <algorithm>
#include <utility>

#include "base/plant.h"
#include "node/parts.h"

namespace causeway {

void NodeCore::Parts::receive(Envelope& envelope) {
  const bool known = envelope.from != options.self && configuration.node(envelope.from) != nullptr;
  if (!known || envelope.cluster != post.cluster() || envelope.epoch != configuration.epoch()) {
    drop("messages of another cluster, epoch or unknown node");
    return;
  }
  if (liveness.heard(envelope.from, envelope.run)) {
    feeds.forget(envelope.from);
    links.forget(envelope.from);
  }
  const bool any_stage = std::holds_alternative<Heartbeat>(envelope.message) ||
                         std::holds_alternative<Hello>(envelope.message) || std::holds_alternative<Claim>(envelope.message);
  if (!any_stage && !takes_part()) return;
  std::visit([&](auto& message) { handle(envelope.from, message); }, envelope.message);
}

void NodeCore::Parts::drop(BytesView what, std::uint64_t count) {
  dropped += count;
  if (said_dropped.insert(Bytes(what)).second) post.note("drops " + Bytes(what) + " (said once)");
}

bool NodeCore::Parts::acceptable(PartitionId id, const Event& event) const {
  const auto belongs = [&](const Mutation& mutation) {
    const Bytes& key = std::visit([](const auto& held) -> const Bytes& { return held.key; }, mutation);
    return partition_of(key, configuration.partitions()) == id;
  };
  return std::all_of(event.mutations.begin(), event.mutations.end(), belongs);
}

bool NodeCore::Parts::check_own(PartitionId id, std::uint64_t counter, NodeId member) {
  const std::uint64_t own = store.partition(id).clock().counter(identification.claimed().actor);
  if (counter <= own) return true;
  identification.refuse("ALARM: " + configuration.node(member)->name + " has event " + std::to_string(counter) +
                        " of this node in partition " + std::to_string(id.value) + ", its folder has only " +
                        std::to_string(own) + ": events were lost, and full sync is needed");
  note_stage();
  return false;
}

void NodeCore::Parts::handle(NodeId from, const Heartbeat& message) {
  if (message.fingerprint == topology_fingerprint) {
    other_topology.erase(from);
  } else if (other_topology.insert(from).second) {
    post.note("node " + configuration.node(from)->name + " has a different topology file: give all nodes the same");
  }
  liveness.beat(from, message);
}

void NodeCore::Parts::handle(NodeId from, const Claim& message) {
  if (auto stored = identification.on(from, message); !stored) fatal = std::move(stored).error();
}

bool NodeCore::Parts::deliver(PartitionId id, std::vector<Bytes> events, NodeId from, Want want) {
  const bool from_afar = !site.is_local(from);
  Replica& replica = replicas.at(id);
  Delivery delivery = replica.deliver(std::move(events), from, identification.claimed().actor, from_afar, now.mono);
  check_own(id, delivery.own_counter, from);
  if (delivery.malformed > 0) drop("events that cannot be read, or do not belong", delivery.malformed);
  for (const Applied& applied : delivery.applied) {
    if (!planted(Plant::hlc_not_observed)) hlc.observe(applied.hlc);
    if (applied.hand_over && !planted(Plant::hand_over_lost)) {
      replication.push(id, applied.encoded, want);
    } else {
      replication.applied(id, want);
    }
  }
  if (!delivery.applied.empty()) coordinator.grown(id);
  if (replica.buffer().bytes() > 0) watched.insert(id);
  return delivery.refused;
}

void NodeCore::Parts::handle(NodeId from, Replicate& message) {
  for (Batch& batch : message.batches) {
    if (!store.holds(batch.partition)) {
      drop("events of partitions that it does not hold");
      continue;
    }
    deliver(batch.partition, std::move(batch.events), from, batch.want);
    replication.owe_clock(batch.partition, from, batch.want);
  }
}

void NodeCore::Parts::handle(NodeId from, Run& message) {
  if (!store.holds(message.partition)) {
    drop("events of partitions that it does not hold");
    return;
  }
  const bool over_link = links.accept(from, message, now.mono);
  if (!over_link && !puller.accept(from, message, now.mono)) return;
  const bool refused = deliver(message.partition, std::move(message.events), from, message.want);
  if (message.want == Want::everywhere) replication.owe_clock(message.partition, from, message.want);
  if (over_link) {
    links.delivered(from, message, refused, now.mono, post);
  } else {
    puller.delivered(message.partition, refused, message.caught_up, now.mono, post);
  }
}

void NodeCore::Parts::compare_digests(const MemberClock& said) {
  const Partition& partition = store.partition(said.partition);
  if (said.clock != partition.clock() || said.digest == partition.digest()) return;
  if (!diverged.insert(said.partition).second) return;
  ++divergences;
  post.note("ALARM: partition " + std::to_string(said.partition.value) + " differs from " +
            configuration.node(said.node)->name + " at equal clocks: corruption or a bug");
}

void NodeCore::Parts::learn(const MemberClock& said, NodeId from, bool urgent) {
  if (!store.holds(said.partition) || said.node == options.self || !placement.is_replica(said.partition, said.node)) return;
  if (!check_own(said.partition, said.clock.counter(identification.claimed().actor), from)) return;
  compare_digests(said);
  if (clocks.learn(said) != MemberClocks::News::moved) return;
  watched.insert(said.partition);
  clocks_moved = true;
  replication.moved(said.partition, said.node, !site.is_local(from), urgent);
  coordinator.clocks_moved(said.partition);
}

void NodeCore::Parts::handle(NodeId from, const Clocks& message) {
  for (const MemberClock& said : message.clocks) learn(said, from, message.urgent);
}

void NodeCore::Parts::handle(NodeId from, const AskClock& message) {
  if (!identification.serving() || !store.holds(message.partition) || coordinator.stale().contains(message.partition)) return;
  post.send(from, ClockAnswer{message.round, site.own_clock(message.partition, identification.claimed())});
}

void NodeCore::Parts::handle(NodeId from, const ClockAnswer& message) {
  if (message.clock.node != from || !store.holds(message.clock.partition)) return;
  learn(message.clock, from, false);
  coordinator.on(from, message, now.mono);
}

void NodeCore::Parts::handle(NodeId from, const Subscribe& message) {
  if (!store.holds(message.partition) || !placement.is_replica(message.partition, from)) return;
  if (!check_own(message.partition, message.clock.counter(identification.claimed().actor), from)) return;
  feeds.subscribe(from, message, post);
  if (message.standing) replication.introduce(message.partition);
}

void NodeCore::Parts::handle(NodeId from, const Unsubscribe& message) {
  feeds.unsubscribe(from, message);
  if (!links.refused(from, message.partition, message.subscription, now.mono)) {
    puller.refused(from, message.partition, message.subscription, now.mono);
  }
}

void NodeCore::Parts::handle(NodeId from, const NeedFullSync& message) {
  if (!store.holds(message.partition)) return;
  const bool ours = links.refused(from, message.partition, message.subscription, now.mono) ||
                    puller.refused(from, message.partition, message.subscription, now.mono);
  if (!ours) return;
  stale_for[message.partition] = from;
  watched.insert(message.partition);
  if (coordinator.stale().contains(message.partition)) return;
  coordinator.mark_stale(message.partition);
  post.note("partition " + std::to_string(message.partition.value) + " is stale: " + configuration.node(from)->name +
            " no longer has what it lacks in its log; it refuses to serve until it has that from others, or by full sync");
}

void NodeCore::Parts::handle(NodeId from, Forward& message) {
  const std::uint64_t id = message.id;
  coordinator.request(Forwarded{from, id}, std::move(message.request), now);
}

void NodeCore::Parts::handle(ClientId from, Requests& message) {
  for (Request& request : message.requests) coordinator.request(from, std::move(request), now);
}

void NodeCore::Parts::handle(ClientId from, const AskTopology& /*message*/) {
  post.reply(from, TopologyReply{configuration.epoch(), render_topology(configuration.topology())});
}

}  // namespace causeway
