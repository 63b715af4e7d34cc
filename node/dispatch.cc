// What a node does with each message.
#include <algorithm>
#include <utility>

#include "base/plant.h"
#include "node/parts.h"

namespace causeway {

void NodeCore::Parts::receive(Envelope& envelope) {
  const bool known = envelope.from != options.self && configuration.node(envelope.from) != nullptr;
  if (known && post.cluster() == 0 && envelope.cluster != 0) {
    post.join(envelope.cluster);
    identification.join(envelope.cluster);
  }
  if (!known || envelope.cluster != post.cluster() || envelope.epoch != configuration.epoch()) {
    drop("messages of another cluster, epoch or unknown node");
    return;
  }
  const Liveness::News news = liveness.heard(envelope.from, envelope.run);
  if (news == Liveness::News::ended) return;
  if (news == Liveness::News::restarted) {
    feeds.forget(envelope.from);
    links.forget(envelope.from);
    chunks.forget(envelope.from);
    full_sync.forget(envelope.from);
  }
  const bool any_stage = std::holds_alternative<Heartbeat>(envelope.message) ||
                         std::holds_alternative<Hello>(envelope.message) ||
                         std::holds_alternative<Claim>(envelope.message);
  if (!any_stage && !takes_part()) return;
  std::visit([&](auto& message) { handle(envelope.from, message); }, envelope.message);
}

void NodeCore::Parts::drop(BytesView what, std::uint64_t count) {
  dropped += count;
  if (said_dropped.insert(Bytes(what)).second) post.note("drops " + Bytes(what) + " (said once)");
}

bool NodeCore::Parts::acceptable(PartitionId id, const Event& event) const {
  const auto belongs = [&](const Mutation& mutation) {
    return partition_of(mutation.key, configuration.partitions()) == id;
  };
  return std::all_of(event.mutations.begin(), event.mutations.end(), belongs);
}

bool NodeCore::Parts::check_own(PartitionId id, std::uint64_t counter, NodeId member) {
  const std::uint64_t own = store.partition(id).clock().counter(identification.claimed().actor);
  if (counter <= own) return true;
  const std::string why = configuration.node(member)->name + " has event " + std::to_string(counter) +
                          " of this node in partition " + std::to_string(id.value) +
                          ", its folder has only " + std::to_string(own);
  if (identification.lost_own(why)) return true;
  identification.refuse("ALARM: " + why + ": events were lost; start it again, so that it recovers");
  note_stage();
  return false;
}

void NodeCore::Parts::handle(NodeId from, const Heartbeat& message) {
  if (message.fingerprint == topology_fingerprint) {
    other_topology.erase(from);
  } else if (other_topology.insert(from).second) {
    post.note("node " + configuration.node(from)->name +
              " has a different topology file: give all nodes the same");
  }
  liveness.beat(from, message);
}

void NodeCore::Parts::handle(NodeId from, const Claim& message) {
  const auto lost = identification.on(from, message);
  if (!lost) {
    fatal = lost.error();
  } else if (*lost) {
    end_actors(from, message);
  }
}

void NodeCore::Parts::end_actors(NodeId node, const Claim& claim) {
  for (auto& [id, replica] : replicas) {
    if (!placement.is_replica(id, node)) continue;
    clocks.learn(
        {id, node, claim.incarnation, claim.actor, {}, {}});  // what it acknowledged before counts no more
    replica.drop([&](ActorId actor) {
      const auto owner = clocks.owner(actor);
      return actor != claim.actor && (!owner || *owner == node);
    });
  }
}

bool NodeCore::Parts::deliver(PartitionId id, std::vector<Bytes> events, NodeId from, Want want) {
  const bool from_afar = !site.is_local(from);
  Replica& replica = replicas.at(id);
  Delivery delivery =
      replica.deliver(std::move(events), from, identification.claimed().actor, from_afar, now.mono);
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
  const auto taken = full_sync.take(from, message, identification.claimed().actor, now.mono, post);
  if (!taken) fatal = taken.error();
  if (!taken || *taken) return;
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
  if (!store.holds(said.partition) || said.node == options.self ||
      !placement.is_replica(said.partition, said.node))
    return;
  if (!check_own(said.partition, said.clock.counter(identification.claimed().actor), from)) return;
  compare_digests(said);
  const MemberClocks::News news = clocks.learn(said);
  const bool later = news == MemberClocks::News::later && janitor.waits(said.partition);
  // An older sum that comes late is not passed on: two nodes could exchange it for the newer one for ever.
  const bool heard = news == MemberClocks::News::heard && said.peers == site.peers(said.partition);
  if (later || heard) replication.moved(said.partition, said.node, !site.is_local(from), false);
  if (news != MemberClocks::News::moved) return;
  watched.insert(said.partition);
  clocks_moved = true;
  replication.moved(said.partition, said.node, !site.is_local(from), urgent);
  coordinator.clocks_moved(said.partition);
}

void NodeCore::Parts::handle(NodeId from, const Clocks& message) {
  for (const MemberClock& said : message.clocks) learn(said, from, message.urgent);
}

void NodeCore::Parts::handle(NodeId from, const AskClock& message) {
  if (!identified() || !store.holds(message.partition)) return;
  const bool complete = identification.serving() && !unfit.contains(message.partition);
  post.send(from, ClockAnswer{message.round, complete,
                              site.own_clock(message.partition, identification.claimed())});
}

void NodeCore::Parts::handle(NodeId from, const ClockAnswer& message) {
  if (message.clock.node != from || !store.holds(message.clock.partition)) return;
  recovery.on(from, message, now.mono);
  if (!message.complete) return;
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
  if (!links.refused(from, message.partition, message.subscription, now.mono) &&
      !full_sync.refused(from, message.partition, message.subscription)) {
    puller.refused(from, message.partition, message.subscription, now.mono);
  }
}

void NodeCore::Parts::handle(NodeId from, const NeedFullSync& message) {
  if (!store.holds(message.partition)) return;
  if (full_sync.refused(from, message.partition, message.subscription)) return;
  const bool ours = links.refused(from, message.partition, message.subscription, now.mono) ||
                    puller.refused(from, message.partition, message.subscription, now.mono);
  if (!ours || full_sync.running(message.partition)) return;
  full_sync.want(message.partition, from, message.clock);
  watched.insert(message.partition);
}

void NodeCore::Parts::handle(NodeId from, const AskChunk& message) {
  if (!identified() || !store.holds(message.partition) || !placement.is_replica(message.partition, from))
    return;
  if (unfit.contains(message.partition)) {
    post.send(from, EndTransfer{message.partition, message.transfer});
  } else {
    chunks.serve(from, message, identification.claimed().incarnation, now.mono, post);
  }
}

void NodeCore::Parts::handle(NodeId from, Chunk& message) {
  if (!store.holds(message.partition)) return;
  hlc.observe(message.hlc);
  if (auto taken = full_sync.on(from, message, identification.claimed().actor, now.mono, post); !taken) {
    fatal = std::move(taken).error();
  }
}

void NodeCore::Parts::handle(NodeId from, const EndTransfer& message) {
  full_sync.on(from, message);
  chunks.end(from, message);
}

void NodeCore::Parts::handle(NodeId from, Forward& message) {
  for (Request& request : message.requests)
    asked.push_back({Forwarded{from}, &request, {}, 0, nullptr, {}, 0});
}

void NodeCore::Parts::handle(ClientId from, Requests& message) {
  for (Request& request : message.requests) asked.push_back({from, &request, {}, 0, nullptr, {}, 0});
}

void NodeCore::Parts::serve_requests() {
  constexpr std::size_t window_max = 32;
  for (std::size_t begin = 0; begin < asked.size(); begin += window_max) {
    const std::span<Asked> window =
        std::span(asked).subspan(begin, std::min(window_max, asked.size() - begin));
    for (Asked& each : window) {
      each.call = find_command(each.request->arguments.span()).value_or(Call{});
      if (each.call.command == nullptr) continue;  // the coordinator says what is wrong
      const BytesView key = each.request->arguments[first_key_of(*each.call.command)];
      each.hash = Partition::hash_of(key);
      each.id = partition_of(key, each.hash, placement.partitions());
      if (!store.holds(each.id)) continue;
      each.partition = &store.partition(each.id);
      each.partition->prefetch_slot(each.hash);
    }
    for (const Asked& each : window) {
      if (each.partition != nullptr) each.partition->prefetch_blob(each.hash);
    }
    for (Asked& each : window) {
      if (each.partition == nullptr) continue;
      const auto arguments = each.request->arguments.span();
      const auto first = static_cast<std::size_t>(each.call.command->traits.first_member);
      if (first == 0 || first >= arguments.size()) continue;  // none is named: a path of fields may be empty
      each.entry_hash =
          each.partition->prefetch_element(arguments[first_key_of(*each.call.command)], each.hash,
                                           element_path(*each.call.command, arguments));
    }
    for (const Asked& each : window) {
      if (each.entry_hash != 0) each.partition->prefetch_blob(each.entry_hash);
    }
    for (const Asked& each : window) {
      coordinator.request(each.from, std::move(*each.request), {each.call, each.id, each.hash}, now);
    }
  }
  asked.clear();
}

void NodeCore::Parts::handle(ClientId from, const AskTopology& /*message*/) {
  post.reply(from, TopologyReply{configuration.epoch(), render_topology(configuration.topology())});
}

}  // namespace causeway
