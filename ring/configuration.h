// The configuration: the topology that holds at an epoch, with lookup. A value; copies are independent.
// Here each shard of a node stands as a node of its own (ring/shards.h).
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "ring/shards.h"
#include "ring/topology.h"

namespace causeway {

class Configuration {
 public:
  /// REQUIRES: a topology as parse_topology gives it (ids match names, names are unique).
  Configuration(Epoch epoch, Topology topology);

  [[nodiscard]] Epoch epoch() const { return epoch_; }
  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] std::uint32_t partitions() const { return topology_.partitions; }

  /// The pointers live as long as this configuration is neither assigned nor destroyed; null: no such name or id.
  [[nodiscard]] const Node* node(NodeId id) const;
  [[nodiscard]] const Node* node(BytesView name) const;
  [[nodiscard]] const Datacenter* datacenter(DcId id) const;
  [[nodiscard]] const Datacenter* datacenter(BytesView name) const;
  /// The datacenter that a node stands in, or stood in when its machine had more shards; null: no such node.
  [[nodiscard]] const Datacenter* datacenter_of(NodeId id) const;

  /// In the order of the file; nodes() is all of them, datacenter by datacenter.
  [[nodiscard]] const std::vector<NodeId>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<DcId>& datacenters() const { return datacenters_; }
  /// Empty: no such datacenter.
  [[nodiscard]] std::vector<NodeId> nodes_of(DcId id) const;
  /// The first shard of each node: it is there however many there are.
  [[nodiscard]] std::vector<NodeId> first_shards_of(DcId id) const;
  /// Whether both are shards of one node, now or before. False if either is none.
  [[nodiscard]] bool share_a_machine(NodeId a, NodeId b) const;

  friend bool operator==(const Configuration& a, const Configuration& b) {
    return a.epoch_ == b.epoch_ && a.topology_ == b.topology_;
  }

 private:
  struct Place {
    std::size_t datacenter;
    std::size_t node;   ///< of the topology's
    std::size_t shard;  ///< in shards_, if there is such a one now
  };

  Epoch epoch_;
  Topology topology_;
  std::vector<Node> shards_;  ///< as nodes
  std::vector<NodeId> nodes_;
  std::vector<DcId> datacenters_;
  std::unordered_map<NodeId, Place> place_of_node_;
  std::unordered_map<DcId, std::size_t> place_of_datacenter_;
};

}  // namespace causeway
