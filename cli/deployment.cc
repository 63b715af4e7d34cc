#include "cli/deployment.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/hash.h"
#include "cli/globals.h"
#include "cli/json_text.h"

namespace causeway::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds lock_within{60};
constexpr std::chrono::milliseconds lock_poll_every{30};

/// Ours alone: in /tmp others could have made a folder of that name.
Result<fs::path> state_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const fs::path folder = runtime != nullptr && *runtime != '\0'
                              ? fs::path(runtime) / "causeway"
                              : fs::path("/tmp") / ("causeway-" + std::to_string(getuid()));
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorCode::unavailable, "cannot make " + folder.string() + ": " + std::strerror(errno));
  }
  struct stat found{};
  if (lstat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != getuid() ||
      (found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(ErrorCode::unavailable, folder.string() + " is not a folder of this user alone: remove it");
  }
  return folder;
}

fs::path state_file(const fs::path& folder, const Deployment& deployment) {
  return folder / (deployment.cluster + "-" + std::to_string(hash64(deployment.topology)) + ".json");
}

/// Of the running kernel: what was remembered before a restart of the machine runs no more.
std::string boot_id() { return read_file("/proc/sys/kernel/random/boot_id").value_or(""); }

Json to_json(const Process& process) {
  return {
      {"name", process.name}, {"arguments", process.arguments}, {"log", process.log}, {"pid", process.pid}};
}

Process process_from(const Json& json) {
  return {json.at("name"), json.at("arguments"), json.at("log"), json.at("pid")};
}

Json to_json(const Deployment& deployment) {
  Json json = {{"boot", boot_id()},
               {"cluster", deployment.cluster},
               {"topology", deployment.topology},
               {"data", deployment.data},
               {"relay_control", deployment.relay_control}};
  for (const Process& node : deployment.nodes) json["nodes"].push_back(to_json(node));
  if (deployment.relay) json["relay"] = to_json(*deployment.relay);
  return json;
}

/// Nothing: not ours, damaged, or from before a restart.
std::optional<Deployment> deployment_from(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("boot") != boot_id()) return std::nullopt;
    Deployment deployment{json.at("cluster"),      json.at("topology"), json.at("data"), {}, {},
                          json.at("relay_control")};
    for (const Json& node : json.at("nodes")) deployment.nodes.push_back(process_from(node));
    if (json.contains("relay")) deployment.relay = process_from(json.at("relay"));
    return deployment;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::string names_of(const std::vector<Deployment>& deployments) {
  std::string names;
  for (const Deployment& each : deployments) names += "\n  " + each.cluster + ": --topology " + each.topology;
  return names;
}

}  // namespace

bool Deployment::is_up() const {
  const std::vector<Process> all = processes();
  return std::any_of(all.begin(), all.end(), [](const Process& each) { return each.is_running(); });
}

std::vector<Process> Deployment::processes() const {
  std::vector<Process> all = nodes;
  if (relay) all.push_back(*relay);
  return all;
}

Process* Deployment::node(const std::string& name) {
  const auto found =
      std::find_if(nodes.begin(), nodes.end(), [&](const Process& each) { return each.name == name; });
  return found == nodes.end() ? nullptr : &*found;
}

Result<void> save(const Deployment& deployment) {
  CW_TRY(const fs::path folder, state_folder());
  const fs::path file = state_file(folder, deployment);
  const fs::path fresh = file.string() + ".new";
  std::ofstream(fresh) << json_text(to_json(deployment)) << '\n';
  std::error_code error;
  fs::rename(fresh, file, error);
  if (error) return fail(ErrorCode::unavailable, "cannot write " + file.string() + ": " + error.message());
  return {};
}

void forget(const Deployment& deployment) {
  const auto folder = state_folder();
  std::error_code ignored;
  if (folder) fs::remove(state_file(*folder, deployment), ignored);
}

Result<std::vector<Deployment>> all_deployments() {
  CW_TRY(const fs::path folder, state_folder());
  std::vector<Deployment> all;
  std::error_code ignored;
  for (const auto& each : fs::directory_iterator(folder, ignored)) {
    if (each.path().extension() != ".json") continue;
    const auto text = read_file(each.path());
    if (auto deployment = deployment_from(text.value_or(""))) {
      all.push_back(std::move(*deployment));
    } else if (text) {
      fs::remove(each.path(), ignored);
    }
  }
  return all;
}

Result<Deployment> find_deployment(const std::string& topology_file) {
  CW_TRY(std::vector<Deployment> all, all_deployments());
  if (!topology_file.empty()) {
    const std::string wanted = fs::weakly_canonical(fs::absolute(topology_file));
    std::erase_if(all, [&](const Deployment& each) { return each.topology != wanted; });
    if (all.empty()) return fail(ErrorCode::invalid, "nothing of " + wanted + " is up on this machine");
    return all.front();
  }
  std::vector<Deployment> up = all;
  std::erase_if(up, [](const Deployment& each) { return !each.is_up(); });
  const std::vector<Deployment>& choice = up.empty() ? all : up;
  if (choice.size() > 1) {
    return fail(ErrorCode::invalid,
                "several deployments are up: choose one by --topology" + names_of(choice));
  }
  if (choice.empty()) {
    return fail_retryable(ErrorCode::unavailable,
                          "no deployment is up on this machine: start one with `causeway up FILE`");
  }
  return choice.front();
}

Result<DeploymentLock> DeploymentLock::take() {
  CW_TRY(const fs::path folder, state_folder());
  DeploymentLock lock(open((folder / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (lock.fd_ < 0) {
    return fail(ErrorCode::unavailable,
                "cannot open " + (folder / "lock").string() + ": " + std::strerror(errno));
  }
  const auto deadline = std::chrono::steady_clock::now() + lock_within;
  while (flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail_retryable(ErrorCode::unavailable,
                            "another `causeway up`, `down` or `node` is still at work");
    }
    std::this_thread::sleep_for(lock_poll_every);
  }
  return lock;
}

DeploymentLock::~DeploymentLock() {
  if (fd_ >= 0) close(fd_);
}

Result<Topology> load_topology(const std::string& path) {
  CW_TRY(const std::string text, read_file(path));
  auto topology = parse_topology(text);
  if (topology) return std::move(*topology);
  std::string mistakes = to_string(topology.error(), path);
  while (!mistakes.empty() && mistakes.back() == '\n') mistakes.pop_back();
  return fail(ErrorCode::invalid, mistakes);
}

}  // namespace causeway::cli
