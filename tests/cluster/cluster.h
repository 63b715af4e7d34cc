// A whole cluster in one process and one thread, from one seed: virtual time, a network with delay, loss, reordering and
// cuts, disks that can lose what was not synced. It drives the same node core, by the same turn, as the real process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "node/core.h"
#include "ring/placement.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"

namespace causeway::testing {

struct Network {
  Micros local_delay = 200us;
  Micros remote_delay = 20ms;
  Micros jitter = 300us;
  std::uint64_t loss_permille = 0;
  std::uint64_t reorder_permille = 0;
  std::uint64_t duplicate_permille = 0;
};

/// Of every machine.
struct Disks {
  LogLimits log;
  StoreLimits store;
};

/// What a client knows of one request.
struct Call {
  std::optional<std::variant<Value, Error>> result;  ///< none: still waiting
  std::optional<VersionVector> session;              ///< that came with the result
};

class Cluster {
 public:
  Cluster(BytesView topology, std::uint64_t seed, Network network = {}, Disks disks = {});
  ~Cluster();

  [[nodiscard]] MonoTime now() const { return now_; }
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  [[nodiscard]] const Placement& placement() const { return placement_; }
  [[nodiscard]] Random& random() { return random_; }
  Network& network() { return network_; }

  void run_for(Micros time);
  /// False if it did not come true within `limit` of virtual time.
  bool run_until(const std::function<bool()>& holds, Micros limit);
  bool run_until_serving(Micros limit = 10s);

  // Faults.
  void cut(BytesView a, BytesView b);  ///< between two datacenters, or two nodes
  void cut_one_way(BytesView from, BytesView to);
  void heal();
  void skew(BytesView node, Micros ahead);  ///< its wall clock
  void kill(BytesView node);                                    ///< the process dies
  void power_cut(BytesView node, std::uint64_t unsynced_kept);  ///< the disk loses what was not synced
  void wipe(BytesView node);                                    ///< of a dead node
  void start(BytesView node, bool found = false);
  void stop_clean(BytesView node);
  [[nodiscard]] bool up(BytesView node) const;

  /// Sends one request to a node; its Call is filled when the answer comes.
  std::shared_ptr<Call> call(BytesView node, std::vector<Bytes> arguments, Level level = {},
                             std::optional<RequestId> request_id = {}, std::uint32_t timeout_ms = 2000);
  /// The same for a whole request; its number is chosen here.
  std::shared_ptr<Call> call(BytesView node, Request request);
  /// Calls and runs until the answer is there. An unanswered call is an error TIMEOUT.
  std::variant<Value, Error> ask(BytesView node, std::vector<Bytes> arguments, Level level = {});

  [[nodiscard]] NodeStatus status(BytesView node);
  [[nodiscard]] ShardStore& store(BytesView node);
  MemoryEventLog& log(BytesView node);
  MemoryStateStore& state(BytesView node);
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

  /// Empty when all replicas that are up have the same clocks and digests, and each digest equals a recomputation.
  [[nodiscard]] std::string difference();
  /// Hash of everything that was delivered, when and to whom: equal for equal seeds.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] std::uint64_t delivered_between(BytesView from_dc, BytesView to_dc) const;
  /// Told of every message that reaches a live node.
  using Tap = std::function<void(NodeId from, NodeId to, const PeerMessage& message)>;
  void tap(Tap tap) { tap_ = std::move(tap); }
  /// Told of every turn that succeeded, before anything of it leaves.
  using Watch = std::function<void(BytesView node)>;
  void watch(Watch watch) { watch_ = std::move(watch); }

 private:
  struct Machine;
  struct Delivery;
  struct Later {
    MonoTime at;
    std::uint64_t order;
    std::function<void()> action;
    friend bool operator>(const Later& a, const Later& b) {
      return std::pair(a.at, a.order) > std::pair(b.at, b.order);
    }
  };

  void at(MonoTime time, std::function<void()> action);
  void transmit(NodeId from, NodeId to, Bytes bytes);
  void wake(Machine& machine, MonoTime when);
  void turn(Machine& machine);
  void dispatch(Machine& machine, Outbox outbox);
  [[nodiscard]] Now now_at(MonoTime mono) const;
  [[nodiscard]] Now now_of(const Machine& machine) const;
  [[nodiscard]] bool is_cut(NodeId a, NodeId b) const;
  Machine& machine(BytesView name);
  [[nodiscard]] const Machine& machine(BytesView name) const;

  Configuration configuration_;
  Placement placement_;
  Random random_;
  Network network_;
  Disks disks_;
  MonoTime now_{1s};
  std::uint64_t order_ = 0;
  std::priority_queue<Later, std::vector<Later>, std::greater<>> agenda_;
  std::map<NodeId, std::unique_ptr<Machine>> machines_;
  std::map<std::pair<NodeId, NodeId>, MonoTime> last_delivery_;
  std::set<std::pair<std::string, std::string>> cuts_;
  std::map<std::uint64_t, std::shared_ptr<Call>> calls_;
  std::uint64_t last_call_ = 0;
  std::uint64_t trace_ = 0;
  std::uint64_t delivered_ = 0;
  std::map<std::pair<DcId, DcId>, std::uint64_t> delivered_between_;
  std::vector<std::string> notices_;
  Tap tap_;
  Watch watch_;
};

}  // namespace causeway::testing
