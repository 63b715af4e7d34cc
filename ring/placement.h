// Placement: which nodes hold a replica of which partition, and who is preferred to coordinate it. A pure function of the
// configuration's datacenters, nodes, racks, weights and shards: every node computes the same, whatever the order of the file.
// Nodes are placed as machines; what is given out here are their shards (ring/shards.h).
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "ring/configuration.h"

namespace causeway {

/// What of a key is hashed: between the first `{` and the next `}`, unless there is none or it is empty; else the whole key.
/// A view into the key.
BytesView hash_tag(BytesView key);

/// The slice of the hash ring that a key falls in: the top bits of its tag's hash.
/// REQUIRES: partitions is a power of two, at most partitions_max.
PartitionId partition_of(BytesView key, std::uint32_t partitions);
/// The same where hash64() of the whole key is known already.
PartitionId partition_of(BytesView key, std::uint64_t key_hash, std::uint32_t partitions);

class Placement {
 public:
  static Placement compute(const Configuration& configuration);

  [[nodiscard]] std::uint32_t partitions() const { return partitions_; }

  /// The preference list in one datacenter: exactly its number of replicas, distinct nodes, spread over the racks as evenly
  /// as their sizes allow; the first is the preferred coordinator. Empty: no such partition or datacenter.
  [[nodiscard]] std::span<const NodeId> replicas(PartitionId partition, DcId datacenter) const&;
  /// The lists of all datacenters, one after the other in the order of their names.
  [[nodiscard]] std::span<const NodeId> all_replicas(PartitionId partition) const&;
  // What they return is a view into the placement: never ask a temporary.
  std::span<const NodeId> replicas(PartitionId, DcId) const&& = delete;
  std::span<const NodeId> all_replicas(PartitionId) const&& = delete;
  std::span<const PartitionId> partitions_of(NodeId) const&& = delete;
  [[nodiscard]] bool is_replica(PartitionId partition, NodeId node) const;
  /// Where the node is a replica; ascending.
  [[nodiscard]] std::span<const PartitionId> partitions_of(NodeId node) const&;
  /// Of how many partitions the node is the preferred coordinator of its datacenter.
  [[nodiscard]] std::uint32_t led_by(NodeId node) const;
  /// How many partitions the node would hold if load could be divided at will: by weight, as far as distinct nodes and racks
  /// allow. A machine holds at most ceil(1.1 * that), and at least half of it, 1 or more where that is 1 or more; its shards
  /// have equal parts. 0: no such node.
  [[nodiscard]] double fair_share(NodeId node) const;

 private:
  struct Columns {
    std::size_t first;
    std::size_t count;
  };
  struct Load {
    std::vector<PartitionId> partitions;
    std::uint32_t led = 0;
    double fair_share = 0;
  };

  std::uint32_t partitions_ = 0;
  std::size_t width_ = 0;                      ///< Replicas of a partition in all datacenters.
  std::vector<NodeId> table_;                  ///< width_ columns for each partition.
  std::unordered_map<DcId, Columns> columns_;  ///< Each datacenter's part of a row.
  std::unordered_map<NodeId, Load> loads_;
};

}  // namespace causeway
