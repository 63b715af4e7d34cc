// Carries out the faults of a plan on a cluster, undoes each when its time is over, and everything in the end. It is also the
// operator: a node that stopped itself is started again, one whose store does not open for damage is wiped and started empty.
#pragma once

#include <map>
#include <set>

#include "tests/sim/cluster.h"
#include "tests/sim/plan.h"
#include "tests/sim/verdict.h"

namespace causeway::testing {

class Injector {
 public:
  Injector(Cluster& cluster, Verdict& verdict);

  void inject(const Fault& fault);
  /// A node has stopped itself.
  void stopped(NodeId node);
  /// All faults end, and all nodes run.
  void end();
  /// Does what nodes that refuse to serve say is to be done. True if there was something.
  bool obey();

  [[nodiscard]] const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

 private:
  void inject_network(const Fault& fault);
  void inject_process(const Fault& fault);
  void inject_disk(const Fault& fault);
  void inject_loss(const Fault& fault);
  void wipe_machine(const Fault& fault);
  bool may_start(const Bytes& node);
  void isolate(const Fault& fault);
  void rotate(const Fault& fault);
  void cut(const std::string& from, const std::string& to, Micros lasts);
  /// Calm again, unless another fault of this kind began meanwhile.
  void weather(const Fault& fault);
  [[nodiscard]] bool can_spare(const Bytes& node, bool to_all) const;
  void take_down(const Bytes& node);
  void start_later(const Bytes& node, Micros after);
  void start(const Bytes& node);
  void empty(const Bytes& node);
  void relieve(const Bytes& node);
  [[nodiscard]] std::vector<Bytes> nodes_of(const Bytes& datacenter) const;
  void undo(Micros after, std::function<void()> action);

  Cluster& cluster_;
  Verdict& verdict_;
  Network calm_;
  std::uint64_t weathers_ = 0;
  std::uint64_t heals_ = 0;  ///< cuts of before a heal are over
  bool ended_ = false;
  std::vector<Bytes> nodes_;
  std::set<Bytes> failing_;  ///< whose next sync may fail
  std::set<Bytes> damaged_;  ///< once: whose store, or backup, may not open
  std::set<Bytes> copies_;   ///< dead nodes whose disks are an old copy
  std::set<Bytes> absent_;   ///< not to be started before their time
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace causeway::testing
