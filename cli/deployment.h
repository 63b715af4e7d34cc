// What `up` started on this machine, remembered so that the other commands find it: one small JSON file for each deployment
// below $XDG_RUNTIME_DIR or /tmp.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/process.h"
#include "ring/topology.h"

namespace causeway::cli {

struct Deployment {
  std::string cluster;
  std::string topology;  ///< the file's absolute path
  std::string data;      ///< the folder's absolute path
  std::vector<Process> nodes;
  std::optional<Process> relay;
  std::string relay_control;  ///< HOST:PORT

  /// Whether anything of it runs.
  [[nodiscard]] bool is_up() const;
  /// All that was started, the relay last.
  [[nodiscard]] std::vector<Process> processes() const;
  /// Null: no such node.
  [[nodiscard]] Process* node(const std::string& name);
};

/// Replaces what was remembered of the same topology file.
Result<void> save(const Deployment& deployment);
void forget(const Deployment& deployment);
/// All that are remembered since this machine started, in no particular order.
Result<std::vector<Deployment>> all_deployments();

/// The only one that is up, or the one of that topology file. Errors: unavailable (none is up), invalid (several are up,
/// names them; there is none of that file).
Result<Deployment> find_deployment(const std::string& topology_file);

/// Held while a deployment is changed, so that two commands do not do it at once. Errors: unavailable.
class DeploymentLock {
 public:
  static Result<DeploymentLock> take();
  ~DeploymentLock();
  DeploymentLock(DeploymentLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DeploymentLock& operator=(DeploymentLock&&) = delete;

 private:
  explicit DeploymentLock(int fd) : fd_(fd) {}
  int fd_;
};

/// The topology in the file. Errors: invalid, with every mistake on a line.
Result<Topology> load_topology(const std::string& path);

}  // namespace causeway::cli
