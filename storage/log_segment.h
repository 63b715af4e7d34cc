// One segment of the log: its file, and a sparse index over it. Records stand in blocks; per block and partition the index
// has one row. The newest blocks are kept in memory, too.
#pragma once

#include <deque>
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
  std::vector<Row> rows;  ///< sorted by partition
  Bytes memory;           ///< all of it, or nothing once it is only in the file

  void add(PartitionId partition, std::size_t record_bytes);
  [[nodiscard]] const Row* row(PartitionId partition) const;
};

class LogSegment {
 public:
  /// How far a visit came.
  enum class Visit { go_on, stop };

  LogSegment(PosixFile file, const SegmentHead& head) : file_(std::move(file)), head_(head) {}

  /// Writes the head into an allocated file, durably.
  static Result<LogSegment> begin(PosixFile file, const SegmentHead& head);

  [[nodiscard]] PosixFile& file() { return file_; }
  [[nodiscard]] const PosixFile& file() const { return file_; }
  [[nodiscard]] const SegmentHead& head() const { return head_; }
  [[nodiscard]] Sequence first() const { return head_.first; }
  [[nodiscard]] std::uint64_t capacity() const { return head_.capacity; }
  [[nodiscard]] std::uint64_t end() const { return end_; }
  [[nodiscard]] std::deque<LogBlock>& blocks() { return blocks_; }

  /// Takes a record into memory and returns its checksum. REQUIRES: it fits.
  std::uint64_t append(PartitionId partition, Sequence sequence, Sequence durable, std::uint64_t predecessor,
                       BytesView bytes, std::uint64_t block_bytes);
  /// A record that was found in the file stands behind those known so far.
  void index(const LogFrame& frame, std::uint64_t block_bytes);
  /// The file could not be brought to its full size again.
  void set_capacity(std::uint64_t capacity) { head_.capacity = capacity; }

  /// Writes what was appended since, in one call.
  Result<void> write();
  [[nodiscard]] std::uint64_t unwritten() const { return end_ - written_; }

  /// Visits the records from `from` on: of one partition, or of all if null.
  Result<Visit> visit(const PartitionId* partition, Sequence from, const EventLog::Visitor& visit) const;

 private:
  LogBlock& block_for(Sequence sequence, std::uint64_t block_bytes, bool in_memory);
  Result<Visit> visit_block(const LogBlock& block, const PartitionId* partition, Sequence from,
                            const EventLog::Visitor& visit) const;

  PosixFile file_;
  SegmentHead head_;
  std::deque<LogBlock> blocks_;
  std::uint64_t end_ = segment_head_bytes;      ///< where the next record goes
  std::uint64_t written_ = segment_head_bytes;  ///< up to here it is in the file
};

}  // namespace causeway
