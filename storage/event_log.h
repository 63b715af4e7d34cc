// A shard's event log: the truth. Append-only records of all its partitions in one sequence; replication reads it,
// recovery replays it. One write and one sync serve a whole turn; a sync may also run beside the turns.
#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace causeway {

struct LogLimits {
  std::uint64_t segment_bytes = std::uint64_t{16} << 20U;  ///< of one segment, its head included
  std::uint64_t disk_bytes_max = std::uint64_t{4} << 30U;  ///< of all segments and the spare ones
  std::uint64_t tail_bytes_max = std::uint64_t{8} << 20U;  ///< newest records kept in memory for readers
  std::uint64_t block_bytes = std::uint64_t{64} << 10U;    ///< one row of the sparse index and partition
};

struct LogRecord {
  Sequence sequence;
  PartitionId partition;
  BytesView bytes;  ///< one encoded event; valid during a visit
};

class EventLog {
 public:
  /// Returns whether to go on.
  using Visitor = std::function<bool(const LogRecord&)>;

  virtual ~EventLog() = default;

  /// Makes what was found usable: cuts a torn tail, and makes durable what is left. Once, before all else.
  /// `known_durable` is what others know to have been durable. Errors: damage at or below a record known durable.
  virtual Result<void> recover(Sequence known_durable) = 0;
  /// recover() cut a tail that was not whole: what was being written when the process ended, or a damaged newest record. Of an earlier
  /// start, too, until forget_torn().
  [[nodiscard]] virtual bool was_torn() const = 0;
  /// What follows from it is durable. Errors: unavailable, internal from the system.
  virtual Result<void> forget_torn() = 0;

  /// Adds a record to the turn. It reaches the operating system with write(), the disk with a sync.
  /// Errors: storage_full (retryable, nothing was added); others are final. `reserved` may use the reserve kept for replication.
  virtual Result<Sequence> append(PartitionId partition, BytesView bytes, bool reserved) = 0;
  /// One write of all that was appended. An error is final: the node must stop.
  virtual Result<void> write() = 0;
  /// Makes durable what was written, and waits for it. An error is final: the node must stop.
  virtual Result<void> sync() = 0;

  /// Begins to make durable what is written now, beside the caller. Does nothing while that goes on, or if nothing is to do.
  virtual void start_sync() = 0;
  /// What start_sync() began has not been settled yet.
  [[nodiscard]] virtual bool syncing() const = 0;
  /// Takes the results of what has ended beside the turns; only this, sync() and recover() move durable(). Once a turn.
  /// It also lets a full segment be synced ahead of its time. Errors: of the work beside the turns; final, as those of sync().
  virtual Result<void> settle() = 0;

  /// The oldest record kept, the newest appended, the newest durable; 0 if none.
  [[nodiscard]] virtual Sequence first() const = 0;
  [[nodiscard]] virtual Sequence last() const = 0;
  [[nodiscard]] virtual Sequence durable() const = 0;

  /// Visits the records of one partition from `from` on, in order; also those not yet written.
  virtual Result<void> read(PartitionId partition, Sequence from, const Visitor& visit) const = 0;
  /// Visits all records from `from` on, in order.
  virtual Result<void> read_all(Sequence from, const Visitor& visit) const = 0;

  /// The first record of the segment that holds record `of`, or would hold it if it came next.
  [[nodiscard]] virtual Sequence segment_first(Sequence of) const = 0;
  /// Drops whole segments whose records are all below `keep_from`, if oldest_segment_end() names them. Returns the new first().
  virtual Result<Sequence> trim(Sequence keep_from) = 0;
  /// The last record of the oldest segment, if it may be trimmed: the first record of the next one is durable, so that what
  /// is left tells where it begins. Else 0.
  [[nodiscard]] virtual Sequence oldest_segment_end() const = 0;

  /// On disk: the segments, whole, and the reserve.
  [[nodiscard]] virtual std::uint64_t bytes_used() const = 0;
  /// Whether an append of an ordinary turn (or of a replicated one) will find room.
  [[nodiscard]] virtual bool has_room(bool reserved) const = 0;
};

}  // namespace causeway
