// One replica of one partition: its entries, its clock, its digest and its part of the log. They change as one.
#pragma once

#include <cstdint>
#include <optional>

#include "base/hash.h"
#include "base/ids.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "storage/event_log.h"

namespace causeway {

class ShardStore;

class Partition final : public EntryReader {
 public:
  Partition(ShardStore& shard, PartitionId id);
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

  Result<void> scan(BytesView key, BytesView prefix, const Visitor& visit) const override;
  Result<ObjectSummary> summary(BytesView key) const override;

  /// Applies an event, and appends it to the log: both or neither. `encoded` is its byte form. Durable after the shard's sync().
  /// REQUIRES: is_ready(event, clock()). `local` says that it was issued here, and must leave the reserve alone.
  /// Errors: storage_full (retryable), a failed read; nothing has changed then.
  Result<void> apply(const Event& event, BytesView encoded, bool local);

  /// From where to read the log for a requester at `clock`: every event that it lacks stands there or behind.
  /// Nothing if the log no longer has them all: it needs full sync (rule 3).
  [[nodiscard]] std::optional<Sequence> log_position(const VersionVector& clock) const;
  /// Visits this partition's events from `from` on, in log order.
  Result<void> read_log(Sequence from, const EventLog::Visitor& visit) const;

 private:
  friend class ShardStore;
  struct State;
  ShardStore& shard_;
  State* state_;  // helper decides the true layout
};

}  // namespace causeway
