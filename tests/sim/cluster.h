// A whole cluster in one process and one thread, from one seed: virtual time, a simulated network (tests/sim/network.h), disks
// that can lose, damage and refuse, clocks that are wrong. It drives the same node core, by the same turn, as the real process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "node/core.h"
#include "ring/placement.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "tests/sim/network.h"

namespace causeway::testing {

/// Of every machine.
struct Disks {
  LogLimits log;
  StoreLimits store;
  std::size_t chunk_bytes = NodeOptions{}.chunk_bytes;  ///< of a full sync
};

/// What a client knows of one request.
struct Call {
  std::optional<std::variant<Value, Error>> result;  ///< none: still waiting
  std::optional<VersionVector> session;              ///< that came with the result
};

/// Is told what happens, as it happens.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A turn succeeded; nothing of it has left yet.
  virtual void turned(NodeId /*node*/, const Outbox& /*outbox*/) {}
  /// The store was opened, and the process runs.
  virtual void started(NodeId /*node*/) {}
  virtual void stopped_itself(NodeId /*node*/, const Error& /*why*/) {}
  /// What the node has on its disk is about to be lost, in whole or in part, beyond what its durability promises.
  virtual void loses(NodeId /*node*/) {}
  /// A power cut finds something not on the disk that durability by time promises to be there.
  virtual void breaks_promise(NodeId /*node*/, const std::string& /*what*/) {}
  virtual void delivered(NodeId /*from*/, NodeId /*to*/, const PeerMessage& /*message*/) {}
};

class Cluster {
 public:
  Cluster(BytesView topology, std::uint64_t seed, Network network = {}, Disks disks = {});
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  [[nodiscard]] MonoTime now() const { return now_; }
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  [[nodiscard]] const Placement& placement() const { return placement_; }
  [[nodiscard]] Random& random() { return random_; }
  Network& network() { return network_; }
  /// Null: nobody. It outlives the cluster's use.
  void observe(Observer* observer) { observer_ = observer; }

  void at(MonoTime time, std::function<void()> action);
  void run_for(Micros time);
  /// False if it did not come true within `limit` of virtual time; it is looked at every `step`.
  bool run_until(const std::function<bool()>& holds, Micros limit, Micros step = 5ms);
  bool run_until_serving(Micros limit = 10s);

  // Faults of the network: between two datacenters, or two nodes, by name.
  void cut(BytesView a, BytesView b);
  void cut_one_way(BytesView from, BytesView to) { wires_.cut(std::string(from), std::string(to)); }
  void mend_one_way(BytesView from, BytesView to) { wires_.mend(std::string(from), std::string(to)); }
  void heal() { wires_.heal(); }

  // Faults of clocks: how far ahead the wall clock is, and how much further it gets.
  void skew(BytesView node, Micros ahead);
  void drift(BytesView node, std::int64_t parts_per_million);

  // Faults of processes and disks.
  void kill(BytesView node);                                    ///< the process dies
  void power_cut(BytesView node, std::uint64_t unsynced_kept);  ///< the disk loses what was not synced
  void wipe(BytesView node);                                    ///< of a dead node
  void back_up(BytesView node);                                 ///< copies its disks, as they are
  [[nodiscard]] bool has_backup(BytesView node) const;
  void restore(BytesView node);     ///< of a dead node: the copy, if there is one
  bool damage_log(BytesView node);  ///< of a dead node: flips a bit of some record
  bool damage_state(BytesView node);
  void pause(BytesView node, Micros time);  ///< no turn; what arrives waits
  void resume(BytesView node);
  /// Errors: the store or the node does not open; it stays down.
  Result<void> start(BytesView node, bool found = false);
  void stop_clean(BytesView node);
  /// The same nodes with other numbers of shards: what they have moves, and they start. REQUIRES: none is up.
  void reshard(BytesView topology);
  [[nodiscard]] bool up(BytesView node) const;
  [[nodiscard]] bool paused(BytesView node) const;

  /// Sends one request to a node; its Call is filled when the answer comes.
  std::shared_ptr<Call> call(BytesView node, std::vector<Bytes> arguments, Level level = {},
                             std::optional<RequestId> request_id = {}, std::uint32_t timeout_ms = 2000);
  /// The same for a whole request; its number is chosen here.
  std::shared_ptr<Call> call(BytesView node, Request request);
  /// Calls and runs until the answer is there. An unanswered call is an error TIMEOUT.
  std::variant<Value, Error> ask(BytesView node, std::vector<Bytes> arguments, Level level = {});
  /// Sends several requests in one message, whose ids are chosen here, and may be answered one by one or never.
  using Answered = std::function<void(std::size_t index, const Response& response)>;
  void send(BytesView node, std::vector<Request> requests, Answered answered);

  /// As the node's clock says.
  [[nodiscard]] WallTime wall(BytesView node) const;
  /// Of a clock that is right.
  [[nodiscard]] WallTime wall() const;
  [[nodiscard]] NodeStatus status(BytesView node);
  [[nodiscard]] ShardStore& store(BytesView node);
  MemoryEventLog& log(BytesView node);
  MemoryStateStore& state(BytesView node);
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

  /// Empty when all replicas that are up have the same clocks and digests.
  [[nodiscard]] std::string unequal();
  /// The same, and each digest equals a recomputation.
  [[nodiscard]] std::string difference();
  /// Hash of everything that was delivered, when and to whom: equal for equal seeds.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] std::uint64_t delivered_between(BytesView from_dc, BytesView to_dc) const;

 private:
  struct Machine;
  std::unique_ptr<Machine> make_machine(NodeId id);
  struct Later {
    MonoTime at;
    std::uint64_t order;
    std::function<void()> action;
    friend bool operator>(const Later& a, const Later& b) {
      return std::pair(a.at, a.order) > std::pair(b.at, b.order);
    }
  };

  void transmit(NodeId from, NodeId to, const Envelope& envelope);
  void arrive(NodeId from, NodeId to, const std::shared_ptr<const Bytes>& bytes);
  void wake(Machine& machine, MonoTime when);
  void turn(Machine& machine);
  void note_written(Machine& machine);
  void check_promise(const Machine& machine);
  void run_beside(Machine& machine, MonoTime& until, std::function<void()> work);
  void dispatch(Machine& machine, Outbox outbox);
  void answer(const Response& response);
  [[nodiscard]] Now now_of(const Machine& machine) const;
  Machine& machine(BytesView name);
  [[nodiscard]] const Machine& machine(BytesView name) const;

  Configuration configuration_;
  Placement placement_;
  Random random_;
  Random of_disks_;
  Network network_;
  Wires wires_;
  Disks disks_;
  Observer* observer_ = nullptr;
  MonoTime now_{1s};
  std::uint64_t order_ = 0;
  std::vector<Later> agenda_;  ///< a heap
  std::map<NodeId, std::unique_ptr<Machine>> machines_;
  std::vector<std::unique_ptr<Machine>> replaced_;  ///< what is on the agenda may still name them
  struct Waiting {
    std::shared_ptr<Answered> answered;
    std::size_t index;
  };
  std::map<std::uint64_t, Waiting> waiting_;  ///< by request id
  std::uint64_t last_request_ = 0;
  std::uint64_t trace_ = 0;
  std::uint64_t delivered_ = 0;
  std::map<std::pair<DcId, DcId>, std::uint64_t> delivered_between_;
  std::vector<std::string> notices_;
};

}  // namespace causeway::testing
