// One node's machine: the disks outlive the process. Private to the cluster.
#pragma once

#include "tests/sim/cluster.h"

namespace causeway::testing {

struct Cluster::Machine {
  explicit Machine(const LogLimits& limits) : log(limits) {}

  NodeId id;
  std::string name;
  MemoryEventLog log;
  MemoryStateStore state;
  std::optional<std::pair<MemoryEventLog, MemoryStateStore>> backup;
  std::unique_ptr<ShardStore> store;
  std::unique_ptr<NodeCore> core;
  std::uint64_t life = 0;  ///< counts processes: what was meant for an earlier one is dropped
  std::uint64_t boots = 1;
  Inbox inbox;
  MonoTime busy_until;  ///< by a turn, or a pause
  MonoTime paused_until;
  MonoTime wake_at = MonoTime::max();
  Micros skew{0};
  std::int64_t drift_ppm = 0;
  MonoTime drifts_since;
};

}  // namespace causeway::testing
