// Links: for each partition and each other datacenter, the first live local replica subscribes to a replica there and so
// receives what was issued there. A link resumes from this replica's clock: there is no cursor to lose. While the direct
// link to a third datacenter is down, another link is widened to carry its events, too.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "ring/configuration.h"
#include "ring/placement.h"
#include "sync/subscription.h"

namespace causeway {

struct LinkLimits {
  Micros stall = 2s;        ///< no first run, or behind what the source is known to have, for so long: subscribe anew
  Micros probe = 10s;       ///< without a run, ask whether the source still serves it
  Micros retry = 500ms;     ///< after a refusal
};

class Links {
 public:
  using Alive = std::function<bool(NodeId)>;
  using ClockOf = std::function<const VersionVector&(PartitionId)>;
  /// Whether the node is known to have events of these origins that are missing here.
  using Behind = std::function<bool(PartitionId, NodeId source, const std::vector<DcId>& origins)>;

  Links(NodeId self, const Configuration& configuration, const Placement& placement, Alive alive, ClockOf clock_of,
        Behind behind, SubscriptionIds& ids, LinkLimits limits);

  /// Takes up, moves and drops links as nodes come and go, and mends those that stall. Without room for what they bring
  /// this node holds none.
  void tick(MonoTime now, bool room, Post& post);

  /// Whether the run came over a link of this node; then it is to be delivered, and after that delivered() be called.
  bool accept(NodeId from, const Run& run, MonoTime now);
  void delivered(NodeId from, const Run& run, bool refused, MonoTime now, Post& post);
  /// The source does not serve this subscription (any more); false if it is none of this node's links.
  bool refused(NodeId from, PartitionId partition, std::uint64_t subscription, MonoTime now);
  /// The peer restarted and forgot its subscribers.
  void forget(NodeId peer);

  [[nodiscard]] std::size_t held() const;

 private:
  struct Key {
    PartitionId partition;
    DcId to;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Held {
    std::optional<Subscription> subscription;
    std::vector<DcId> origins;
    MonoTime due;  ///< not to be subscribed before
  };

  [[nodiscard]] std::optional<NodeId> first_alive(PartitionId partition, DcId datacenter) const;
  /// What the link to `to` should carry: its own, and what has no live link of its own.
  [[nodiscard]] std::vector<DcId> origins(PartitionId partition, DcId to) const;
  void tend(const Key& key, Held& link, MonoTime now, bool room, Post& post);
  Held* find(NodeId from, PartitionId partition, std::uint64_t subscription);

  NodeId self_;
  DcId home_;
  const Configuration& configuration_;
  const Placement& placement_;
  Alive alive_;
  ClockOf clock_of_;
  Behind behind_;
  SubscriptionIds& ids_;
  LinkLimits limits_;
  std::map<Key, Held> links_;
};

}  // namespace causeway
