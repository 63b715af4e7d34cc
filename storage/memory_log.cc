#include "storage/memory_log.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/plant.h"

namespace causeway {
namespace {

constexpr std::uint64_t record_head_bytes = 32;

std::uint64_t framed_bytes(BytesView bytes) { return record_head_bytes + (bytes.size() + 7) / 8 * 8; }

}  // namespace

MemoryEventLog::MemoryEventLog(const LogLimits& limits, Worker* syncing)
    : limits_(limits), syncing_(syncing) {
  wipe();
}

void MemoryEventLog::wipe() {
  segments_.clear();
  segments_.push_back({Sequence{1}, limits_.segment_bytes, 0, {}});
  last_ = written_ = durable_ = on_disk_ = Sequence{0};
  sync_ = {};
  failed_.reset();
  torn_ = false;
  spare_ = false;
  ensure_spare();
}

Result<void> MemoryEventLog::recover(Sequence known_durable) {
  Sequence known = std::max(known_durable, Sequence{segments_.front().first.value - 1});
  std::optional<Sequence> bad;
  for (const Segment& segment : segments_) {
    Sequence sequence = segment.first;
    for (const Stored& record : segment.records) {
      if (planted(Plant::torn_tail_accepted) && record.bad) continue;
      if (!record.bad) known = std::max(known, record.durable);
      if (record.bad && !bad) bad = sequence;
      ++sequence.value;
    }
  }
  const Sequence end{bad ? bad->value - 1 : last_.value};
  if (end < known) {
    return fail(ErrorCode::internal, "damaged log: record " + std::to_string(end.value + 1) +
                                         " is bad or missing, but " + std::to_string(known.value) +
                                         " was durable");
  }
  const bool was_torn = torn_ && !planted(Plant::torn_forgotten);
  torn_ = was_torn || bad.has_value();
  cut_behind(end);
  failed_.reset();
  fail_next_write_ = fail_next_sync_ = false;
  written_ = durable_ = on_disk_ = last_;
  ensure_spare();
  return {};
}

Result<void> MemoryEventLog::forget_torn() {
  torn_ = false;
  return {};
}

void MemoryEventLog::cut_behind(Sequence last) {
  while (segments_.size() > 1 && segments_.back().first > last) segments_.pop_back();
  Segment& segment = segments_.back();
  while (segment.first.value + segment.records.size() > last.value + 1) {
    segment.used -= framed_bytes(segment.records.back().bytes);
    segment.records.pop_back();
  }
  last_ = last;
}

bool MemoryEventLog::fits_disk(std::uint64_t more_bytes) const {
  return bytes_used() + more_bytes <= limits_.disk_bytes_max;
}

bool MemoryEventLog::ensure_spare() {
  if (!spare_ && fits_disk(limits_.segment_bytes)) spare_ = true;
  return spare_;
}

Result<void> MemoryEventLog::roll(std::uint64_t record_bytes, bool reserved) {
  const bool oversized = record_bytes > limits_.segment_bytes;
  const std::uint64_t needed = oversized ? record_bytes : limits_.segment_bytes;
  if ((!reserved || oversized) ? !fits_disk(needed) : !spare_) {
    return fail_retryable(ErrorCode::storage_full, "the disk is full: no segment of the log can be added");
  }
  if (!oversized) spare_ = false;
  if (segments_.back().records.empty()) segments_.pop_back();
  segments_.push_back({Sequence{last_.value + 1}, needed, 0, {}});
  ensure_spare();
  return {};
}

Result<Sequence> MemoryEventLog::append(PartitionId partition, BytesView bytes, bool reserved) {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (!ensure_spare() && !reserved) {
    return fail_retryable(ErrorCode::storage_full,
                          "the disk is full: what is left of the log is kept for replication");
  }
  const std::uint64_t framed = framed_bytes(bytes);
  if (segments_.back().used + framed > segments_.back().capacity) CW_TRY_VOID(roll(framed, reserved));
  Segment& segment = segments_.back();
  segment.records.push_back({partition, Bytes(bytes), durable_, false});
  segment.used += framed;
  ++last_.value;
  return last_;
}

Result<void> MemoryEventLog::write() {
  if (fail_next_write_ && !failed_) {
    failed_ =
        Error{ErrorCode::internal, ErrorTag::fatal, "the log could not be written; stop the node", 0, 0};
  }
  if (failed_) return tl::unexpected<Error>(*failed_);
  written_ = last_;
  return {};
}

/// What the disk says to a sync of all up to there.
Result<Sequence> MemoryEventLog::synced(Sequence upto) {
  if (!std::exchange(fail_next_sync_, false)) return upto;
  return fail(ErrorCode::internal, "the log could not be synced; stop the node");
}

Result<void> MemoryEventLog::take_synced(const Result<Sequence>& outcome) {
  if (!outcome) {
    failed_ = outcome.error();
    return tl::unexpected<Error>(*failed_);
  }
  durable_ = std::max(durable_, *outcome);
  on_disk_ = std::max(on_disk_, *outcome);
  return {};
}

Result<void> MemoryEventLog::sync() {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (sync_.running()) CW_TRY_VOID(take_synced(sync_.finish()));
  return take_synced(synced(written_));
}

void MemoryEventLog::start_sync() {
  if (failed_ || sync_.running() || durable_ == written_) return;
  InlineWorker at_once;
  const Result<Sequence> outcome = synced(written_);
  sync_.start(syncing_ != nullptr ? *syncing_ : at_once, [outcome] { return outcome; });
  if (planted(Plant::durable_before_sync)) durable_ = written_;
}

Result<void> MemoryEventLog::settle() {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (const auto outcome = sync_.take()) CW_TRY_VOID(take_synced(*outcome));
  if (segments_.back().first.value > durable_.value + 1) start_sync();
  return {};
}

Sequence MemoryEventLog::first() const {
  const Sequence first = segments_.front().first;
  return first <= last_ ? first : Sequence{0};
}

MemoryEventLog::Segment& MemoryEventLog::segment_of(Sequence sequence) {
  auto above = std::upper_bound(segments_.begin(), segments_.end(), sequence,
                                [](Sequence s, const Segment& segment) { return s < segment.first; });
  CW_CHECK(above != segments_.begin(), "no segment is asked for what was trimmed");
  return *--above;
}

template <class Wanted>
Result<void> MemoryEventLog::visit_from(Sequence from, const Visitor& visit, Wanted wanted) const {
  for (const Segment& segment : segments_) {
    if (segment.first.value + segment.records.size() <= from.value) continue;
    const std::uint64_t skipped = from > segment.first ? from.value - segment.first.value : 0;
    for (std::uint64_t i = skipped; i < segment.records.size(); ++i) {
      const Stored& record = segment.records[i];
      if (!wanted(record.partition)) continue;
      const Sequence sequence{segment.first.value + i};
      if (record.bad)
        return fail(ErrorCode::internal, "damaged record " + std::to_string(sequence.value) + " in the log");
      if (!visit({sequence, record.partition, record.bytes})) return {};
    }
  }
  return {};
}

Result<void> MemoryEventLog::read(PartitionId partition, Sequence from, const Visitor& visit) const {
  return visit_from(from, visit, [partition](PartitionId id) { return id == partition; });
}

Result<void> MemoryEventLog::read_all(Sequence from, const Visitor& visit) const {
  return visit_from(from, visit, [](PartitionId) { return true; });
}

Sequence MemoryEventLog::segment_first(Sequence of) const {
  return const_cast<MemoryEventLog*>(this)->segment_of(of).first;
}

Result<Sequence> MemoryEventLog::trim(Sequence keep_from) {
  if (failed_) return tl::unexpected<Error>(*failed_);
  while (oldest_segment_end().value != 0 && segments_[1].first <= keep_from) segments_.pop_front();
  ensure_spare();
  return first();
}

Sequence MemoryEventLog::oldest_segment_end() const {
  const bool may_go = segments_.size() > 1 && segments_[1].first <= durable_;
  return may_go ? Sequence{segments_[1].first.value - 1} : Sequence{0};
}

std::uint64_t MemoryEventLog::bytes_used() const {
  std::uint64_t bytes = spare_ ? limits_.segment_bytes : 0;
  for (const Segment& segment : segments_) bytes += segment.capacity;
  return bytes;
}

bool MemoryEventLog::has_room(bool reserved) const {
  const Segment& segment = segments_.back();
  const bool another = fits_disk(limits_.segment_bytes);
  const bool here = segment.capacity - segment.used >= limits_.segment_bytes / 8;
  return reserved ? here || spare_ || another : another || (spare_ && here);
}

void MemoryEventLog::crash(const LogCrash& how) {
  if (const auto ended = sync_.take(); ended && *ended) on_disk_ = std::max(on_disk_, **ended);
  sync_ = {};
  const Sequence kept{how.power_cut ? std::min(written_.value, on_disk_.value + how.unsynced_kept)
                                    : written_.value};
  if (how.torn && kept < last_) {
    cut_behind(Sequence{kept.value + 1});
    damage(last_);
  } else {
    cut_behind(kept);
  }
  failed_.reset();
}

bool MemoryEventLog::damage(Sequence sequence) {
  if (sequence < segments_.front().first || sequence > last_) return false;
  Segment& segment = segment_of(sequence);
  segment.records[sequence.value - segment.first.value].bad = true;
  return true;
}

}  // namespace causeway
