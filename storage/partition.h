// One replica of one partition: its entries, its clock, its digest and its part of the log. They change as one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "storage/event_log.h"
#include "storage/keys.h"
#include "storage/state_store.h"

namespace causeway {

struct PartitionRecord;
struct Tier;
struct FrozenPart;

class DueIndex;
class ObjectTable;

class Partition final : public EntryReader {
 public:
  /// Returns whether to go on.
  using ObjectVisitor = FunctionRef<bool(BytesView key, const ObjectSummary& summary)>;
  using EntryVisitor = FunctionRef<bool(BytesView key, const EntryView& entry)>;

  /// Made by the shard's store; all three outlive it. Its objects are found under `state_id`.
  Partition(PartitionId id, StateId state_id, EventLog& log, const StateStore& state, Tier& tier);
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;
  ~Partition() override;

  [[nodiscard]] PartitionId id() const;
  /// Which events are applied.
  [[nodiscard]] const VersionVector& clock() const;
  /// The sum of the hashes of all entries (crdt/entry.h).
  [[nodiscard]] const Hash128& digest() const;
  /// Events that are covered but may be missing in the log (rule 3).
  [[nodiscard]] const VersionVector& floor() const;
  [[nodiscard]] std::uint64_t entries() const;
  /// The highest stamp of the applied events: a restarted clock must observe it.
  [[nodiscard]] Hlc hlc() const;

  /// One object's entries, held for as long as this lives; nothing may change meanwhile.
  class Held {
   public:
    Held(ObjectTable& table, std::optional<std::span<const EntryView>> held)
        : entries(held), table_(&table) {}
    Held(Held&& other) noexcept : entries(other.entries), table_(std::exchange(other.table_, nullptr)) {}
    Held& operator=(Held&&) = delete;
    ~Held();
    /// All of them, sorted by (path, dot). Nothing: they are too many, and are read one by one.
    std::optional<std::span<const EntryView>> entries;

   private:
    ObjectTable* table_;
  };
  Result<Held> hold(BytesView key, std::uint64_t hash) const;  ///< the hash: hash_of()

  Result<void> at(BytesView key, BytesView path, Visitor visit) const override;
  Result<void> scan(BytesView key, BytesView prefix, Visitor visit) const override;
  /// Visits the entries of `key` whose path is not below `from`, in the order of (path, dot).
  Result<void> scan_from(BytesView key, BytesView from, Visitor visit) const;
  Result<void> summary(BytesView key, BytesView base, ObjectSummary& summary) const override;
  Result<const ElementOrder*> order(const Place& place, ElementOrder& scratch) const override;
  /// Visits the objects that have entries, from key `from` on, in the order of their keys.
  Result<void> objects(BytesView from, ObjectVisitor visit) const;
  /// Visits all entries behind a position, or from the first on, in the order of (key, path, dot).
  Result<void> walk(const std::optional<EntryPosition>& behind, EntryVisitor visit) const;
  /// Which objects have something that may be forgotten, and when: derived, like counts and digest. Who forgets takes out what
  /// is due, and lists again what has to stay.
  [[nodiscard]] DueIndex& due() const;

  /// What was found when a read failed: what is stored may be no longer what the clock claims (rule 6). Null: nothing.
  [[nodiscard]] const Error* damage() const;

  /// Asks the memory for an object that is needed soon, in two steps with some time between; the hash is from hash_of(), which
  /// is hash64() of the key.
  static std::uint64_t hash_of(BytesView key) { return hash64(key); }
  void prefetch_slot(std::uint64_t hash) const;
  void prefetch_blob(std::uint64_t hash) const;
  /// Once an object that is spread has come, the same for the record of an element: the first step; the hash for the second, or 0.
  std::uint64_t prefetch_element(BytesView key, std::uint64_t hash, BytesView name) const;

  /// Applies an event, and appends its bytes to the log: both or neither. Durable after the shard's sync().
  /// REQUIRES: is_ready(event, clock()). `local` says that it was issued here, and must leave the reserve alone.
  /// Errors: storage_full (retryable), a failed read; nothing has changed then.
  Result<void> apply(const Event& event, bool local);

  /// From where to read the log for a requester at `clock`: every event that it lacks stands there or behind.
  /// Nothing if the log no longer has them all: it needs full sync (rule 3).
  [[nodiscard]] std::optional<Sequence> log_position(const VersionVector& clock) const;
  /// Visits this partition's events from `from` on, in log order.
  Result<void> read_log(Sequence from, const EventLog::Visitor& visit) const;
  /// Nothing of the log is served any more (rule 3): it cannot be read, or does not lead to this state.
  void void_log();

  // A staged partition (ShardStore::stage) has no part in the log. It is filled with these, and adopted.

  /// Takes entries in, sorted, all of a path at once. REQUIRES: none is there yet.
  Result<void> take(const std::vector<Entry>& entries);
  /// What the entries taken in are the state of, at least.
  void claim(const VersionVector& clock, Hlc hlc);
  /// Applies an event without logging it; effects that are there already are not repeated.
  /// REQUIRES: is_ready(event, clock()).
  Result<void> absorb(const Event& event);

  /// Computes what is derived (digest, counts, summaries, what is due) anew from the entries and compares. Errors: what differs.
  Result<void> verify() const;

 private:
  friend class ShardStore;
  struct Parts;

  /// Starts from what the state has of the partition. Errors: a failed or damaged read.
  Result<void> restore(const PartitionRecord* record);
  /// An event of the log; those that the state has are passed over. Errors: damage, a failed read.
  Result<void> replay(const LogRecord& record);
  /// From now on what is due is listed. REQUIRES: it is empty, or verify_and_list().
  void list_due();
  /// verify(), for a state that was just restored: lists what is due.
  Result<void> verify_and_list();
  void note_due(BytesView key, BytesView path, BytesView payload, std::uint64_t earliest_ms);
  Result<void> check(EntryVisitor visit) const;
  void carry_out(const Event& event, const Hash128& digest, std::uint64_t entries);
  void carry_out_logged(const Event& event, const Hash128& digest, std::uint64_t entries, Sequence sequence);
  template <class R>
  R notice(R result) const;
  /// Takes the place of this state: the staged one gets this one's. Twice is as never.
  void exchange(Partition& staged);

  void set_stable(const VersionVector& stable);
  /// Whether dropping the log before `sequence`, the first of a segment, loses only what every member has applied.
  [[nodiscard]] bool is_stable_before(Sequence sequence) const;
  /// The log before `sequence` is about to go, or has gone.
  void drop_log_before(Sequence sequence);

  [[nodiscard]] bool dirty() const;
  /// Hands over what changed, for a checkpoint at this sequence.
  FrozenPart freeze(Sequence checkpoint);
  /// What the partition's record says, at this sequence.
  void freeze_record(std::vector<StateWrite>& records, Sequence checkpoint) const;
  /// Of a staged one: its objects alone, until it is adopted.
  FrozenPart freeze_objects();
  void settle();
  void thaw();
  [[nodiscard]] ObjectTable& table();
  void forget_detached(ObjectId object);

  std::unique_ptr<Parts> parts_;
};

}  // namespace causeway
