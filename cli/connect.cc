#include "cli/connect.h"

#include "cli/deployment.h"

namespace causeway::cli {
namespace {

/// "LEVEL", or "READ/WRITE".
Result<void> set_levels(const std::string& text, ClientOptions& options) {
  if (text.empty()) return {};
  const std::size_t slash = text.find('/');
  CW_TRY(options.read_level, parse_level(text.substr(0, slash)));
  CW_TRY(options.write_level, parse_level(slash == std::string::npos ? text : text.substr(slash + 1)));
  return {};
}

}  // namespace

Result<Client> connect(const Globals& globals) {
  ClientOptions options;
  options.datacenter = globals.datacenter;
  options.timeout = std::chrono::milliseconds(globals.timeout_ms);
  options.connect_timeout = options.timeout;
  CW_TRY_VOID(set_levels(globals.level, options));
  if (!globals.at.empty()) {
    options.endpoints = {globals.at};
  } else if (!globals.topology.empty()) {
    CW_TRY(options.topology, load_topology(globals.topology));
  } else {
    CW_TRY(const Deployment deployment, find_deployment(""));
    CW_TRY(options.topology, load_topology(deployment.topology));
  }
  return Client::connect(std::move(options));
}

}  // namespace causeway::cli
