// The event log in files: a folder of segments (log_frame.h has their bytes), numbered in their order, and spare ones behind
// them. Nothing here waits for the disk but sync(), recover(), and an append that finds no spare file ready. A segment that
// is full is not synced before the next begins: several may hold records that are not durable (log_recovery.cc says why
// that is safe).
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/worker.h"
#include "storage/log_segment.h"
#include "storage/log_spares.h"

namespace causeway {

class FileEventLog final : public EventLog {
 public:
  /// The folder is there; nobody else uses it (storage/data_folder.h). Nothing is read before recover(). `syncing` does
  /// the syncs beside the turns, `preparing` the files to come: with one for both, a sync could wait for a file.
  FileEventLog(std::string folder, const LogLimits& limits, Worker& syncing, Worker& preparing)
      : folder_(std::move(folder)),
        limits_(limits),
        syncing_(syncing),
        pen_(limits.block_bytes),
        spares_(folder_, limits, preparing) {}

  Result<void> recover(Sequence known_durable) override;
  [[nodiscard]] bool was_torn() const override { return torn_; }
  Result<void> forget_torn() override;
  Result<Sequence> append(PartitionId partition, BytesView bytes, bool reserved) override;
  Result<void> write() override;
  Result<void> sync() override;
  void start_sync() override;
  [[nodiscard]] bool syncing() const override { return sync_.running(); }
  Result<void> settle() override;
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
  using Files = std::vector<std::shared_ptr<const PosixFile>>;

  Result<void> remember_failure(Result<void> outcome);
  Result<void> make_room(std::uint64_t record_bytes, bool reserved);
  void roll();
  Result<void> grow(std::uint64_t record_bytes);
  [[nodiscard]] Files undurable_files() const;
  static Result<void> sync_all(const Files& files);
  Result<void> take_synced(const Result<Sequence>& outcome);
  void drop_oldest();
  void forget_old_blocks();
  Result<void> visit_from(const PartitionId* partition, Sequence from, const Visitor& visit) const;
  [[nodiscard]] std::deque<LogSegment>::const_iterator segment_of(Sequence sequence) const;

  std::string folder_;
  LogLimits limits_;
  Worker& syncing_;
  LogPen pen_;
  LogSpares spares_;
  std::deque<LogSegment> segments_;
  LogSegment* newest_ = nullptr;  ///< the last of them
  Sequence last_;
  Sequence written_;
  Sequence durable_;
  Job<Result<Sequence>> sync_;  ///< gives what it has made durable
  bool torn_ = false;
  std::uint64_t last_checksum_ = 0;
  std::deque<Remembered> remembered_;  ///< oldest first
  LogBlock* remembered_last_ = nullptr;
  std::uint64_t remembered_bytes_ = 0;
  std::optional<Error> failed_;  ///< a failed write or sync: nothing goes on behind it
};

}  // namespace causeway
