// Where the sockets of a node are, as the topology and the routes say.
#pragma once

#include "net/reactor.h"
#include "ring/configuration.h"
#include "server/exit.h"
#include "server/options.h"

namespace causeway {

/// As the topology has it, by its name. Errors: usage, a node that the topology does not have: names those it has.
OrExit<const Node*> find_node(const Configuration& configuration, const std::string& name);

/// A shard's own address and ports, and those of all others: the peer port within the datacenter, the bridge port across, a
/// route before either. Errors: usage, a route to an unknown node.
OrExit<ReactorOptions> addresses_of(const Configuration& configuration, NodeId self,
                                    const std::vector<ServerOptions::Route>& routes);

}  // namespace causeway
