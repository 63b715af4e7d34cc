// What a client is told once (ClientOptions) and what it may be told with each call (CallOptions).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "crdt/event.h"
#include "ring/topology.h"
#include "wire/level.h"

namespace causeway {

struct ClientOptions {
  /// "HOST:PORT" or "HOST" (port 7400) of any nodes: the client asks them for the topology. Not needed if it is given.
  std::vector<std::string> endpoints;
  /// The text of a topology file, or what parse_topology() made of it.
  std::variant<std::monostate, Bytes, Topology> topology;

  /// Where requests go. Empty: the datacenter of the endpoint that answered first; with a topology, its first.
  std::string datacenter;
  /// Whether another datacenter may take a request when no replica in the chosen one does. LOCAL levels then count there,
  /// so a read may miss what was written here and has not crossed yet.
  bool failover_to_other_datacenters = false;

  Level read_level;   ///< LOCAL_QUORUM by default.
  Level write_level;  ///< LOCAL_QUORUM by default.

  /// From a call to its answer, all tries together. More than 0.
  std::chrono::milliseconds timeout{5000};
  /// How long a node may be silent before the next replica is tried. More than 0.
  std::chrono::milliseconds try_timeout{500};
  /// How long connect() may take.
  std::chrono::milliseconds connect_timeout{5000};

  /// Gives each write whose repetition would count a random request id, so that it can be retried and counts once. Without
  /// it (and without one in CallOptions) such a write is not retried once its outcome is unknown.
  bool automatic_request_ids = true;
  /// Calls without an answer yet; beyond it a call fails with `overloaded`.
  std::size_t outstanding_max = 65'536;
};

/// For one call, or for all calls of a handle. What is empty is as in ClientOptions.
struct CallOptions {
  std::optional<Level> read_level;
  std::optional<Level> write_level;
  std::optional<std::chrono::milliseconds> timeout;
  /// Names this call: repeated with the same id, through any client, node or datacenter, it counts once until it expires.
  std::optional<RequestId> request_id;
  std::string datacenter;
};

/// How long an automatic request id is good for.
inline constexpr std::chrono::milliseconds request_id_lifetime = std::chrono::hours(1);

}  // namespace causeway
