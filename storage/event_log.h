// A shard's event log: the truth. Append-only records of all its partitions in one sequence; replication reads it,
// recovery replays it. One write and one sync serve a whole turn.
#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace causeway {

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

  /// Adds a record to the turn. It reaches the operating system with write(), the disk with sync().
  /// Errors: storage_full (retryable, nothing was added). `reserved` may use the reserve kept for replication.
  virtual Result<Sequence> append(PartitionId partition, BytesView bytes, bool reserved) = 0;
  /// One write of all that was appended. An error is final: the node must stop.
  virtual Result<void> write() = 0;
  /// Makes durable what was written. An error is final: the node must stop.
  virtual Result<void> sync() = 0;

  /// The oldest record kept, the newest appended, the newest durable; 0 if none.
  [[nodiscard]] virtual Sequence first() const = 0;
  [[nodiscard]] virtual Sequence last() const = 0;
  [[nodiscard]] virtual Sequence durable() const = 0;

  /// Visits the records of one partition from `from` on, in order; also those not yet written.
  virtual Result<void> read(PartitionId partition, Sequence from, const Visitor& visit) const = 0;
  /// Visits all records from `from` on, in order.
  virtual Result<void> read_all(Sequence from, const Visitor& visit) const = 0;

  /// Drops whole segments whose records are all below `keep_from`. Returns the new first().
  virtual Result<Sequence> trim(Sequence keep_from) = 0;
  /// The last record of the oldest segment, if it is not the one being written; 0 if there is none.
  [[nodiscard]] virtual Sequence oldest_segment_end() const = 0;

  /// On disk, segments whole.
  [[nodiscard]] virtual std::uint64_t bytes_used() const = 0;
  /// Whether an append of an ordinary turn (or of a replicated one) will find room.
  [[nodiscard]] virtual bool has_room(bool reserved) const = 0;
};

}  // namespace causeway
