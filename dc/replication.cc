#include "dc/replication.h"

#include <algorithm>
#include <utility>

namespace causeway {

Replication::Replication(Site& site, Feeds& feeds, const GossipLimits& limits, MonoTime now)
    : site_(site), feeds_(feeds), limits_(limits), next_gossip_(now), next_refresh_(now) {}

void Replication::push(PartitionId partition, BytesView encoded, Want want) {
  if (site_.is_alone(partition)) return;
  Batch& batch = batches_[partition];
  batch.partition = partition;
  batch.want = std::max(batch.want, want);
  batch.events.emplace_back(encoded);
  applied(partition, want);
}

void Replication::applied(PartitionId partition, Want want) {
  if (site_.is_alone(partition)) return;
  feeds_.grown(partition, want);
  moved_[partition].own = true;
}

void Replication::owe_clock(PartitionId partition, NodeId from, Want want) {
  if (want == Want::local) owed_[partition].insert(from);
  if (want == Want::everywhere) urgent_.insert(partition);
}

void Replication::moved(PartitionId partition, NodeId member, bool from_afar, bool urgent) {
  moved_[partition].members[member] = from_afar;
  if (urgent) urgent_.insert(partition);
}

void Replication::send_events_to(NodeId peer, const std::vector<const Batch*>& batches) {
  Replicate message;
  std::size_t bytes = 0;
  for (const Batch* batch : batches) {
    for (const Bytes& event : batch->events) {
      if (bytes > 0 && bytes + event.size() > limits_.message_bytes_max) {
        site_.post.send(peer, std::exchange(message, {}));
        bytes = 0;
      }
      if (message.batches.empty() || message.batches.back().partition != batch->partition) {
        message.batches.push_back({batch->partition, batch->want, {}});
      }
      bytes += event.size();
      message.batches.back().events.push_back(event);
    }
  }
  if (!message.batches.empty()) site_.post.send(peer, std::move(message));
}

void Replication::send_events() {
  std::map<NodeId, std::vector<const Batch*>> out;
  for (const auto& [partition, batch] : batches_) {
    for (const NodeId peer : site_.placement.replicas(partition, site_.home)) {
      if (peer != site_.self && site_.liveness.alive(peer)) out[peer].push_back(&batch);
    }
  }
  for (const auto& [peer, batches] : out) send_events_to(peer, batches);
  batches_.clear();
}

void Replication::send_clocks(PartitionId partition, const Moved& moved, const Claimed* claimed,
                              Outgoing& out) const {
  const auto tell = [&](NodeId to, bool to_afar) {
    Clocks message;
    if (moved.own && claimed != nullptr && !site_.unfit.contains(partition))
      message.clocks.push_back(site_.own_clock(partition, *claimed));
    for (const auto& [member, from_afar] : moved.members) {
      // Peers hear each other themselves; a datacenter knows its own members best.
      if (to_afar ? site_.datacenter_of(member) == site_.datacenter_of(to) : !from_afar) continue;
      if (const MemberClock* known = site_.clocks.of(partition, member)) message.clocks.push_back(*known);
    }
    auto& clocks = out[to].clocks;
    std::move(message.clocks.begin(), message.clocks.end(), std::back_inserter(clocks));
  };
  for (const NodeId peer : site_.placement.replicas(partition, site_.home)) {
    if (peer != site_.self && site_.liveness.alive(peer)) tell(peer, false);
  }
  for (const NodeId subscriber : feeds_.standing(partition)) {
    if (!site_.is_local(subscriber)) tell(subscriber, true);
  }
}

Replication::Moved Replication::everything(PartitionId partition) const {
  Moved all{true, {}};
  for (const NodeId member : site_.placement.all_replicas(partition)) {
    if (member != site_.self) all.members[member] = !site_.is_local(member);
  }
  return all;
}

void Replication::flush(const Claimed* claimed, MonoTime now) {
  send_events();
  const auto send = [this](Outgoing& out, bool urgent) {
    for (auto& [to, message] : out) {
      if (message.clocks.empty()) continue;
      message.urgent = urgent;
      site_.post.send(to, std::move(message));
    }
  };
  Outgoing at_once;
  for (const PartitionId partition : std::exchange(urgent_, {})) {
    Moved moved = std::exchange(moved_[partition], {});
    moved.own = true;
    moved_.erase(partition);
    owed_.erase(partition);
    send_clocks(partition, moved, claimed, at_once);
  }
  send(at_once, true);
  Outgoing owed;
  for (const auto& [partition, peers] : std::exchange(owed_, {})) {
    if (claimed == nullptr || site_.unfit.contains(partition)) continue;
    for (const NodeId peer : peers) owed[peer].clocks.push_back(site_.own_clock(partition, *claimed));
  }
  send(owed, false);
  if (now < next_gossip_) return;
  next_gossip_ = now + limits_.interval;
  if (now >= next_refresh_) {
    next_refresh_ = now + limits_.refresh;
    for (const PartitionId partition : site_.store.partitions()) introduce(partition);
  }
  Outgoing gossip;
  for (const auto& [partition, moved] : std::exchange(moved_, {}))
    send_clocks(partition, moved, claimed, gossip);
  send(gossip, false);
}

std::optional<MonoTime> Replication::wake_at() const { return moved_.empty() ? next_refresh_ : next_gossip_; }

}  // namespace causeway
