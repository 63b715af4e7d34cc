// Asks for what this node is known to lack: after an outage, a lost message, a stuck buffer, or for a read. Whoever finds
// that something is lacking says so here; one pull a partition fetches it, from each who claims to have it in turn.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "sync/subscription.h"

namespace causeway {

struct PullLimits {
  std::size_t pulls_max = 64;  ///< at once
  Micros stall = 1s;           ///< a pull that brings nothing for so long is given up
  Micros retry = 100ms;        ///< between a pull that did not bring it all and the next from there; doubled each time …
  Micros retry_max = 5s;       ///< … up to this: a claim may never come true
};

class Puller {
 public:
  /// The partition's clock here.
  using ClockOf = std::function<const VersionVector&(PartitionId)>;

  Puller(ClockOf clock_of, SubscriptionIds& ids, PullLimits limits)
      : clock_of_(std::move(clock_of)), ids_(ids), limits_(limits) {}

  /// `from` covers `target` and this node does not. What is in flight gets until `not_before` to arrive by itself.
  void lack(PartitionId partition, const VersionVector& target, NodeId from, MonoTime not_before);

  /// Nothing is pulled for the partition, or again.
  void hold(PartitionId partition, Post& post);
  void release(PartitionId partition) { held_.erase(partition); }

  /// Starts what is due, gives up what stalls. Without room for what would come, nothing is started.
  void tick(MonoTime now, bool room, Post& post);

  /// Whether the run belongs to a pull of this node; then it may be delivered, and after that delivered() be called.
  bool accept(NodeId from, const Run& run, MonoTime now);
  void delivered(PartitionId partition, bool refused, bool caught_up, MonoTime now, Post& post);
  /// The peer does not serve this subscription (any more).
  bool refused(NodeId from, PartitionId partition, std::uint64_t subscription, MonoTime now);

  /// When tick() is due; nothing while nothing can be done.
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Source {
    VersionVector target;
    MonoTime due;
    Micros retry;
  };
  struct Wanted {
    std::map<NodeId, Source> sources;  ///< who claims to have what
    NodeId last;                       ///< who was asked last
    std::optional<Subscription> pull;
  };

  /// The next after the last one that is due; null if none is.
  static const NodeId* next_due(const Wanted& wanted, MonoTime now);
  void end(Wanted& wanted, MonoTime now);
  [[nodiscard]] bool may_start() const { return room_ && active_ < limits_.pulls_max; }

  ClockOf clock_of_;
  SubscriptionIds& ids_;
  PullLimits limits_;
  std::map<PartitionId, Wanted> wanted_;
  std::set<PartitionId> held_;
  std::size_t active_ = 0;
  bool room_ = true;  ///< at the last tick
};

}  // namespace causeway
