// What a partition had applied at some sequences of the log: sparse, and enough to know from where a requester must
// read, and what is lost with a segment. The first event of the partition in each segment has a mark.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "crdt/version_vector.h"
#include "storage/state_store.h"

namespace causeway {

class LogMarks {
 public:
  explicit LogMarks(PartitionId id) : id_(id) {}

  /// Reads the marks that the state keeps. Errors: a failed or damaged read.
  Result<void> load(const StateStore& state);

  /// An event of the partition stands at `sequence`, in the segment that begins at `segment_first`; `before` is the clock
  /// without it. Sets a mark if one is due.
  void note_event(Sequence sequence, Sequence segment_first, const VersionVector& before);

  /// The latest mark whose clock is covered: what is not covered stands there or behind. 0 if there is none.
  [[nodiscard]] Sequence position(const VersionVector& clock) const;
  /// Where the log begins to be of use, and what was applied before; nothing, and null: it is of none.
  [[nodiscard]] std::optional<Sequence> begin() const;
  [[nodiscard]] const VersionVector* clock_at_begin() const {
    return marks_.empty() ? nullptr : &marks_.front().clock;
  }
  /// What was applied before the first event at or behind `sequence`, the first of a segment; null: all that is applied now.
  [[nodiscard]] const VersionVector* clock_before(Sequence sequence) const;
  /// Forgets all: the log is of use from `next` on, where the clock is `before`.
  void restart(Sequence next, const VersionVector& before);
  /// Forgets the marks before `sequence`.
  void drop_before(Sequence sequence);

  /// Appends the writes that bring the state's marks up to date.
  void freeze(std::vector<StateWrite>& writes);
  /// They were not stored. What is dropped besides, or written again, does no harm.
  void thaw();
  [[nodiscard]] bool dirty() const { return stored_ < marks_.size() || !dropped_.empty(); }

 private:
  struct Mark {
    Sequence sequence;
    VersionVector clock;
  };

  PartitionId id_;
  std::vector<Mark> marks_;  ///< sequences and clocks ascend
  std::size_t stored_ = 0;   ///< so many of them, from the front, are in the state
  std::vector<Sequence> dropped_;
  std::vector<Sequence> frozen_dropped_;
  std::uint64_t events_since_ = 0;
};

}  // namespace causeway
