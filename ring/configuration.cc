#include "ring/configuration.h"

#include "base/check.h"

namespace causeway {

Configuration::Configuration(Epoch epoch, Topology topology) : epoch_(epoch), topology_(std::move(topology)) {
  for (std::size_t d = 0; d < topology_.datacenters.size(); ++d) {
    const Datacenter& dc = topology_.datacenters[d];
    CW_CHECK(dc.id == dc_id(dc.name), "a datacenter's id is the hash of its name");
    CW_CHECK(place_of_datacenter_.emplace(dc.id, d).second, "two datacenters with one id");
    datacenters_.push_back(dc.id);
    for (std::size_t n = 0; n < dc.nodes.size(); ++n) {
      const Node& node = dc.nodes[n];
      CW_CHECK(node.id == node_id(node.name), "a node's id is the hash of its name");
      CW_CHECK(place_of_node_.emplace(node.id, Place{d, n}).second, "two nodes with one id");
      nodes_.push_back(node.id);
    }
  }
}

const Node* Configuration::node(NodeId id) const {
  const auto found = place_of_node_.find(id);
  if (found == place_of_node_.end()) return nullptr;
  return &topology_.datacenters[found->second.datacenter].nodes[found->second.node];
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
    for (const Node& node : dc->nodes) ids.push_back(node.id);
  }
  return ids;
}

}  // namespace causeway
