// The topology: which datacenters and nodes make a cluster, as its YAML file says it. Pure: the caller reads the file.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"

namespace causeway {

/// The identity of a node or datacenter is its name.
NodeId node_id(BytesView name);
DcId dc_id(BytesView name);

/// When an acknowledged write is on disk.
struct Durability {
  Micros sync_interval{0};  ///< 0: before the acknowledgement; else synced at least that often.

  [[nodiscard]] bool is_sync() const { return sync_interval == Micros{0}; }
  friend bool operator==(const Durability&, const Durability&) = default;
};

/// The ports at a node's address; those for clients, peers and bridges are the first shard's (ring/shards.h).
struct Ports {
  std::uint16_t client = 7400;
  std::uint16_t peer = 7401;
  std::uint16_t bridge = 7402;
  std::uint16_t resp = 7379;
  std::uint16_t http = 7480;

  friend bool operator==(const Ports&, const Ports&) = default;
};

struct Node {
  std::string name;          ///< Unique in the cluster.
  NodeId id;                 ///< node_id(name)
  std::string rack;          ///< What fails together, within the datacenter.
  std::string address;       ///< IPv4 address or host name.
  std::uint32_t weight = 1;  ///< Its share of the load, relative to the nodes beside it; 1 or more.
  Ports ports;
  std::uint32_t shards =
      1;  ///< Threads that its partitions are divided among (ring/shards.h); free to change.

  friend bool operator==(const Node&, const Node&) = default;
};

struct Datacenter {
  std::string name;            ///< Unique in the cluster.
  DcId id;                     ///< dc_id(name)
  std::uint32_t replicas = 0;  ///< Of each partition, here: 1 to nodes.size().
  std::vector<Node> nodes;     ///< At least one, as the file orders them.

  friend bool operator==(const Datacenter&, const Datacenter&) = default;
};

/// The way between two datacenters, both directions alike; `causeway up --wan` emulates it.
struct Link {
  DcId a;
  DcId b;
  std::uint32_t delay_ms = 0;   ///< One way.
  std::uint32_t jitter_ms = 0;  ///< Added to the delay, 0 to this.

  friend bool operator==(const Link&, const Link&) = default;
};

/// Per node, where no other thing is said. What is beyond a limit gets a typed error.
struct Limits {
  std::uint64_t value_bytes = std::uint64_t{1} << 20U;    ///< One value.
  std::uint64_t request_bytes = std::uint64_t{8} << 20U;  ///< One request, all its values together.
  std::uint64_t log_bytes = std::uint64_t{1} << 30U;      ///< The event log; beyond it the oldest is trimmed.
  std::uint64_t disk_bytes = std::uint64_t{16} << 30U;    ///< The data folder; beyond it: STORAGE_FULL.
  std::uint64_t memory_bytes = std::uint64_t{512} << 20U;  ///< The hot tier and the queues.

  friend bool operator==(const Limits&, const Limits&) = default;
};

struct Topology {
  std::string cluster;
  std::uint32_t partitions = 0;  ///< Q: a power of two, fixed when the cluster is founded.
  Durability durability;
  std::vector<Datacenter> datacenters;  ///< At least one, as the file orders them.
  std::vector<Link> links;              ///< At most one per pair.
  Limits limits;

  friend bool operator==(const Topology&, const Topology&) = default;
};

constexpr std::uint64_t topology_bytes_max = std::uint64_t{1} << 20U;
constexpr std::uint32_t partitions_max = 65'536;
constexpr std::uint32_t replicas_max = 64;
constexpr std::uint32_t weight_max = 1'000;
constexpr std::uint32_t name_bytes_max = 64;

/// One thing wrong with a topology file.
struct Mistake {
  std::uint32_t line = 1;  ///< From 1.
  std::string what;        ///< What is wrong.
  std::string mend;        ///< What would be right.

  friend bool operator==(const Mistake&, const Mistake&) = default;
};

/// The topology, or every mistake that can be told apart, in the order of their lines (at least one).
/// Any bytes may be given. Unknown keys are mistakes.
tl::expected<Topology, std::vector<Mistake>> parse_topology(BytesView text);

/// "file:line: what; mend", a line for each.
std::string to_string(const std::vector<Mistake>& mistakes, BytesView filename);

/// YAML that parses back to an equal topology. Equal topologies give equal text. REQUIRES: as parse_topology gives it.
std::string render_topology(const Topology& topology);

/// Over what must be the same on all nodes: cluster, partitions, and of each datacenter and node the name, replicas, rack,
/// weight and shards, in whatever order the file has them. Not over addresses and ports (under --wan each node sees its peers
/// elsewhere), links, limits and durability.
std::uint64_t fingerprint(const Topology& topology);

}  // namespace causeway
