#include "ring/configuration.h"

#include <cstdint>

#include "base/check.h"

namespace causeway {
namespace {

constexpr std::size_t none = SIZE_MAX;

}  // namespace

Configuration::Configuration(Epoch epoch, Topology topology) : epoch_(epoch), topology_(std::move(topology)) {
  for (std::size_t d = 0; d < topology_.datacenters.size(); ++d) {
    const Datacenter& dc = topology_.datacenters[d];
    CW_CHECK(dc.id == dc_id(dc.name), "a datacenter's id is the hash of its name");
    CW_CHECK(place_of_datacenter_.emplace(dc.id, d).second, "two datacenters with one id");
    datacenters_.push_back(dc.id);
    for (std::size_t n = 0; n < dc.nodes.size(); ++n) {
      const Node& node = dc.nodes[n];
      CW_CHECK(node.id == node_id(node.name), "a node's id is the hash of its name");
      for (std::uint32_t k = 0; k < shards_max; ++k) {
        const Node shard = shard_of(node, k);
        CW_CHECK(
            place_of_node_.emplace(shard.id, Place{d, n, k < node.shards ? shards_.size() : none}).second,
            "two nodes with one id");
        if (k >= node.shards) continue;
        shards_.push_back(shard);
        nodes_.push_back(shard.id);
      }
    }
  }
}

const Node* Configuration::node(NodeId id) const {
  const auto found = place_of_node_.find(id);
  return found == place_of_node_.end() || found->second.shard == none ? nullptr
                                                                      : &shards_[found->second.shard];
}

const Node* Configuration::node(BytesView name) const {
  const Node* found = node(node_id(name));
  return found != nullptr && found->name == name ? found : nullptr;
}

const Datacenter* Configuration::datacenter(DcId id) const {
  const auto found = place_of_datacenter_.find(id);
  return found == place_of_datacenter_.end() ? nullptr : &topology_.datacenters[found->second];
}

const Datacenter* Configuration::datacenter(BytesView name) const {
  const Datacenter* found = datacenter(dc_id(name));
  return found != nullptr && found->name == name ? found : nullptr;
}

const Datacenter* Configuration::datacenter_of(NodeId id) const {
  const auto found = place_of_node_.find(id);
  return found == place_of_node_.end() ? nullptr : &topology_.datacenters[found->second.datacenter];
}

std::vector<NodeId> Configuration::nodes_of(DcId id) const {
  std::vector<NodeId> ids;
  if (const Datacenter* dc = datacenter(id)) {
    for (const Node& node : dc->nodes) {
      for (std::uint32_t k = 0; k < node.shards; ++k) ids.push_back(shard_of(node, k).id);
    }
  }
  return ids;
}

std::vector<NodeId> Configuration::first_shards_of(DcId id) const {
  std::vector<NodeId> ids;
  if (const Datacenter* dc = datacenter(id)) {
    for (const Node& node : dc->nodes) ids.push_back(node.id);
  }
  return ids;
}

bool Configuration::share_a_machine(NodeId a, NodeId b) const {
  const auto first = place_of_node_.find(a);
  const auto second = place_of_node_.find(b);
  return first != place_of_node_.end() && second != place_of_node_.end() &&
         first->second.datacenter == second->second.datacenter && first->second.node == second->second.node;
}

}  // namespace causeway
