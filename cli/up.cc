// Starting and stopping whole topologies and single nodes on this machine.
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <thread>

#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/launch.h"

namespace causeway::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds stopped_within{30};

std::string count_of(std::size_t count, const std::string& thing) {
  return std::to_string(count) + ' ' + thing + (count == 1 ? "" : "s");
}

/// SIGTERM, and SIGKILL for what does not heed it; the names of those.
std::vector<std::string> stop(const std::vector<Process>& processes) {
  for (const Process& each : processes) send_signal(each, SIGTERM);
  const std::vector<Process> left = wait_for_end(processes, stopped_within);
  for (const Process& each : left) send_signal(each, SIGKILL);
  wait_for_end(left, stopped_within);
  std::vector<std::string> names;
  for (const Process& each : left) names.push_back(each.name);
  return names;
}

/// Refuses what is up already, and a data folder that another deployment uses.
Result<void> check_not_up(const std::string& file, const std::string& data) {
  CW_TRY(const std::vector<Deployment> all, all_deployments());
  for (const Deployment& each : all) {
    if (!each.is_up()) continue;
    if (each.topology == file)
      return fail(ErrorCode::invalid, each.cluster + " is already up; `causeway down` stops it");
    if (each.data == data)
      return fail(ErrorCode::invalid, data + " is in use by " + each.topology + ", which is up");
  }
  return {};
}

Result<void> wait_for_relay(const Process& relay, const Endpoint& control) {
  const auto deadline = std::chrono::steady_clock::now() + ready_within;
  for (;;) {
    auto answer = ask_relay(control, "state");
    if (answer) return {};
    const auto ended = how_it_ended(relay);
    if (ended || std::chrono::steady_clock::now() >= deadline) {
      return fail_retryable(ErrorCode::unavailable,
                            "the relay " + ended.value_or("does not answer") + "; see " + relay.log);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Result<void> start_relay(const WanPlan& plan, const DataFolder& data, Deployment& deployment) {
  const std::string file = data.path() + "/relay.json";
  std::ofstream(file) << plan.to_json();
  Process relay{"relay", {program_folder() + "/causeway", "relay", file}, data.path() + "/relay.log"};
  CW_TRY_VOID(start(relay));
  deployment.relay = relay;
  deployment.relay_control = to_string(plan.control());
  return wait_for_relay(relay, plan.control());
}

Result<void> start_all(const Topology& topology, Deployment& deployment) {
  CW_TRY_VOID(save(deployment));
  std::vector<Starting> started;
  for (Process& node : deployment.nodes) {
    CW_TRY_VOID(start(node));
    started.push_back(starting(node, topology));
  }
  CW_TRY_VOID(save(deployment));
  return wait_until_ready(std::move(started), ready_within);
}

Result<Deployment> bring_up(const UpOptions& options, const Topology& topology) {
  const std::string file = fs::canonical(options.file);
  CW_TRY(const std::string program, node_program());
  const std::string folder = options.data.empty() ? "causeway-data/" + topology.cluster : options.data;
  CW_TRY(const DeploymentLock lock, DeploymentLock::take());
  CW_TRY_VOID(check_not_up(file, fs::weakly_canonical(fs::absolute(folder))));
  CW_TRY_VOID(check_ports(topology));
  CW_TRY(DataFolder data, DataFolder::open(folder, topology.cluster, options.fresh));

  Deployment deployment{topology.cluster, file, data.path(), {}, {}, {}};
  std::optional<WanPlan> wan;
  if (options.wan) {
    CW_TRY(wan, WanPlan::make(topology));
  }
  deployment.nodes = node_processes(program, topology, file, data, wan ? &*wan : nullptr);
  Result<void> up;
  if (wan) up = start_relay(*wan, data, deployment);
  if (up) up = start_all(topology, deployment);
  if (up) up = data.mark_founded();
  if (up) return deployment;
  stop(deployment.processes());
  forget(deployment);
  return tl::unexpected(up.error());
}

}  // namespace

int run_up(const UpOptions& options, Output& output) {
  const auto topology = load_topology(options.file);
  if (!topology) {
    output.error << topology.error().sentence << '\n';
    return ExitStatus::usage;
  }
  const auto up = bring_up(options, *topology);
  if (!up) return report_call(up.error(), output);
  if (output.json) {
    Json json = {{"cluster", up->cluster}, {"data", up->data}, {"nodes", Json::array()}};
    for (const Process& node : up->nodes)
      json["nodes"].push_back({{"node", node.name}, {"pid", node.pid}, {"log", node.log}});
    if (up->relay) json["relay"] = {{"pid", up->relay->pid}, {"control", up->relay_control}};
    output.out << json_text(json) << '\n';
  } else {
    output.out << up->cluster << " is up: " << count_of(up->nodes.size(), "node") << " in "
               << count_of(topology->datacenters.size(), "datacenter")
               << (up->relay ? ", with an emulated wide-area network" : "") << "\ndata: " << up->data << '\n';
  }
  return ExitStatus::done;
}

int run_down(const Globals& globals, Output& output) {
  const auto lock = DeploymentLock::take();
  if (!lock) return report(lock.error(), output);
  const auto deployment = find_deployment(globals.topology);
  if (!deployment) return report_call(deployment.error(), output);
  const auto running =
      static_cast<std::size_t>(std::count_if(deployment->nodes.begin(), deployment->nodes.end(),
                                             [](const Process& each) { return each.is_running(); }));
  const std::vector<std::string> killed = stop(deployment->processes());
  forget(*deployment);
  if (output.json) {
    output.out << json_text({{"cluster", deployment->cluster}, {"stopped", running}, {"killed", killed}})
               << '\n';
  } else {
    output.out << deployment->cluster << " is down: " << count_of(running, "node") << " stopped\n";
  }
  for (const std::string& name : killed) {
    output.error << name << " did not stop within " << stopped_within.count() << " s and was killed\n";
  }
  return killed.empty() ? ExitStatus::done : ExitStatus::unavailable;
}

// ---- Single nodes ----------------------------------------------------------------------------------------------

namespace {

Result<Deployment> deployment_with(const std::string& node, const Globals& globals) {
  CW_TRY(Deployment deployment, find_deployment(globals.topology));
  if (deployment.node(node) != nullptr) return deployment;
  std::string names;
  for (const Process& each : deployment.nodes) names += ' ' + each.name;
  return fail(ErrorCode::invalid, deployment.cluster + " has no node '" + node + "': it has" + names);
}

/// The cluster stands: a folder of the node that is empty now has been wiped, and must not found it again.
void forget_founding(Process& node) {
  const auto found = std::find(node.arguments.begin(), node.arguments.end(), "--found");
  if (found != node.arguments.end()) node.arguments.erase(found, found + 2);
}

int done_with(const std::string& node, const std::string& what, pid_t pid, Output& output) {
  if (output.json) {
    output.out << json_text({{"node", node}, {"state", what}, {"pid", pid}}) << '\n';
  } else {
    output.out << node << " is " << what << '\n';
  }
  return ExitStatus::done;
}

}  // namespace

int run_node_kill(const std::string& name, const Globals& globals, Output& output) {
  const auto lock = DeploymentLock::take();
  if (!lock) return report(lock.error(), output);
  auto deployment = deployment_with(name, globals);
  if (!deployment) return report_call(deployment.error(), output);
  Process& node = *deployment->node(name);
  if (!node.is_running()) {
    return report({ErrorCode::not_found, ErrorTag::fatal, name + " does not run", 0, 0}, output);
  }
  send_signal(node, SIGKILL);
  wait_for_end({node}, stopped_within);
  return done_with(name, "killed", node.pid, output);
}

int run_node_start(const std::string& name, const Globals& globals, Output& output) {
  const auto lock = DeploymentLock::take();
  if (!lock) return report(lock.error(), output);
  auto deployment = deployment_with(name, globals);
  if (!deployment) return report_call(deployment.error(), output);
  Process& node = *deployment->node(name);
  if (node.is_running()) return done_with(name, "up already", node.pid, output);
  const auto topology = load_topology(deployment->topology);
  if (!topology) return report_call(topology.error(), output);
  forget_founding(node);
  auto up = start(node);
  if (up) up = save(*deployment);
  if (up) up = wait_until_ready({starting(node, *topology)}, ready_within);
  if (!up) {
    report(up.error(), output);
    return ExitStatus::unavailable;
  }
  return done_with(name, "up", node.pid, output);
}

}  // namespace causeway::cli
