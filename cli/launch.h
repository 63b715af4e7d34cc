// How the processes of a deployment are called.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/data_folder.h"
#include "cli/deployment.h"
#include "cli/readiness.h"
#include "cli/wan_plan.h"

namespace causeway::cli {

/// The path of `causewayd`, which stands beside this program. Errors: unavailable, if it does not.
Result<std::string> node_program();

/// One causewayd for each node, not started. `wan`: null, if there is none.
std::vector<Process> node_processes(const std::string& program, const Topology& topology,
                                    const std::string& file, const DataFolder& data, const WanPlan* wan);

/// Where the node of that process answers HTTP. REQUIRES: a node of the topology.
Starting starting(const Process& process, const Topology& topology);

/// Errors: unavailable, naming the address that another program listens on, and whose it would be.
Result<void> check_ports(const Topology& topology);

}  // namespace causeway::cli
