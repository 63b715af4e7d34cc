#include "cli/launch.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "ring/shards.h"

namespace causeway::cli {
namespace {

struct Socket {
  explicit Socket(int family) : fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd >= 0) close(fd);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd;
};

/// 0, or why nobody can listen there.
int try_to_listen(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found) != 0) {
    return EADDRNOTAVAIL;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  const Socket listener(found->ai_family);
  const int yes = 1;
  setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener.fd, found->ai_addr, found->ai_addrlen) == 0 && listen(listener.fd, 1) == 0) return 0;
  if (errno != EADDRINUSE) return errno;
  // Also what a connection that has just ended leaves behind looks busy, but takes no new one.
  const Socket visitor(found->ai_family);
  return connect(visitor.fd, found->ai_addr, found->ai_addrlen) == 0 ? EADDRINUSE : 0;
}

}  // namespace

Result<std::string> node_program() {
  std::string program = program_folder() + "/causewayd";
  if (std::filesystem::exists(program)) return program;
  return fail(ErrorCode::unavailable, "there is no " + program + ": build or install it beside this program");
}

std::vector<Process> node_processes(const std::string& program, const Topology& topology,
                                    const std::string& file, const DataFolder& data, const WanPlan* wan) {
  std::vector<Process> processes;
  for (const Datacenter& datacenter : topology.datacenters) {
    for (const Node& node : datacenter.nodes) {
      const std::string folder = data.path() + "/" + node.name;
      Process process{
          node.name, {program, "--topology", file, "--node", node.name, "--data", folder}, folder + ".log"};
      const auto add = [&](const char* option, std::string value) {
        process.arguments.insert(process.arguments.end(), {option, std::move(value)});
      };
      if (data.found()) add("--found", *data.found());
      if (wan != nullptr) {
        for (const auto& [name, endpoint] : wan->routes_from(datacenter.name))
          add("--route", name + "=" + to_string(endpoint));
      }
      processes.push_back(std::move(process));
    }
  }
  return processes;
}

Starting starting(const Process& process, const Topology& topology) {
  for (const Datacenter& datacenter : topology.datacenters) {
    for (const Node& node : datacenter.nodes) {
      if (node.name == process.name) return {process, {node.address, node.ports.http}};
    }
  }
  return {process, {}};
}

Result<void> check_ports(const Topology& topology) {
  for (const Datacenter& datacenter : topology.datacenters) {
    for (const Node& node : datacenter.nodes) {
      std::vector<std::uint16_t> ports;
      for (std::uint32_t k = 0; k < node.shards; ++k) {
        const Ports own = shard_of(node, k).ports;
        ports.insert(ports.end(), {own.client, own.peer, own.bridge});
      }
      ports.insert(ports.end(), {node.ports.resp, node.ports.http});
      for (const std::uint16_t port : ports) {
        const int why = try_to_listen({node.address, port});
        if (why == 0) continue;
        return fail_retryable(ErrorCode::unavailable, "node " + node.name + " cannot listen on " +
                                                          to_string(Endpoint{node.address, port}) + ": " +
                                                          std::strerror(why));
      }
    }
  }
  return {};
}

}  // namespace causeway::cli
