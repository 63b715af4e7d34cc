// Takes requests. A request is coordinated by a replica of its key: here if this is one, else it is forwarded. In one step
// the coordinator reads the entries it needs, computes the event, applies and logs it.
#pragma once

#include <set>

#include "base/function_ref.h"
#include "dc/forwarder.h"
#include "dc/others.h"
#include "dc/pending_writes.h"
#include "dc/read_rounds.h"
#include "dc/replication.h"

namespace causeway {

struct CoordinatorLimits {
  std::size_t pending_max = 65'536;                        ///< requests that wait; beyond it OVERLOADED
  std::size_t pending_bytes_max = std::size_t{64} << 20U;  ///< of their arguments, likewise
  std::uint32_t timeout_ms_default = 2'000;
  std::uint32_t timeout_ms_max = 60'000;
};

class Coordinator {
 public:
  Coordinator(Site& site, Replication& replication, const CoordinatorLimits& limits);

  /// `claimed` is null while this node does not serve, for `reason`.
  void serve(const Claimed* claimed, const std::string& reason);

  /// The time of this turn: also for what waited, and goes on in it.
  void observe(Now now) {
    now_ = now;
    others_.observe(now);
  }
  void request(const Origin& origin, Request request, Now now);
  /// What is known of a request: its command, if one was found (it is looked for again then), and where its key belongs.
  struct Known {
    Call call{};
    PartitionId partition;
    std::uint64_t key_hash = 0;  ///< Partition::hash_of()
  };
  void request(const Origin& origin, Request&& request, const Known& known, Now now);
  void on(NodeId from, const ClockAnswer& answer, MonoTime now) { rounds_.on(from, answer, now); }
  void on(NodeId from, ForwardReply reply, MonoTime now) { forwarder_.on(from, std::move(reply), now); }
  /// A member's clock of this partition moved, or (grown) this replica's own.
  void clocks_moved(PartitionId partition) { writes_.check(partition); }
  void grown(PartitionId partition) { rounds_.grown(partition); }

  /// Issues what `prepare` writes, for whatever keys of the partition, as an event that no client asked for, and whose acknowledgement nobody waits for; nothing:
  /// no event. REQUIRES: this node serves, and the partition is fit. Errors: of prepare; storage_full, overloaded: not now.
  using Housework = FunctionRef<Result<void>(const Context& context)>;
  Result<void> keep_house(PartitionId id, Housework prepare);

  void tick(Now now);
  /// Ends the turn: asks what reads need, and hands the answers to the post.
  void flush();
  [[nodiscard]] std::optional<MonoTime> wake_at() const;
  [[nodiscard]] std::uint64_t operations() const { return operations_; }

 private:
  /// Checks the request, and completes the operation.
  Result<void> admit(Operation& operation, MonoTime now) const;
  /// One event changes one partition.
  [[nodiscard]] Result<void> check_keys(const Operation& operation) const;
  struct Reach {
    const Quorum* quorum = nullptr;  ///< what the level asks for: nobody has answered yet
    bool beyond = false;             ///< the live replicas of this datacenter do not suffice
    bool met = false;                ///< this replica alone is enough

    /// The quorum, with the answer of a replica there.
    [[nodiscard]] Quorum with(DcId datacenter) const {
      Quorum begun = *quorum;
      begun.add(datacenter);
      return begun;
    }
  };
  /// Answers UNAVAILABLE before anything happens, if too few replicas are up for this level.
  Result<Reach> reach(PartitionId partition, const Level& level);
  Result<const Quorum*> quorum(const Level& level);
  /// The next event of this replica: its dot, and, unless it only reads, its stamp.
  EventHead begin_event(const Partition& partition, bool stamped);
  Context context(const ObjectEntries& entries, const Partition& partition, const EventHead& head,
                  BytesView key, const std::optional<RequestId>& request_id);
  /// Applies, logs and sends on what was written.
  Result<void> issue(PartitionId id, Partition& partition, EventHead& head, Want want);
  Result<void> run_command(const Operation& operation, const Partition& partition, const EventHead& head,
                           Value& reply);
  Result<void> check_fit(PartitionId partition) const;
  Result<void> coordinate(Operation& operation);
  /// Reads, or prepares and issues, at this replica's state.
  Result<void> execute(Operation& operation, Partition& partition);
  Result<void> execute_begun(Operation& operation, Partition& partition, Value& reply);
  /// Its session depends from now on on what this replica has, too.
  static void follow(Operation& operation, const Partition& partition);
  Result<void> write(Operation& operation, Partition& partition, EventHead& head);
  /// What was answered waits until `target` is as safe as was asked.
  /// Nothing changes: the answer waits until what it rests on is safe.
  void answer_unchanged(Operation& operation, const Partition& partition, const Reach& reach);
  bool wait(Operation& operation, const Quorum& quorum, VersionVector target);
  void proceed(Operation operation);
  void fail_with(const Operation& operation, Error error);

  Site& site_;
  Replication& replication_;
  CoordinatorLimits limits_;
  Answers answers_;
  PendingWrites writes_;
  ReadRounds rounds_;
  Forwarder forwarder_;
  OtherReplicas others_;
  Now now_;
  const Claimed* claimed_ = nullptr;
  std::string reason_;
  static constexpr std::size_t quorums_kept_max = 16;
  std::deque<std::pair<Level, Quorum>> quorums_;  ///< of the levels that were asked for
  /// By partition: what of other actors this node's last own event depends on, and those before; none: all are deps.
  std::vector<VersionVector> issued_at_;
  EventWriter changes_;
  Event event_;  ///< being issued
  std::uint64_t operations_ = 0;
  std::uint64_t executed_ = 0;
};

}  // namespace causeway
