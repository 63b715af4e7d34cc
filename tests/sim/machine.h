// One node's machine: the disks outlive the process. Private to the cluster.
#pragma once

#include <deque>

#include "tests/sim/cluster.h"

namespace causeway::testing {

/// What runs beside a loop takes no longer, if nothing is before it.
inline constexpr Micros beside_max = 200ms;

/// REQUIRES: it is right.
Configuration configuration_from(BytesView topology);

struct Cluster::Machine {
  class Beside;
  using RunLater = std::function<void(Beside&, std::function<void()>)>;
  Machine(const LogLimits& limits, const RunLater& run_later)
      : beside_log(run_later), beside_state(run_later), log(limits, &beside_log) {}

  /// What runs beside the loop: after some time, unless the process dies before.
  class Beside final : public Worker {
   public:
    explicit Beside(RunLater run_later) : run_later_(std::move(run_later)) {}
    void start(std::function<void()> work) override { run_later_(*this, std::move(work)); }
    MonoTime until;  ///< it does one thing after the other

   private:
    RunLater run_later_;
  };

  NodeId id;
  std::string name;
  Beside beside_log;
  Beside beside_state;
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
