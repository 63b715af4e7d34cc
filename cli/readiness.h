// Waiting for nodes to serve.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/process.h"
#include "net/endpoint.h"

namespace causeway::cli {

struct Starting {
  Process process;
  Endpoint http;
};

constexpr std::chrono::seconds ready_within{30};

/// Until each answers /readyz with 200. Errors: unavailable, with the end of the log of a node that ended or is not ready in
/// time; cut short by an interrupt (SIGINT, SIGTERM) while it waits.
Result<void> wait_until_ready(std::vector<Starting> nodes, std::chrono::milliseconds at_most);

}  // namespace causeway::cli
