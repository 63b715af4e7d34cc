#include "ring/topology.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/serial.h"

namespace causeway {
namespace {

/// A word as YAML that no reader takes for anything but text: in quotes, unless it begins with a letter and is no YAML word,
/// or has too many dots to be a number.
std::string yaml_text(BytesView word) {
  static constexpr std::array<BytesView, 11> special = {"null", "true", "false", "yes", "no", "on",
                                                        "off",  "y",    "n",     "nan", "inf"};
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  const bool letter = !lower.empty() && lower.front() >= 'a' && lower.front() <= 'z';
  if (letter && std::ranges::find(special, lower) == special.end()) return std::string(word);
  if (std::ranges::count(word, '.') >= 2) return std::string(word);
  return "\"" + std::string(word) + "\"";
}

std::string yaml_time(const Durability& durability) {
  return durability.is_sync() ? "sync" : std::to_string(durability.sync_interval.count() / 1000) + "ms";
}

void render_port(std::string& out, BytesView key, std::uint16_t port, std::uint16_t usual) {
  if (port == usual) return;
  out.append(", ").append(key).append(": ").append(std::to_string(port));
}

void render_node(std::string& out, const Node& node) {
  out += "      - {name: " + yaml_text(node.name) + ", rack: " + yaml_text(node.rack) +
         ", address: " + yaml_text(node.address) + ", weight: " + std::to_string(node.weight);
  if (node.shards != 1) out += ", shards: " + std::to_string(node.shards);
  const Ports usual;
  render_port(out, "client", node.ports.client, usual.client);
  render_port(out, "peer", node.ports.peer, usual.peer);
  render_port(out, "bridge", node.ports.bridge, usual.bridge);
  render_port(out, "resp", node.ports.resp, usual.resp);
  render_port(out, "http", node.ports.http, usual.http);
  out += "}\n";
}

BytesView name_in(const Topology& topology, DcId id) {
  const auto found = std::ranges::find(topology.datacenters, id, &Datacenter::id);
  return found == topology.datacenters.end() ? BytesView{} : BytesView(found->name);
}

template <class Named>
std::vector<const Named*> by_name(const std::vector<Named>& all) {
  std::vector<const Named*> sorted;
  for (const Named& each : all) sorted.push_back(&each);
  std::ranges::sort(sorted, {}, [](const Named* each) -> const std::string& { return each->name; });
  return sorted;
}

}  // namespace

NodeId node_id(BytesView name) { return NodeId{hash64(name)}; }
DcId dc_id(BytesView name) { return DcId{hash64(name)}; }

std::string to_string(const std::vector<Mistake>& mistakes, BytesView filename) {
  std::string out;
  for (const Mistake& mistake : mistakes) {
    out.append(filename).append(":").append(std::to_string(mistake.line)).append(": ");
    out.append(mistake.what).append("; ").append(mistake.mend).append("\n");
  }
  return out;
}

std::string render_topology(const Topology& topology) {
  std::string out = "cluster: " + yaml_text(topology.cluster) + "\n";
  out += "partitions: " + std::to_string(topology.partitions) + "\n";
  out += "durability: " + yaml_time(topology.durability) + "\n";
  out += "datacenters:\n";
  for (const Datacenter& dc : topology.datacenters) {
    out += "  " + yaml_text(dc.name) + ":\n    replicas: " + std::to_string(dc.replicas) + "\n    nodes:\n";
    for (const Node& node : dc.nodes) render_node(out, node);
  }
  if (!topology.links.empty()) out += "links:\n";
  for (const Link& link : topology.links) {
    out += "  - {between: [" + yaml_text(name_in(topology, link.a)) + ", " +
           yaml_text(name_in(topology, link.b)) + "], delay_ms: " + std::to_string(link.delay_ms) +
           ", jitter_ms: " + std::to_string(link.jitter_ms) + "}\n";
  }
  const Limits& limits = topology.limits;
  out += "limits: {value_bytes: " + std::to_string(limits.value_bytes) +
         ", request_bytes: " + std::to_string(limits.request_bytes) +
         ", log_bytes: " + std::to_string(limits.log_bytes) +
         ", disk_bytes: " + std::to_string(limits.disk_bytes) +
         ", memory_bytes: " + std::to_string(limits.memory_bytes) + "}\n";
  return out;
}

std::uint64_t fingerprint(const Topology& topology) {
  Bytes canonical;
  Writer out(canonical);
  out.bytes(topology.cluster);
  out.varint(topology.partitions);
  out.varint(topology.datacenters.size());
  for (const Datacenter* dc : by_name(topology.datacenters)) {
    out.bytes(dc->name);
    out.varint(dc->replicas);
    out.varint(dc->nodes.size());
    for (const Node* node : by_name(dc->nodes)) {
      out.bytes(node->name);
      out.bytes(node->rack);
      out.varint(node->weight);
      out.varint(node->shards);
    }
  }
  return hash64(canonical);
}

}  // namespace causeway
