#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "ring/fields.h"
#include "ring/shards.h"
#include "ring/topology.h"
#include "ring/yaml.h"

namespace causeway {
namespace {

constexpr std::uint32_t link_ms_max = 60'000;
constexpr std::uint64_t kib = std::uint64_t{1} << 10U;
constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
constexpr std::uint64_t bytes_max = std::uint64_t{1} << 50U;

/// Reads a tree into a topology; what depends on several places is checked when all are known.
class Parser {
 public:
  tl::expected<Topology, std::vector<Mistake>> parse(const YamlNode& root) {
    Fields top(root, "the topology",
               {"cluster", "partitions", "durability", "datacenters", "links", "limits", "security"},
               mistakes_);
    if (top.need("cluster", "cluster: demo") != nullptr) topology_.cluster = top.name("cluster").value_or("");
    read_partitions(top);
    if (const YamlNode* node = top.find("durability")) {
      topology_.durability = read_durability(*node, mistakes_).value_or(Durability{});
    }
    if (const YamlNode* node = top.need("datacenters", "datacenters: {eu: {replicas: …, nodes: […]}}")) {
      read_datacenters(*node);
    }
    if (const YamlNode* node = top.find("links")) read_links(*node);
    if (const YamlNode* node = top.find("limits")) read_limits(*node);
    if (const YamlNode* node = top.find("security");
        node != nullptr && node->kind != YamlNode::Kind::nothing) {
      Fields(*node, "security", {}, mistakes_);
    }
    if (!mistakes_.empty()) return tl::unexpected(mistakes_.take());
    return std::move(topology_);
  }

 private:
  void read_partitions(Fields& top) {
    const YamlNode* node = top.need("partitions", "partitions: 64");
    const auto count = top.number("partitions", 1, partitions_max);
    if (!count) return;
    topology_.partitions = static_cast<std::uint32_t>(*count);
    if (std::has_single_bit(*count)) return;
    const std::uint64_t above = std::bit_ceil(*count);
    const std::uint64_t near = above - *count <= *count - above / 2 ? above : above / 2;
    mistakes_.add(node->line, "partitions is " + std::to_string(*count) + ", not a power of two",
                  "the nearest is " + std::to_string(near));
  }

  void read_datacenters(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::map || node.items.empty()) {
      mistakes_.add(node.line, "datacenters is not a map of names",
                    "write at least one, as `eu: {replicas: …, nodes: […]}`");
      return;
    }
    for (const YamlNode& item : node.items) {
      check_name(item.key, item.line, "the name of a datacenter", mistakes_);
      const auto [first, is_new] = datacenters_.emplace(dc_id(item.key), Named{item.key, item.line});
      if (!is_new) refuse_name("datacenter", item.key, item.line, first->second);
      read_datacenter(item);
    }
  }

  void read_datacenter(const YamlNode& node) {
    Datacenter dc;
    dc.name = node.key;
    dc.id = dc_id(dc.name);
    const std::string owner = "datacenter " + plain(dc.name);
    Fields fields(node, owner, {"replicas", "nodes"}, mistakes_);
    const YamlNode* replicas = fields.need("replicas", "replicas: 3");
    const auto count = fields.number("replicas", 1, replicas_max);
    const YamlNode* nodes = fields.need("nodes", "nodes: [{name: …, rack: …, address: …}]");
    if (nodes != nullptr && (nodes->kind != YamlNode::Kind::list || nodes->items.empty())) {
      mistakes_.add(nodes->line, owner + " has no list of nodes",
                    "write at least one, as `- {name: eu-1, rack: a, address: 127.1.1.1}`");
      nodes = nullptr;
    }
    if (nodes != nullptr) {
      for (const YamlNode& item : nodes->items) {
        dc.nodes.push_back(read_node(item, "node " + std::to_string(dc.nodes.size() + 1) + " of " + owner));
      }
      if (count && *count > dc.nodes.size()) {
        mistakes_.add(replicas->line,
                      "replicas of " + owner + " is " + std::to_string(*count) + ", but it has " +
                          std::to_string(dc.nodes.size()) + (dc.nodes.size() == 1 ? " node" : " nodes"),
                      "a node holds one replica of a partition: lower replicas, or add nodes");
      }
    }
    dc.replicas = static_cast<std::uint32_t>(count.value_or(0));
    topology_.datacenters.push_back(std::move(dc));
  }

  Node read_node(const YamlNode& item, std::string owner) {
    if (item.kind == YamlNode::Kind::map) {
      const auto name = std::ranges::find(item.items, "name", &YamlNode::key);
      if (name != item.items.end() && !name->text.empty()) owner = "node " + plain(name->text);
    }
    Fields fields(item, owner,
                  {"name", "rack", "address", "weight", "shards", "client", "peer", "bridge", "resp", "http"},
                  mistakes_);
    Node node;
    if (const YamlNode* where = fields.need("name", "name: eu-1")) {
      node.name = fields.name("name").value_or("");
      node.id = node_id(node.name);
      if (!node.name.empty()) {
        const auto [first, is_new] = nodes_.emplace(node.id, Named{node.name, where->line});
        if (!is_new) refuse_name("node", node.name, where->line, first->second);
      }
    }
    if (fields.need("rack", "rack: a") != nullptr) node.rack = fields.name("rack").value_or("");
    const YamlNode* address = fields.need("address", "address: 127.1.1.1");
    node.address = fields.host("address").value_or("");
    node.weight = static_cast<std::uint32_t>(fields.number("weight", 1, weight_max).value_or(1));
    node.shards = static_cast<std::uint32_t>(fields.number("shards", 1, shards_max).value_or(1));
    read_port(fields, "client", node.ports.client);
    read_port(fields, "peer", node.ports.peer);
    read_port(fields, "bridge", node.ports.bridge);
    read_port(fields, "resp", node.ports.resp);
    read_port(fields, "http", node.ports.http);
    if (!node.address.empty()) claim_endpoints(node, owner, address->line);
    return node;
  }

  void read_port(Fields& fields, BytesView key, std::uint16_t& port) {
    if (const auto value = fields.number(key, 1, UINT16_MAX)) port = static_cast<std::uint16_t>(*value);
  }

  /// Notes an address and port that is taken, once for a node.
  void claim_endpoints(const Node& node, const std::string& owner, std::uint32_t line) {
    std::string host = node.address;
    std::ranges::transform(host, host.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    bool noted = false;
    const auto claim = [&](BytesView service, std::uint16_t port, std::uint32_t shard = 0) {
      const std::string endpoint = host + ":" + std::to_string(port);
      const std::string user = std::string(service) + " of " +
                               (shard == 0 ? "" : "shard " + std::to_string(shard) + " of ") + owner;
      const auto [first, is_new] = endpoints_.emplace(endpoint, Named{user, line});
      if (is_new || noted) return;
      noted = true;
      mistakes_.add(line,
                    user + " is at " + endpoint + ", as is " + first->second.name + " on line " +
                        std::to_string(first->second.line),
                    "give each an address or a port of its own");
    };
    for (std::uint32_t k = 0; k < node.shards; ++k) {
      const Ports ports = shard_of(node, k).ports;
      claim("client", ports.client, k);
      claim("peer", ports.peer, k);
      claim("bridge", ports.bridge, k);
    }
    claim("resp", node.ports.resp);
    claim("http", node.ports.http);
  }

  void read_links(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::nothing) return;
    if (node.kind != YamlNode::Kind::list) {
      mistakes_.add(node.line, "links is not a list", "write `- {between: [eu, us], delay_ms: 40}`");
      return;
    }
    for (const YamlNode& item : node.items)
      read_link(item, "link " + std::to_string(topology_.links.size() + 1));
  }

  void read_link(const YamlNode& item, const std::string& owner) {
    Fields fields(item, owner, {"between", "delay_ms", "jitter_ms"}, mistakes_);
    Link link;
    fields.need("delay_ms", "delay_ms: 40");
    link.delay_ms = static_cast<std::uint32_t>(fields.number("delay_ms", 0, link_ms_max).value_or(0));
    link.jitter_ms = static_cast<std::uint32_t>(fields.number("jitter_ms", 0, link_ms_max).value_or(0));
    if (const YamlNode* between = fields.need("between", "between: [eu, us]"))
      read_ends(*between, owner, link);
    topology_.links.push_back(link);
  }

  void read_ends(const YamlNode& between, const std::string& owner, Link& link) {
    if (between.kind != YamlNode::Kind::list || between.items.size() != 2) {
      mistakes_.add(between.line, owner + " is not between two datacenters", "write `between: [eu, us]`");
      return;
    }
    for (const YamlNode& end : between.items) {
      const auto name = read_text(end, "an end of " + owner, mistakes_);
      if (!name) return;
      if (!datacenters_.contains(dc_id(*name))) return refuse_end(*name, end.line, owner);
    }
    link.a = dc_id(between.items[0].text);
    link.b = dc_id(between.items[1].text);
    if (link.a == link.b) {
      mistakes_.add(between.line, owner + " joins " + shown(between.items[0].text) + " to itself",
                    "name two datacenters");
      return;
    }
    const auto [first, is_new] = links_.emplace(std::minmax(link.a, link.b), between.line);
    if (!is_new) {
      mistakes_.add(
          between.line,
          owner + " is between the same datacenters as the one on line " + std::to_string(first->second),
          "keep one; it is for both directions");
    }
  }

  void refuse_end(BytesView name, std::uint32_t line, const std::string& owner) {
    std::vector<BytesView> known;
    for (const Datacenter& dc : topology_.datacenters) known.emplace_back(dc.name);
    const BytesView meant = nearest(name, known);
    mistakes_.add(
        line, owner + " names " + shown(name) + ", which is not a datacenter here",
        meant.empty() ? "name one of those under datacenters" : "did you mean " + shown(meant) + "?");
  }

  void read_limits(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::nothing) return;
    Fields fields(node, "limits", {"value_bytes", "request_bytes", "log_bytes", "disk_bytes", "memory_bytes"},
                  mistakes_);
    Limits& limits = topology_.limits;
    const std::size_t before = mistakes_.count();
    limits.value_bytes = fields.number("value_bytes", 1, 64 * mib).value_or(limits.value_bytes);
    limits.request_bytes = fields.number("request_bytes", kib, 1024 * mib).value_or(limits.request_bytes);
    limits.log_bytes = fields.number("log_bytes", 64 * kib, bytes_max).value_or(limits.log_bytes);
    limits.disk_bytes = fields.number("disk_bytes", mib, bytes_max).value_or(limits.disk_bytes);
    limits.memory_bytes = fields.number("memory_bytes", mib, bytes_max).value_or(limits.memory_bytes);
    if (mistakes_.count() != before) return;
    need_order(fields, node, "value_bytes", limits.value_bytes, "request_bytes", limits.request_bytes);
    need_order(fields, node, "log_bytes", limits.log_bytes, "disk_bytes", limits.disk_bytes);
  }

  void need_order(const Fields& fields, const YamlNode& node, BytesView lower, std::uint64_t low,
                  BytesView upper, std::uint64_t high) {
    if (low <= high) return;
    const YamlNode* at = fields.find(upper) != nullptr ? fields.find(upper) : fields.find(lower);
    mistakes_.add(at != nullptr ? at->line : node.line,
                  std::string(lower) + " is " + std::to_string(low) + ", more than " + std::string(upper) +
                      ", which is " + std::to_string(high),
                  "lower the one or raise the other (what is not written has its default)");
  }

  struct Named {
    std::string name;
    std::uint32_t line;
  };

  /// A name for messages, without quotes.
  static std::string plain(BytesView name) {
    const std::string quoted = shown(name);
    return quoted.substr(1, quoted.size() - 2);
  }

  void refuse_name(BytesView kind, BytesView name, std::uint32_t line, const Named& first) {
    const bool same = first.name == name;
    mistakes_.add(line,
                  std::string(kind) + " " + shown(name) +
                      (same ? " stands twice" : " has the same hash as " + shown(first.name)) +
                      " (first on line " + std::to_string(first.line) + ")",
                  "give each a name of its own");
  }

  Topology topology_;
  Mistakes mistakes_;
  std::map<DcId, Named> datacenters_;
  std::map<NodeId, Named> nodes_;
  std::map<std::string, Named> endpoints_;
  std::map<std::pair<DcId, DcId>, std::uint32_t> links_;
};

}  // namespace

tl::expected<Topology, std::vector<Mistake>> parse_topology(BytesView text) {
  if (text.size() > topology_bytes_max) {
    return tl::unexpected(
        std::vector<Mistake>{{1, "the file has " + std::to_string(text.size()) + " bytes",
                              "a topology has at most " + std::to_string(topology_bytes_max)}});
  }
  auto root = parse_yaml(text);
  if (!root) return tl::unexpected(std::move(root).error());
  return Parser().parse(*root);
}

}  // namespace causeway
