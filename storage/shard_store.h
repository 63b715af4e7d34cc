// The store of one shard: its partitions over one log and one state. Recovery is: open the state, replay the log.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "base/worker.h"
#include "storage/checkpoint.h"
#include "storage/event_log.h"
#include "storage/notes.h"
#include "storage/partition.h"
#include "storage/state_records.h"
#include "storage/state_store.h"

namespace causeway {

struct StoreLimits {
  std::size_t dirty_bytes_max = std::size_t{64} << 20U;  ///< a checkpoint is due beyond
  std::size_t tier_bytes_max = std::size_t{256}
                               << 20U;  ///< of all that is kept in memory; what is dirty stays beyond it
  std::uint64_t log_bytes_max = std::uint64_t{1} << 30U;  ///< beyond it the log is trimmed whoever lacks it
  Micros checkpoint_every = 5s;
  /// One transaction of a checkpoint takes no further partition beyond: what LMDB keeps in memory grows with the largest.
  std::size_t piece_bytes_max = std::size_t{2} << 20U;
  std::size_t forgotten_in_turn_max =
      2048;  ///< of the removed records that a checkpoint has taken from the state
  std::size_t packed_bytes_min =
      512;  ///< of the body of a record that is compressed in the state, if that pays
  /// An object is one record as long as it has no more entries than this, or no more bytes; then each path has its own.
  std::uint64_t whole_entries_max = 4;
  std::uint64_t whole_bytes_max = 1024;
  /// One with so many entries is removed at once, and its elements leave the state some at a time.
  std::uint64_t detached_entries_min = 1000;
};

class ShardStore {
 public:
  /// Recovers: replays the log behind the state, rebuilds what is derived, syncs the log, and verifies each partition.
  /// `partitions` are those that this node holds; `worker` writes the checkpoints. All outlive the store.
  /// Errors: damage, with what and where.
  static Result<std::unique_ptr<ShardStore>> open(EventLog& log, StateStore& state,
                                                  const std::vector<PartitionId>& partitions,
                                                  const StoreLimits& limits,
                                                  Worker& worker = inline_worker());
  ~ShardStore();

  /// REQUIRES: one of those given to open().
  Partition& partition(PartitionId id);
  [[nodiscard]] bool holds(PartitionId id) const;
  [[nodiscard]] const std::vector<PartitionId>& partitions() const;

  /// One write of the turn's events, and their sync. Errors are final: stop.
  Result<void> write();
  Result<void> sync();
  [[nodiscard]] bool unsynced() const;  ///< something written is not yet durable
  /// The sync beside the turns (storage/event_log.h): begins it, unless one is under way; takes what has ended, once a turn.
  Result<void> start_sync();
  Result<void> settle();
  [[nodiscard]] bool syncing() const;

  /// Whether writes of clients (or of replication) find room on the disk.
  [[nodiscard]] bool has_room(bool reserved) const;
  /// So much has changed that is not in a checkpoint that no more should, for now.
  [[nodiscard]] bool is_behind() const;

  /// A second, empty state of the partition, to be built beside the first; one begun before is dropped.
  Partition& stage(PartitionId id);
  /// Null: none is being built.
  [[nodiscard]] Partition* staged(PartitionId id);
  void unstage(PartitionId id);
  /// The staged state takes the place of the partition's, durably. `log_leads_here`: it has all that the log has.
  /// Errors: storage_full, then nothing has changed; others are final.
  Result<void> adopt(PartitionId id, bool log_leads_here, MonoTime now);

  /// Freezes all that is dirty, to be brought into the state piece by piece. REQUIRES: none is under way.
  void begin_checkpoint(MonoTime now);
  /// Carries on with the checkpoint that is under way: has the worker write its pieces once the log is durable up to there, and
  /// takes note of its end: then it is true. Once a turn. Errors: storage_full, then what it had is dirty again; others are final.
  Result<bool> advance_checkpoint();
  [[nodiscard]] bool checkpointing() const { return under_way_ != nullptr; }
  /// All of it, and what is under way, before it returns.
  Result<void> checkpoint(MonoTime now);
  [[nodiscard]] bool checkpoint_due(MonoTime now) const;

  /// Lets go of what is kept in memory beyond the limit, and was not used of late. What was read before may be gone then.
  /// Some of it in a turn, unless it is much.
  void make_room();

  /// Events that every member has applied: the log may drop them once they are in a checkpoint.
  void set_stable(PartitionId id, const VersionVector& stable);
  /// Drops segments that are stable, as far as held partitions go, and checkpointed; beyond the limit, also others, and raises floors (rules 3, 4).
  Result<void> trim();
  /// Somebody will need the log from here on: while there is room, it is kept beyond the limit.
  void pin_log(std::optional<Sequence> from) { pinned_ = from; }

  /// Small durable facts beside the entries: identity, claims, last clocks. Set with the next checkpoint …
  void set_note(BytesView name, BytesView value);
  /// … or at once: durable on return.
  Result<void> set_note_now(BytesView name, BytesView value);
  Result<std::optional<Bytes>> note(BytesView name) const;
  /// Visits notes whose name begins with `prefix`.
  Result<void> notes(BytesView prefix,
                     const std::function<void(BytesView name, BytesView value)>& visit) const;

  /// Computes digests, counts and summaries of all partitions anew from the entries and compares. Errors: what differs.
  Result<void> verify() const;

  [[nodiscard]] std::uint64_t log_bytes() const;
  /// The end of the log was not whole when it was recovered, now or before, until that is forgotten.
  [[nodiscard]] bool was_torn() const { return log_.was_torn(); }
  Result<void> forget_torn() { return log_.forget_torn(); }
  /// Where the next event will stand.
  [[nodiscard]] Sequence log_end() const;
  [[nodiscard]] std::uint64_t state_bytes() const;
  /// Changes that the next checkpoint carries, in memory.
  [[nodiscard]] std::size_t dirty_bytes() const;
  /// All that is kept in memory.
  [[nodiscard]] std::size_t tier_bytes() const;

 private:
  ShardStore(EventLog& log, StateStore& state, const std::vector<PartitionId>& partitions,
             const StoreLimits& limits, Worker& worker);

  Result<void> verify_memory() const;
  Result<void> recover();
  Result<void> read_partitions();
  Result<void> find_states();
  Result<void> replay();
  [[nodiscard]] Sequence checkpointed_somewhere() const;
  Result<Partition*> restored(PartitionId id);
  Result<void> finish_checkpoint();
  Result<void> finish_unless_full();
  void freeze(Partition& partition);
  void list_garbage(std::vector<Garbage>& garbage) const;
  void forget_garbage(const std::vector<Garbage>& purged);
  void start_writing();
  bool take_piece(CheckpointOutcome piece);
  bool forget_absent(std::size_t count_max);
  template <class Visit>
  void each_table(Visit visit) const;
  Result<void> settle_checkpoint();

  EventLog& log_;
  StateStore& state_;
  StoreLimits limits_;
  Worker& worker_;
  std::unique_ptr<Tier> tier_;
  std::vector<PartitionId> held_;
  /// Also those that are not held any more, but of which the state or the log still knows.
  std::map<PartitionId, std::unique_ptr<Partition>> partitions_;
  std::vector<Partition*> by_id_;                 ///< those that are held; else null
  std::map<PartitionId, PartitionRecord> found_;  ///< while recovering: what the state says
  std::map<PartitionId, std::unique_ptr<Partition>> staged_;
  std::set<StateId> garbage_;  ///< of states that were replaced; checkpoints purge it, bit by bit
  StateId next_state_id_{1};
  std::optional<Sequence> pinned_;
  Notes notes_;
  Sequence checkpoint_;
  MonoTime checkpointed_at_;
  std::unique_ptr<Checkpoint> under_way_;
  Job<CheckpointOutcome> job_;
  CheckpointOutcome written_;                        ///< of the one under way, so far
  std::vector<std::unique_ptr<Partition>> dropped_;  ///< a checkpoint may still read them
  std::deque<std::deque<Blob*>> retired_;            ///< to be freed, some in each turn
  std::size_t hand_ = 0;                             ///< of the partition that is swept next
};

}  // namespace causeway
