#include "server/addresses.h"

#include <algorithm>
#include <map>

namespace causeway {

namespace {

tl::unexpected<Exit> no_node(const std::string& whose, const std::string& name,
                             const Configuration& configuration) {
  std::string known;
  for (const NodeId id : configuration.nodes())
    known += (known.empty() ? "" : ", ") + configuration.node(id)->name;
  return exit_with(ExitStatus::usage, whose + "the topology has no node '" + name + "'; it has " + known);
}

}  // namespace

OrExit<const Node*> find_node(const Configuration& configuration, const std::string& name) {
  for (const Datacenter& datacenter : configuration.topology().datacenters) {
    const auto node = std::ranges::find(datacenter.nodes, name, &Node::name);
    if (node != datacenter.nodes.end()) return &*node;
  }
  return no_node("", name, configuration);
}

OrExit<ReactorOptions> addresses_of(const Configuration& configuration, NodeId self,
                                    const std::vector<ServerOptions::Route>& routes) {
  std::map<NodeId, Endpoint> routed;
  for (const ServerOptions::Route& route : routes) {
    const Node* const shard = configuration.node(BytesView(route.node));
    if (shard == nullptr) {
      return no_node("--route: ", route.node, configuration);
    }
    routed[shard->id] = route.at;
  }
  const Node& own = *configuration.node(self);
  ReactorOptions options;
  options.host = own.address;
  options.client_port = own.ports.client;
  options.peer_port = own.ports.peer;
  options.bridge_port = own.ports.bridge;
  options.resp_port = own.ports.resp;
  for (const NodeId id : configuration.nodes()) {
    if (id == self) continue;
    const Node& node = *configuration.node(id);
    const bool local = configuration.datacenter_of(id) == configuration.datacenter_of(self);
    const auto route = routed.find(id);
    const Endpoint direct{node.address, local ? node.ports.peer : node.ports.bridge};
    options.peers.push_back({id, route == routed.end() ? direct : route->second, local});
  }
  return options;
}

}  // namespace causeway
