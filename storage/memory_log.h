// The log's twin in memory: for tests and the simulator. It stands for the disk: it outlives the stores opened on it.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "base/worker.h"
#include "storage/event_log.h"

namespace causeway {

/// How a node goes down, and what its disk keeps of the records that were not synced. A sync that was under way has come to
/// its end by then, or has done nothing.
struct LogCrash {
  bool power_cut = false;  ///< else only the process dies: all that was written stays
  std::uint64_t unsynced_kept =
      0;              ///< of a power cut: so many written records beyond the durable ones survive
  bool torn = false;  ///< the record behind the survivors is left in part
};

/// A copy is a backup, and an assignment restores it. After crash() or either of those, recover() comes first.
class MemoryEventLog final : public EventLog {
 public:
  /// `syncing` does the syncs beside the turns; null: at once.
  explicit MemoryEventLog(const LogLimits& limits = {}, Worker* syncing = nullptr);

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

  void crash(const LogCrash& how);
  /// What a power cut leaves at least, whatever is said to be durable.
  [[nodiscard]] Sequence on_disk() const { return on_disk_; }
  void fail_next_write() { fail_next_write_ = true; }
  void fail_next_sync() { fail_next_sync_ = true; }
  void set_disk_bytes_max(std::uint64_t bytes) { limits_.disk_bytes_max = bytes; }
  /// Flips a bit of a record: the next recovery finds it. Returns whether there is such a record.
  bool damage(Sequence sequence);
  void wipe();

 private:
  struct Stored {
    PartitionId partition;
    Bytes bytes;
    Sequence durable;  ///< known durable when it was written
    bool bad = false;
  };
  struct Segment {
    Sequence first;
    std::uint64_t capacity;
    std::uint64_t used = 0;
    std::vector<Stored> records;
  };

  [[nodiscard]] Segment& segment_of(Sequence sequence);
  [[nodiscard]] bool fits_disk(std::uint64_t more_bytes) const;
  bool ensure_spare();
  Result<void> roll(std::uint64_t record_bytes, bool reserved);
  Result<Sequence> synced(Sequence upto);
  Result<void> take_synced(const Result<Sequence>& outcome);
  void cut_behind(Sequence last);
  template <class Wanted>
  Result<void> visit_from(Sequence from, const Visitor& visit, Wanted wanted) const;

  LogLimits limits_;
  std::deque<Segment> segments_;
  bool spare_ = false;
  Sequence last_;
  Sequence written_;
  Sequence durable_;
  Sequence on_disk_;
  Worker* syncing_;
  Job<Result<Sequence>> sync_;  ///< gives what it has made durable
  bool torn_ = false;
  bool fail_next_write_ = false;
  bool fail_next_sync_ = false;
  std::optional<Error> failed_;  ///< sticks
};

}  // namespace causeway
