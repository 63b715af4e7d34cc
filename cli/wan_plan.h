// The emulated wide-area network of `up --wan`: one address of the relay for each pair of a source datacenter and a node in
// another, so that the relay knows which way a connection goes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/relay.h"
#include "ring/topology.h"

namespace causeway::cli {

class WanPlan {
 public:
  /// Addresses on this machine, in 127.128.0.0/9, free when it was made. Errors: unavailable.
  static Result<WanPlan> make(const Topology& topology);

  [[nodiscard]] const Endpoint& control() const { return options_.control; }
  /// For the nodes of this datacenter: node name and where to reach it.
  [[nodiscard]] std::vector<std::pair<std::string, Endpoint>> routes_from(
      const std::string& datacenter) const;

  /// As a JSON document, which relay_options() reads.
  [[nodiscard]] std::string to_json() const;

 private:
  RelayOptions options_;
  std::vector<std::string> targets_;  ///< The node of each route.
};

/// Errors: invalid.
Result<RelayOptions> relay_options(const std::string& json);

}  // namespace causeway::cli
