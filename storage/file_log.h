// The event log in files: a folder of segments (log_frame.h has their bytes), each named by its first record, and one spare.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "storage/log_segment.h"

namespace causeway {

class FileEventLog final : public EventLog {
 public:
  /// The folder is there; nobody else uses it (storage/data_folder.h). Nothing is read before recover().
  FileEventLog(std::string folder, const LogLimits& limits) : folder_(std::move(folder)), limits_(limits) {}

  Result<void> recover(Sequence known_durable) override;
  [[nodiscard]] bool was_torn() const override { return torn_; }
  Result<Sequence> append(PartitionId partition, BytesView bytes, bool reserved) override;
  Result<void> write() override;
  Result<void> sync() override;
  [[nodiscard]] Sequence first() const override;
  [[nodiscard]] Sequence last() const override { return last_; }
  [[nodiscard]] Sequence durable() const override { return durable_; }
  Result<void> read(PartitionId partition, Sequence from, const Visitor& visit) const override;
  Result<void> read_all(Sequence from, const Visitor& visit) const override;
  [[nodiscard]] Sequence segment_first(Sequence of) const override;
  Result<Sequence> trim(Sequence keep_from) override;
  [[nodiscard]] Sequence oldest_segment_end() const override;
  [[nodiscard]] std::uint64_t bytes_used() const override;
  [[nodiscard]] bool has_room(bool reserved) const override;

 private:
  /// A block whose records are in memory, too.
  struct Remembered {
    LogSegment* segment;
    LogBlock* block;
  };

  Result<void> remember_failure(Result<void> outcome);
  [[nodiscard]] bool fits_disk(std::uint64_t more_bytes) const;
  Result<bool> ensure_spare();
  Result<PosixFile> allocate(std::uint64_t bytes);
  Result<void> make_room(std::uint64_t record_bytes, bool reserved);
  Result<void> roll(PosixFile file, std::uint64_t capacity);
  Result<void> drop_oldest();
  void forget_old_blocks();
  Result<void> visit_from(const PartitionId* partition, Sequence from, const Visitor& visit) const;
  [[nodiscard]] std::deque<LogSegment>::const_iterator segment_of(Sequence sequence) const;

  std::string folder_;
  LogLimits limits_;
  std::deque<LogSegment> segments_;
  std::optional<PosixFile> spare_;  ///< allocated: the next segment, and the reserve of replication
  std::uint64_t allocations_ = 0;   ///< names them apart
  bool disk_full_ = false;          ///< the last allocation found no room
  Sequence last_;
  Sequence written_;
  Sequence durable_;
  bool torn_ = false;
  std::uint64_t last_checksum_ = 0;
  std::deque<Remembered> remembered_;  ///< oldest first
  std::uint64_t remembered_bytes_ = 0;
  std::optional<Error> failed_;  ///< a failed write or sync: nothing goes on behind it
};

}  // namespace causeway
