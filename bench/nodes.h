// Nodes in this process, as few parts as a node can run on: a core, its store, and the twins of log and state in memory.
// Only NodeCore::run_turn drives them, in virtual time, so that a run repeats to the instruction.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/core.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"

namespace causeway::bench {

/// One datacenter of so many nodes n1, n2, …, each with a replica of everything; durability 1s.
Configuration one_datacenter(int nodes);

/// A node that serves; its peers are others of these.
class BenchNode {
 public:
  BenchNode(const Configuration& configuration, const std::string& name, std::uint64_t seed);

  /// What it sends; what arrives is taken from the inbox.
  Outbox turn(Now now);

  Inbox inbox;
  [[nodiscard]] NodeId id() const { return id_; }
  [[nodiscard]] NodeCore& core() { return *core_; }

 private:
  NodeId id_;
  MemoryEventLog log_;
  MemoryStateStore state_;
  std::unique_ptr<ShardStore> store_;
  std::unique_ptr<NodeCore> core_;
};

/// All nodes of one datacenter, and the time. Messages arrive with the next turn of their receiver.
class BenchCluster {
 public:
  explicit BenchCluster(int nodes);

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
