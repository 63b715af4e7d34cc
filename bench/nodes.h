// Nodes in this process: a core and its disk, in a scratch folder; no network. Only NodeCore::run_turn drives them. In
// virtual time, as BenchCluster gives it, a run repeats to the instruction.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/workload.h"
#include "node/core.h"
#include "server/disk.h"

namespace causeway::bench {

/// A folder below TMPDIR that goes with this object.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// So many requests of a workload, as one message.
Requests requests_of(Operation operation, const WorkloadOptions& options, Workload& workload,
                     std::uint64_t count);

/// One datacenter of so many nodes n1, n2, …, each with a replica of everything; durability 1s.
Configuration one_datacenter(int nodes);

class BenchNode {
 public:
  /// `folder` is empty, or not there yet.
  BenchNode(const Configuration& configuration, const std::string& name, std::uint64_t seed,
            const std::string& folder, Now now);

  /// Takes what is in the inbox; gives what it sends.
  Outbox turn(Now now);

  Inbox inbox;
  [[nodiscard]] NodeId id() const { return id_; }
  [[nodiscard]] NodeCore& core() { return *core_; }

 private:
  NodeId id_;
  std::unique_ptr<Disk> disk_;
  std::unique_ptr<NodeCore> core_;
};

/// All nodes of one datacenter, and the time. Messages arrive with the next turn of their receiver.
class BenchCluster {
 public:
  BenchCluster(int nodes, const std::string& folder);

  /// Until each of them serves.
  void start();
  /// Turns of all, and time passes.
  void round();
  [[nodiscard]] BenchNode& node(std::size_t index) { return *nodes_.at(index); }
  /// Hands on what a turn sent to peers; answers to clients are counted, and must be no errors.
  void deliver(Outbox out);
  [[nodiscard]] Now now() const;
  void pass(Micros time) { mono_ += time; }
  [[nodiscard]] std::uint64_t answers() const { return answers_; }

 private:
  std::vector<std::unique_ptr<BenchNode>> nodes_;
  MonoTime mono_{1s};
  std::uint64_t answers_ = 0;
};

}  // namespace causeway::bench
