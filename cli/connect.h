// From the options of the command line to a client of the right cluster.
#pragma once

#include "causeway/client.h"
#include "cli/globals.h"

namespace causeway::cli {

/// By --at, else by --topology, else of the only deployment that is up.
/// Errors: invalid (bad option or file), unavailable (no such deployment, no node answers).
Result<Client> connect(const Globals& globals);

}  // namespace causeway::cli
