// What `status`, `lag` and `ring` print of a cluster that a client is connected to.
#pragma once

#include "causeway/client.h"
#include "cli/globals.h"

namespace causeway::cli {

int print_status(const Client& client, Output& output);
int print_lag(const Client& client, Output& output);
/// The load of the nodes.
int print_ring(const Configuration& configuration, Output& output);
/// The partition and the replicas of a key.
int print_ring_of(const Bytes& key, const Configuration& configuration, Output& output);

}  // namespace causeway::cli
