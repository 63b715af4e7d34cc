// One segment of the log: its file, and a sparse index over it. Records stand in blocks; per block and partition the index
// has one row. The newest blocks are kept in memory, too.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "storage/event_log.h"
#include "storage/log_frame.h"
#include "storage/posix_file.h"

namespace causeway {

struct LogBlock {
  /// Where a partition's records begin and end inside the block.
  struct Row {
    PartitionId partition;
    std::uint32_t begin;
    std::uint32_t end;
  };

  std::uint64_t offset = 0;  ///< in the file
  std::uint64_t size = 0;
  Sequence first;
  std::vector<Row> rows;  ///< sorted by partition, but for the block that a pen is on
  Bytes memory;           ///< all of it, or nothing once it is only in the file
};

/// What the newest block is written with; a log has one. It finds the row of a partition at once, and hands the memory of
/// blocks that are forgotten on to new ones: a record costs no allocation.
class LogPen {
 public:
  explicit LogPen(std::uint64_t block_bytes);

  /// A new block: no partition has a row yet.
  void begin_block(LogBlock& block);
  /// The row of the partition in that block; a new one, which begins where the block ends.
  LogBlock::Row& row(LogBlock& block, PartitionId partition);
  [[nodiscard]] const LogBlock::Row* find(const LogBlock& block, PartitionId partition) const;
  /// The block will not be added to.
  static void end_block(LogBlock& block);
  /// Takes the memory of a block that is forgotten.
  void reuse(Bytes&& memory);

  [[nodiscard]] std::uint64_t block_bytes() const { return block_bytes_; }
  [[nodiscard]] std::vector<BytesView>& parts() { return parts_; }

 private:
  struct Slot {
    std::uint64_t block = 0;
    std::uint32_t partition = 0;
    std::uint32_t row = 0;
  };
  [[nodiscard]] std::size_t slot_of(PartitionId partition) const;

  std::uint64_t block_bytes_;
  std::uint64_t block_ = 0;   ///< counts them: what an earlier one left in a slot is void
  std::vector<Slot> slots_;   ///< open addressing, never more than half full
  std::vector<Bytes> unused_;
  std::vector<BytesView> parts_;
};

class LogSegment {
 public:
  /// How far a visit came.
  enum class Visit { go_on, stop };

  /// `file` has the head already, durably. `first`: the record that will be the first.
  LogSegment(std::shared_ptr<PosixFile> file, const SegmentHead& head, Sequence first, std::uint64_t capacity)
      : file_(std::move(file)), salt_(head.salt), first_(first), capacity_(capacity) {}

  /// Shared with who syncs it.
  [[nodiscard]] const std::shared_ptr<PosixFile>& file() const { return file_; }
  [[nodiscard]] std::uint64_t salt() const { return salt_; }
  [[nodiscard]] Sequence first() const { return first_; }
  [[nodiscard]] std::uint64_t capacity() const { return capacity_; }
  [[nodiscard]] std::uint64_t end() const { return end_; }
  [[nodiscard]] bool empty() const { return blocks_.empty(); }
  /// Where the last append went. REQUIRES: there was one since begin_writing().
  [[nodiscard]] LogBlock* newest() { return open_; }

  /// Records are appended with the pen, which outlives that; end_writing() before another segment gets it.
  void begin_writing(LogPen& pen) { pen_ = &pen; }
  void end_writing();
  /// Takes a record into memory and returns its checksum. REQUIRES: it fits; begin_writing().
  std::uint64_t append(PartitionId partition, Sequence sequence, Sequence durable, std::uint64_t predecessor,
                       BytesView bytes);
  /// A record that was found in the file stands behind those known so far.
  void index(const LogFrame& frame, std::uint64_t block_bytes);
  void set_capacity(std::uint64_t capacity) { capacity_ = capacity; }

  /// Writes what was appended since, in one call.
  Result<void> write(LogPen& pen);

  /// Visits the records from `from` on: of one partition, or of all if null.
  Result<Visit> visit(const PartitionId* partition, Sequence from, const EventLog::Visitor& visit) const;

 private:
  LogBlock& open_block(Sequence sequence);
  [[nodiscard]] const LogBlock::Row* row(const LogBlock& block, PartitionId partition) const;
  Result<Visit> visit_block(const LogBlock& block, const PartitionId* partition, Sequence from,
                            const EventLog::Visitor& visit) const;

  std::shared_ptr<PosixFile> file_;
  std::uint64_t salt_;
  Sequence first_;
  std::uint64_t capacity_;
  LogPen* pen_ = nullptr;
  LogBlock* open_ = nullptr;  ///< the last block, while the pen is on it
  std::deque<LogBlock> blocks_;
  std::uint64_t end_ = segment_head_bytes;      ///< where the next record goes
  std::uint64_t written_ = segment_head_bytes;  ///< up to here it is in the file
};

}  // namespace causeway
