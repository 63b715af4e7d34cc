// Sees every turn of every node of a cluster, and keeps every event that any log ever held. What must hold at all times it
// checks at once: a dot names one event for ever, and a clock never shrinks. At the end it proves that each replica is a
// function of the events.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "crdt/codec.h"
#include "tests/cluster/cluster.h"

namespace causeway::testing {

struct Seen {
  Event event;
  VersionVector past;  ///< all that its coordinator had seen
};
/// The events of one partition.
using Events = std::map<Dot, Seen>;

class Witness {
 public:
  /// REQUIRES: the cluster goes first.
  explicit Witness(Cluster& cluster);
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  /// The node's disk may have lost what it had not synced: its clocks may be less than they were.
  void lost_power(BytesView node) { clocks_.erase(Bytes(node)); }

  /// The first thing that should never have happened; empty: nothing.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  /// Applies the events that the replicas cover, in a causal order, to a fresh state, and compares. REQUIRES: the replicas
  /// that are up have converged. Says what differs; empty: nothing.
  std::string explain();

  /// The events of the partition that are covered by the replicas that are up.
  Events events(PartitionId partition);

 private:
  void turned(BytesView node);
  void keep(BytesView node, const LogRecord& record);
  void blame(const std::string& what);
  [[nodiscard]] const Partition* any_replica(PartitionId partition);
  std::string explain(PartitionId partition);

  Cluster& cluster_;
  std::string fault_;
  std::map<Bytes, Sequence> read_;  ///< up to where each log was read
  std::map<Bytes, std::map<PartitionId, VersionVector>> clocks_;
  std::map<PartitionId, std::map<Dot, Bytes>> events_;
};

}  // namespace causeway::testing
