// Which nodes hold a key, in the order in which a client tries them. A value, computed once per configuration.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "ring/configuration.h"
#include "ring/placement.h"

namespace causeway {

class ClientRing {
 public:
  explicit ClientRing(Configuration configuration);

  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  [[nodiscard]] PartitionId partition(BytesView key) const {
    return partition_of(key, configuration_.partitions());
  }

  /// The first node for which `accept(NodeId)` is true, or nothing: the partition's replicas in `home` in preference order, then,
  /// if allowed, those of the other datacenters, the nearest first.
  template <class Accept>
  [[nodiscard]] std::optional<NodeId> first(PartitionId partition, DcId home, bool others,
                                            Accept&& accept) const {
    const auto order = nearest_first_.find(home);
    if (order == nearest_first_.end()) return std::nullopt;
    for (const DcId dc : std::span(order->second).first(others ? order->second.size() : 1)) {
      for (const NodeId node : placement_.replicas(partition, dc)) {
        if (accept(node)) return node;
      }
    }
    return std::nullopt;
  }

 private:
  Configuration configuration_;
  Placement placement_;
  std::unordered_map<DcId, std::vector<DcId>> nearest_first_;  ///< Each datacenter's view, itself first.
};

}  // namespace causeway
