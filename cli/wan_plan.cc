#include "cli/wan_plan.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "cli/json_text.h"
#include "ring/configuration.h"

namespace causeway::cli {
namespace {

/// No topology that we ship has it, and nobody connects from it.
constexpr const char* relay_host = "127.127.127.1";

/// Ports that nobody listens on, all different: held until all are known.
class FreePorts {
 public:
  FreePorts() = default;
  ~FreePorts() {
    for (const int fd : fds_) close(fd);
  }
  FreePorts(const FreePorts&) = delete;
  FreePorts& operator=(const FreePorts&) = delete;

  Result<Endpoint> next() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail(ErrorCode::unavailable, "no socket for the relay");
    fds_.push_back(fd);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, relay_host, &address.sin_addr);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0) {
      return fail(ErrorCode::unavailable, std::string("no free port for the relay at ") + relay_host);
    }
    return Endpoint{relay_host, ntohs(address.sin_port)};
  }

 private:
  std::vector<int> fds_;
};

std::string name_of(const Topology& topology, DcId id) {
  const auto& all = topology.datacenters;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Datacenter& each) { return each.id == id; });
  return found == all.end() ? "" : found->name;
}

std::int64_t milliseconds(Micros time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

Result<WanPlan> WanPlan::make(const Topology& topology) {
  WanPlan plan;
  const Configuration configuration(Epoch{1}, topology);
  FreePorts ports;
  CW_TRY(plan.options_.control, ports.next());
  plan.options_.seed = std::random_device()();
  for (const Link& link : topology.links) {
    plan.options_.links.push_back({name_of(topology, link.a), name_of(topology, link.b),
                                   std::chrono::milliseconds(link.delay_ms),
                                   std::chrono::milliseconds(link.jitter_ms)});
  }
  for (const Datacenter& from : topology.datacenters) {
    for (const Datacenter& to : topology.datacenters) {
      if (from.id == to.id) continue;
      for (const NodeId id : configuration.nodes_of(to.id)) {
        const Node& node = *configuration.node(id);
        CW_TRY(Endpoint listen, ports.next());
        plan.options_.routes.push_back(
            {std::move(listen), {node.address, node.ports.bridge}, from.name, to.name});
        plan.targets_.push_back(node.name);
      }
    }
  }
  return plan;
}

std::vector<std::pair<std::string, Endpoint>> WanPlan::routes_from(const std::string& datacenter) const {
  std::vector<std::pair<std::string, Endpoint>> routes;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (options_.routes[i].from == datacenter) routes.emplace_back(targets_[i], options_.routes[i].listen);
  }
  return routes;
}

std::string WanPlan::to_json() const {
  Json json = {{"control", to_string(options_.control)}, {"seed", options_.seed}};
  json["links"] = Json::array();
  for (const RelayLink& link : options_.links) {
    json["links"].push_back({{"between", {link.a, link.b}},
                             {"delay_ms", milliseconds(link.delay)},
                             {"jitter_ms", milliseconds(link.jitter)}});
  }
  json["routes"] = Json::array();
  for (const RelayRoute& route : options_.routes) {
    json["routes"].push_back({{"from", route.from},
                              {"to", route.to},
                              {"listen", to_string(route.listen)},
                              {"target", to_string(route.target)}});
  }
  return json_text(json) + '\n';
}

Result<RelayOptions> relay_options(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    RelayOptions options;
    options.seed = json.at("seed");
    CW_TRY(options.control, parse_endpoint(json.at("control").get<std::string>()));
    for (const Json& link : json.at("links")) {
      options.links.push_back({link.at("between").at(0), link.at("between").at(1),
                               std::chrono::milliseconds(link.at("delay_ms").get<std::int64_t>()),
                               std::chrono::milliseconds(link.at("jitter_ms").get<std::int64_t>())});
    }
    for (const Json& route : json.at("routes")) {
      CW_TRY(Endpoint listen, parse_endpoint(route.at("listen").get<std::string>()));
      CW_TRY(Endpoint target, parse_endpoint(route.at("target").get<std::string>()));
      options.routes.push_back({std::move(listen), std::move(target), route.at("from"), route.at("to")});
    }
    return options;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::invalid, std::string("no plan of a relay: ") + error.what());
  }
}

}  // namespace causeway::cli
