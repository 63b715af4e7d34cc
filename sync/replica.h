// The receiving half of the one sync, for one partition: an event is applied exactly once, and only after everything that
// it depends on. What comes twice is ignored, what comes early waits.
#pragma once

#include <functional>
#include <vector>

#include "base/time.h"
#include "storage/partition.h"
#include "sync/causal_buffer.h"

namespace causeway {

struct Applied {
  Bytes encoded;
  Dot dot;
  Hlc hlc;
  NodeId from;
  bool hand_over = false;
};

struct ReplicaLimits {
  std::size_t buffer_bytes_max = std::size_t{4} << 20U;
};

/// What became of a delivery.
struct Delivery {
  std::vector<Applied> applied;
  std::uint64_t malformed = 0;  ///< events that no replica could apply: quarantined
  std::uint64_t own_counter =
      0;  ///< the highest of events under this node's own actor that it never issued: not applied
  bool refused = false;  ///< no room, or a read failed: what was not applied must be asked for again
};

class Replica {
 public:
  /// Whether an event may stand in this partition at all; what may not is malformed, too.
  using Acceptable = std::function<bool(const Event&)>;

  Replica(Partition& partition, const ReplicaLimits& limits, Acceptable acceptable)
      : partition_(partition), buffer_(limits.buffer_bytes_max), acceptable_(std::move(acceptable)) {}

  /// Takes events in the order in which they were sent, and what waited for them. `own` is the actor under which this node
  /// issues.
  Delivery deliver(std::vector<Bytes> events, NodeId from, ActorId own, bool hand_over, MonoTime now);

  [[nodiscard]] Partition& partition() { return partition_; }
  [[nodiscard]] const Partition& partition() const { return partition_; }
  [[nodiscard]] const CausalBuffer& buffer() const { return buffer_; }
  /// The peer to ask, if an event has waited since `before`.
  void drop_older(MonoTime before) { buffer_.drop_older(before); }
  void drop(const std::function<bool(ActorId)>& whose) { buffer_.drop(whose); }
  [[nodiscard]] std::optional<NodeId> stuck_since(MonoTime before) const {
    return buffer_.stuck_since(before);
  }

 private:
  /// Applies the event that was decoded last. False: stop, the partition takes no more.
  bool apply(Bytes encoded, NodeId from, bool hand_over, Delivery& delivery);
  bool apply_ready(Delivery& delivery);

  Partition& partition_;
  CausalBuffer buffer_;
  Acceptable acceptable_;
  Event event_;  ///< being taken in: it keeps its memory
};

}  // namespace causeway
