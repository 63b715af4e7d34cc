// The receiving half of a full sync (rule 5). What a peer's log no longer has comes as its state, in chunks; each is merged
// with this replica's own entries into a state that is built beside the one that serves. Of the clocks of the chunks, only
// the first is claimed: the peer's log is followed until the join of all is covered, then this replica's own, and then the
// new state takes the place of the old one, at once. Until then nothing has happened: a transfer whose source goes away is
// forgotten, and never continued from another.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "storage/shard_store.h"
#include "sync/puller.h"
#include "sync/subscription.h"

namespace causeway {

struct FullSyncLimits {
  std::size_t at_once = 2;
  std::size_t chunk_bytes = std::size_t{512} << 10U;  ///< of own entries that one chunk is merged with, about
  Micros repeat = 500ms;                              ///< what does not come is asked for again
  Micros give_up = 5s;                                ///< without progress
};

class FullSync {
 public:
  /// Whether a key belongs to a partition.
  using Belongs = std::function<bool(BytesView key, PartitionId partition)>;
  /// A transfer that ended.
  struct Ended {
    PartitionId partition;
    NodeId source;
    std::string failure;  ///< empty: the state was adopted
  };


  FullSync(ShardStore& store, Puller& puller, Belongs belongs, SubscriptionIds& ids, FullSyncLimits limits)
      : store_(store), puller_(puller), belongs_(std::move(belongs)), ids_(ids), limits_(limits) {}

  /// The source covers `clock`, and its log does not lead there from here. Its transfer begins with a tick(), unless what
  /// was lacking has come from elsewhere by then.
  void want(PartitionId partition, NodeId source, const VersionVector& clock);
  /// What is stored here is damaged: it claims nothing (rule 6), and only the log's events are kept of it.
  void want_instead(PartitionId partition, NodeId source);
  [[nodiscard]] bool wants(PartitionId partition) const { return wanted_.contains(partition); }
  [[nodiscard]] bool running(PartitionId partition) const { return transfers_.contains(partition); }

  /// Errors are final: stop.
  Result<void> on(NodeId from, Chunk& chunk, ActorId own, MonoTime now, Post& post);
  /// Whether the run belongs to a transfer; then it was taken in.
  Result<bool> take(NodeId from, const Run& run, ActorId own, MonoTime now, Post& post);
  /// The source cannot go on.
  void on(NodeId from, const EndTransfer& ended);
  bool refused(NodeId from, PartitionId partition, std::uint64_t subscription);
  /// The peer is another process than before.
  void forget(NodeId peer);

  void tick(MonoTime now, bool room, Post& post);
  [[nodiscard]] std::optional<MonoTime> wake_at() const;
  /// Since the last call.
  std::vector<Ended> take_ended() { return std::exchange(ended_, {}); }

 private:
  struct Wanted {
    std::map<NodeId, VersionVector> sources;  ///< and what they cover
    bool instead = false;
  };
  struct Transfer {
    VersionVector sought;                  ///< what the source was known to cover
    NodeId source;
    std::uint64_t id = 0;
    bool instead = false;
    Incarnation incarnation;               ///< of the source, once a chunk has come
    std::optional<EntryPosition> behind;   ///< the next chunk begins here
    VersionVector target;                  ///< the join of the chunks' clocks
    std::optional<Subscription> tail;      ///< after the last chunk: the source's log
    MonoTime asked;
    MonoTime progress;
  };
  using Transfers = std::map<PartitionId, Transfer>;

  [[nodiscard]] bool covered(PartitionId partition, const VersionVector& clock) const {
    return store_.partition(partition).clock().covers(clock);
  }
  void begin(PartitionId partition, Wanted wanted, MonoTime now, Post& post);
  void ask(PartitionId partition, Transfer& transfer, MonoTime now, Post& post);
  Result<std::optional<EntryPosition>> bound(PartitionId partition, const Transfer& transfer) const;
  /// Why the chunk cannot be taken; empty: it can.
  [[nodiscard]] std::string fault(const Chunk& chunk, const Transfer& transfer, ActorId own) const;
  Result<void> merge_in(Chunk& chunk, const Transfer& transfer);
  Result<void> absorb(PartitionId partition, const Bytes& encoded);
  /// Errors: of the transfer alone.
  Result<void> follow_own_log(PartitionId partition, bool instead);
  Result<void> finish(PartitionId partition, ActorId own, MonoTime now);
  void end(PartitionId partition, std::string failure);

  ShardStore& store_;
  Puller& puller_;  ///< it rests for the partition while a transfer follows the source's log
  Belongs belongs_;
  SubscriptionIds& ids_;
  FullSyncLimits limits_;
  std::map<PartitionId, Wanted> wanted_;
  Transfers transfers_;
  std::vector<Ended> ended_;
  std::vector<std::pair<NodeId, EndTransfer>> farewells_;  ///< to be sent with the next tick
};

}  // namespace causeway
