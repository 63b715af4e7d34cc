// One node's machine: the disks outlive the process. Private to the cluster.
#pragma once

#include <deque>

#include "tests/sim/cluster.h"

namespace causeway::testing {

/// What runs beside a loop takes no longer, if nothing is before it.
inline constexpr Micros beside_max = 200ms;

struct Cluster::Machine {
  Machine(const LogLimits& limits, std::function<void(std::function<void()>)> run_later)
      : beside(std::move(run_later)), log(limits, &beside) {}

  /// What runs beside the loop: after some time, unless the process dies before.
  class Beside final : public Worker {
   public:
    explicit Beside(std::function<void(std::function<void()>)> run_later) : run_later_(std::move(run_later)) {}
    void start(std::function<void()> work) override { run_later_(std::move(work)); }

   private:
    std::function<void(std::function<void()>)> run_later_;
  };

  NodeId id;
  std::string name;
  Beside beside;
  MonoTime beside_until;  ///< it does one thing after the other
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
  std::deque<std::pair<MonoTime, Sequence>> written;  ///< with durability by time: when, and up to where
};

}  // namespace causeway::testing
