// In the end, when all clocks are far ahead of all that was promised until then: what may be forgotten is gone, by the rules
// said anew over the entries alone (rules 10, 12 and 14).
#pragma once

#include <string>

#include "tests/sim/cluster.h"

namespace causeway::testing {

/// The first entry that should be forgotten by now, of the replicas that are up; empty if there is none.
std::string still_there(Cluster& cluster);

}  // namespace causeway::testing
