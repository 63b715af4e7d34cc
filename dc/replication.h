// What a turn tells the local peers: the events that were applied here and that they may lack, and the clocks that moved.
// Clocks are acknowledgements: for a waiting write they go at once, else within a fifth of a second, and with the name of
// their member they are relayed between datacenters.
#pragma once

#include <map>
#include <set>

#include "dc/site.h"
#include "sync/feeds.h"

namespace causeway {

struct GossipLimits {
  Micros interval = 200ms;                                ///< clocks that moved
  Micros refresh = 10s;                                   ///< all clocks, since a message may have been lost
  std::size_t message_bytes_max = std::size_t{2} << 20U;  ///< of events, unless one alone has more
};

class Replication {
 public:
  Replication(Site& site, Feeds& feeds, const GossipLimits& limits, MonoTime now);

  /// An event was applied here, and goes to the local peers and the links at the end of the turn.
  void push(PartitionId partition, BytesView encoded, Want want);
  /// An event was applied here that the local peers get from elsewhere.
  void applied(PartitionId partition, Want want);

  /// This replica's clock is told with the next gossip, though it has not moved: at a later time it says more.
  void tell(PartitionId partition) { moved_[partition].own = true; }

  /// A write waits at `from` (Want::local), or anywhere (Want::everywhere), for our clock.
  void owe_clock(PartitionId partition, NodeId from, Want want);
  /// A member's clock moved, as it or somebody else told; to be relayed.
  void moved(PartitionId partition, NodeId member, bool from_afar, bool urgent);

  /// All clocks are due in this turn: this node begins to serve.
  void refresh(MonoTime now) { next_gossip_ = next_refresh_ = now; }

  /// Somebody new listens to this partition: all its clocks are told with the next gossip.
  void introduce(PartitionId partition) { moved_[partition] = everything(partition); }

  /// Ends the turn. `claimed` is null while this node does not serve: then it tells nothing of itself.
  void flush(const Claimed* claimed, MonoTime now);
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Moved {
    bool own = false;
    std::map<NodeId, bool> members;  ///< whose clock moved; whether it came from afar
  };
  using Outgoing = std::map<NodeId, Clocks>;

  void send_events();
  void send_events_to(NodeId peer, const std::vector<const Batch*>& batches);
  void send_clocks(PartitionId partition, const Moved& moved, const Claimed* claimed, Outgoing& out) const;
  [[nodiscard]] Moved everything(PartitionId partition) const;

  Site& site_;
  Feeds& feeds_;
  GossipLimits limits_;
  MonoTime next_gossip_;
  MonoTime next_refresh_;
  std::map<PartitionId, Batch> batches_;
  std::map<PartitionId, std::set<NodeId>> owed_;
  std::set<PartitionId> urgent_;
  std::map<PartitionId, Moved> moved_;
};

}  // namespace causeway
