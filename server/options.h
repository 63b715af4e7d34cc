// The command line of causewayd.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.h"
#include "server/exit.h"

namespace causeway {

struct ServerOptions {
  /// Where a node is reached instead of the address in the topology file: a relay.
  struct Route {
    std::string node;
    Endpoint at;
  };

  std::string check;  ///< a topology file to check, and nothing else; empty: run
  std::string topology;
  std::string node;
  std::string data;                    ///< folder
  std::optional<std::uint64_t> found;  ///< the id of the cluster that an empty data folder founds
  std::vector<Route> routes;
};

/// Errors: usage; --help and --version end with status stopped.
OrExit<ServerOptions> parse_options(int argc, const char* const* argv);

/// "NODE=HOST:PORT". Errors: a sentence.
tl::expected<ServerOptions::Route, std::string> parse_route(const std::string& text);
/// 1 to 16 hexadecimal digits, not 0. Errors: a sentence.
tl::expected<std::uint64_t, std::string> parse_cluster_id(const std::string& text);

}  // namespace causeway
