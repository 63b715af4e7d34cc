// What the parts of one node share: who it is, what it knows, where it keeps and sends things. The node core owns it all.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "base/plant.h"
#include "crdt/hlc.h"
#include "dc/liveness.h"
#include "dc/told_time.h"
#include "ring/configuration.h"
#include "ring/placement.h"
#include "storage/shard_store.h"
#include "sync/member_clocks.h"
#include "sync/puller.h"
#include "sync/replica.h"
#include "sync/settled.h"
#include "wire/mail.h"

namespace causeway {

/// The claim under which this node issues events (dc/identification.h).
struct Claimed {
  Incarnation incarnation;
  ActorId actor;
};

struct Site {
  NodeId self;
  DcId home;
  const Configuration& configuration;
  const Placement& placement;
  ShardStore& store;
  MemberClocks& clocks;
  Liveness& liveness;
  Puller& puller;
  Post& post;
  HlcClock& hlc;
  std::map<PartitionId, Replica>& replicas;
  const std::set<PartitionId>&
      unfit;  ///< damaged here, or not yet caught up: they claim nothing and serve nothing
  ToldTime& told;

  /// A replica of a partition.
  struct Member {
    NodeId node;
    DcId datacenter;
    bool is_local = false;
  };
  /// All replicas of the partition, by datacenter.
  [[nodiscard]] const std::vector<Member>& members(PartitionId partition) const {
    if (members_.size() <= partition.value) members_.resize(placement.partitions());
    std::vector<Member>& members = members_[partition.value];
    if (members.empty()) {
      for (const NodeId node : placement.all_replicas(partition)) {
        members.push_back({node, datacenter_of(node), is_local(node)});
      }
    }
    return members;
  }
  /// Whether nobody else has to be told what happens in the partition.
  [[nodiscard]] bool is_alone(PartitionId partition) const { return members(partition).size() == 1; }

  [[nodiscard]] DcId datacenter_of(NodeId node) const { return configuration.datacenter_of(node)->id; }
  [[nodiscard]] bool is_local(NodeId node) const {
    const Datacenter* datacenter = configuration.datacenter_of(node);
    return datacenter != nullptr && datacenter->id == home;
  }
  [[nodiscard]] MemberClock own_clock(PartitionId id, const Claimed& claimed) const {
    const Partition& partition = store.partition(id);
    MemberClock own{
        id,        self,     claimed.incarnation, claimed.actor, partition.clock(), partition.digest(),
        told.ms(), peers(id)};
    if (planted(Plant::clock_before_data)) {
      const CausalBuffer& buffer = replicas.at(id).buffer();
      for (const auto& row : partition.clock().rows())
        own.clock.raise({row.first, buffer.highest(row.first)});
    }
    return own;
  }

  /// What the partition's members last said of their clocks, for what is settled. A plant may leave out those that are away.
  void look_at_clocks(PartitionId id, const Claimed& claimed, Settled& settled) const {
    std::vector<NodeId> nodes;
    for (const Member& member : members(id)) {
      const bool left_out =
          planted(Plant::settled_without_stale) && member.node != self && !liveness.serving(member.node);
      if (!left_out) nodes.push_back(member.node);
    }
    const MemberClock own = own_clock(id, claimed);
    settled.look(nodes, [&](NodeId node) { return node == self ? &own : clocks.of(id, node); }, own.clock);
  }

  /// MemberClock::peers, as it is now.
  [[nodiscard]] std::uint64_t peers(PartitionId partition) const {
    if (peers_.size() <= partition.value) peers_.resize(placement.partitions());
    Peers& known = peers_[partition.value];
    if (known.version != clocks.claims_version()) {
      known = {clocks.claims_version(), clocks.peers(placement.all_replicas(partition))};
    }
    return known.sum;
  }

  struct Peers {
    std::uint64_t version = 0;
    std::uint64_t sum = 0;
  };
  mutable std::vector<std::vector<Member>> members_{};  ///< by partition, as they are asked for
  mutable std::vector<Peers> peers_{};                  ///< likewise
};

}  // namespace causeway
