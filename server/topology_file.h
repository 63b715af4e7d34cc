// The topology file, from disk.
#pragma once

#include <string>

#include "ring/topology.h"
#include "server/exit.h"

namespace causeway {

/// Errors: usage, with every mistake on a line of its own: "file:line: what; mend".
OrExit<Topology> load_topology(const std::string& path);

}  // namespace causeway
