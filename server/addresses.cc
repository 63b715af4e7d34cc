#include "server/addresses.h"

#include <map>

namespace causeway {

OrExit<NodeId> find_node(const Configuration& configuration, const std::string& name) {
  if (const Node* node = configuration.node(BytesView(name))) return node->id;
  std::string known;
  for (const NodeId id : configuration.nodes())
    known += (known.empty() ? "" : ", ") + configuration.node(id)->name;
  return exit_with(ExitStatus::usage, "the topology has no node '" + name + "'; it has " + known);
}

OrExit<ReactorOptions> addresses_of(const Configuration& configuration, NodeId self,
                                    const std::vector<ServerOptions::Route>& routes) {
  std::map<NodeId, Endpoint> routed;
  for (const ServerOptions::Route& route : routes) {
    const auto node = find_node(configuration, route.node);
    if (!node) return exit_with(ExitStatus::usage, "--route: " + node.error().text);
    routed[*node] = route.at;
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
    options.peers.push_back({id, route == routed.end() ? direct : route->second});
  }
  return options;
}

}  // namespace causeway
