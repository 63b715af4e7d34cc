#include "storage/file_log.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "storage/log_recovery.h"

namespace causeway {
namespace {

// There is room while this part of a segment is free.
constexpr std::uint64_t room_part = 8;
// Files that stand ready. One is the reserve of replication; while nothing is written no more are needed. Once this part
// of a segment is written, two to roll into: a file takes less time to prepare than one to fill, but not always.
constexpr std::size_t spares_at_rest = 1;
constexpr std::size_t spares_at_work = 3;
constexpr std::uint64_t work_part = 16;

}  // namespace

Result<void> FileEventLog::recover(Sequence known_durable) {
  CW_CHECK(segments_.empty(), "a log is recovered once");
  CW_TRY_VOID(spares_.clear_litter());
  CW_TRY(RecoveredLog found, recover_log(folder_, known_durable, limits_.block_bytes));
  segments_ = std::move(found.segments);
  last_ = written_ = durable_ = found.last;
  last_checksum_ = found.last_checksum;
  torn_ = found.torn;
  std::uint64_t bytes = 0;
  for (const LogSegment& segment : segments_) bytes += segment.capacity();
  spares_.adopt(std::move(found.spares), found.next_ordinal, bytes);
  if (segments_.empty()) {
    CW_TRY_VOID(spares_.obtain(1, durable_, false));
    roll();
  } else {
    newest_ = &segments_.back();
    newest_->begin_writing(pen_);
  }
  spares_.prepare(spares_at_rest, durable_);
  return spares_.settle();
}

Result<void> FileEventLog::forget_torn() {
  if (!torn_) return {};
  CW_TRY_VOID(unmark_torn(folder_));
  torn_ = false;
  return {};
}

Result<void> FileEventLog::remember_failure(Result<void> outcome) {
  if (!outcome)
    failed_ = Error{ErrorCode::internal, ErrorTag::fatal, outcome.error().sentence + "; stop the node", 0, 0};
  return failed_ ? tl::unexpected<Error>(*failed_) : outcome;
}

/// Begins a segment if the current one has no room for a record of this size. What a client writes leaves the reserve.
Result<void> FileEventLog::make_room(std::uint64_t record_bytes, bool reserved) {
  const LogSegment& now = *newest_;
  const bool rolls = now.end() + record_bytes > now.capacity() && !now.empty();
  const std::size_t needed = (rolls ? 1U : 0U) + (reserved ? 0U : 1U);
  if (spares_.ready() < needed) {
    if (auto obtained = spares_.obtain(needed, durable_, true); !obtained) {
      if (obtained.error().code != ErrorCode::storage_full) return remember_failure(std::move(obtained));
      return fail_retryable(
          ErrorCode::storage_full,
          "the disk is full, but for what is kept for replication: " + obtained.error().sentence);
    }
  }
  if (rolls) roll();
  return grow(record_bytes);
}

/// No wait, no write: the file has its head and its name, durably.
void FileEventLog::roll() {
  SpareFile spare = spares_.take();
  if (newest_ != nullptr) newest_->end_writing();
  newest_ =
      &segments_.emplace_back(std::move(spare.file), spare.head, Sequence{last_.value + 1}, spare.capacity);
  newest_->begin_writing(pen_);
  // No other file got ready while the last one was filled: the disk cannot take zeros on top of what is written.
  if (spares_.ready() < spares_at_work - 1) spares_.hurry();
}

/// A record larger than a segment has one of its own, which is made longer for it.
Result<void> FileEventLog::grow(std::uint64_t record_bytes) {
  LogSegment& segment = *newest_;
  const std::uint64_t needed = segment.end() + record_bytes;
  if (needed <= segment.capacity()) return {};
  const std::uint64_t more = needed - segment.capacity();
  if (!spares_.fits(more)) {
    return fail_retryable(ErrorCode::storage_full, "the log in " + folder_ + " has reached its limit of " +
                                                       std::to_string(limits_.disk_bytes_max) + " bytes");
  }
  CW_TRY_VOID(segment.file()->allocate(needed));
  spares_.note_growth(more);
  segment.set_capacity(needed);
  return {};
}

Result<Sequence> FileEventLog::append(PartitionId partition, BytesView bytes, bool reserved) {
  if (failed_) return tl::unexpected<Error>(*failed_);
  const std::size_t size = framed_size(bytes.size());
  const bool has_room = newest_->end() + size <= newest_->capacity() && (reserved || spares_.ready() > 0);
  if (!has_room) CW_TRY_VOID(make_room(size, reserved));
  ++last_.value;
  last_checksum_ = newest_->append(partition, last_, durable_, last_checksum_, bytes);
  if (newest_->newest() != remembered_last_) {
    remembered_last_ = newest_->newest();
    remembered_.push_back({newest_, remembered_last_});
  }
  remembered_bytes_ += size;
  return last_;
}

Result<void> FileEventLog::write() {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (written_ == last_) return {};
  const auto from = segment_of(Sequence{written_.value + 1}) - segments_.cbegin();
  for (auto segment = segments_.begin() + from; segment != segments_.end(); ++segment) {
    CW_TRY_VOID(remember_failure(segment->write(pen_)));
  }
  written_ = last_;
  forget_old_blocks();
  if (newest_->end() > newest_->capacity() / work_part) spares_.prepare(spares_at_work, durable_);
  return {};
}

FileEventLog::Files FileEventLog::undurable_files() const {
  Files files;
  for (auto segment = segment_of(Sequence{durable_.value + 1}); segment != segments_.end(); ++segment) {
    if (segment->first() <= written_) files.push_back(segment->file());
  }
  return files;
}

Result<void> FileEventLog::sync_all(const Files& files) {
  for (const auto& file : files) CW_TRY_VOID(file->sync_data());
  return {};
}

Result<void> FileEventLog::take_synced(const Result<Sequence>& outcome) {
  if (!outcome) return remember_failure(tl::unexpected<Error>(outcome.error()));
  durable_ = std::max(durable_, *outcome);
  return {};
}

/// A sync that is under way is waited for first: of a failure the system tells only the first who asks.
Result<void> FileEventLog::sync() {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (sync_.running()) CW_TRY_VOID(take_synced(sync_.finish()));
  if (durable_ < written_) {
    CW_TRY_VOID(remember_failure(sync_all(undurable_files())));
    durable_ = written_;
  }
  return remember_failure(spares_.settle());
}

void FileEventLog::start_sync() {
  if (failed_ || sync_.running() || durable_ == written_) return;
  sync_.start(syncing_, [files = undurable_files(), upto = written_]() -> Result<Sequence> {
    CW_TRY_VOID(sync_all(files));
    return upto;
  });
}

Result<void> FileEventLog::settle() {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (const auto outcome = sync_.take()) CW_TRY_VOID(take_synced(*outcome));
  CW_TRY_VOID(remember_failure(spares_.settle()));
  // So much at once is enough: the disk is not asked for all of a second's records in one go.
  if (newest_->first().value > durable_.value + 1) start_sync();
  return {};
}

/// Older records are read from the files again. The newest block goes on being filled.
void FileEventLog::forget_old_blocks() {
  while (remembered_bytes_ > limits_.tail_bytes_max && remembered_.size() > 1) {
    LogBlock& block = *remembered_.front().block;
    remembered_bytes_ -= block.memory.size();
    pen_.reuse(std::move(block.memory));
    block.memory = Bytes();
    remembered_.pop_front();
  }
}

Sequence FileEventLog::first() const {
  if (segments_.empty() || segments_.front().first() > last_) return Sequence{0};
  return segments_.front().first();
}

std::deque<LogSegment>::const_iterator FileEventLog::segment_of(Sequence sequence) const {
  const auto above =
      std::upper_bound(segments_.begin(), segments_.end(), sequence,
                       [](Sequence wanted, const LogSegment& segment) { return wanted < segment.first(); });
  return above == segments_.begin() ? above : std::prev(above);
}

Sequence FileEventLog::segment_first(Sequence of) const {
  return newest_->first() <= of ? newest_->first() : segment_of(of)->first();
}

Result<void> FileEventLog::visit_from(const PartitionId* partition, Sequence from,
                                      const Visitor& visit) const {
  for (auto segment = segment_of(from); segment != segments_.end(); ++segment) {
    CW_TRY(const LogSegment::Visit how, segment->visit(partition, from, visit));
    if (how == LogSegment::Visit::stop) break;
  }
  return {};
}

Result<void> FileEventLog::read(PartitionId partition, Sequence from, const Visitor& visit) const {
  return visit_from(&partition, from, visit);
}

Result<void> FileEventLog::read_all(Sequence from, const Visitor& visit) const {
  return visit_from(nullptr, from, visit);
}

Result<Sequence> FileEventLog::trim(Sequence keep_from) {
  if (failed_) return tl::unexpected<Error>(*failed_);
  while (oldest_segment_end().value != 0 && segments_[1].first() <= keep_from) drop_oldest();
  spares_.try_again();
  spares_.prepare(spares_at_rest, durable_);
  CW_TRY_VOID(remember_failure(spares_.settle()));
  return first();
}

void FileEventLog::drop_oldest() {
  LogSegment& oldest = segments_.front();
  while (!remembered_.empty() && remembered_.front().segment == &oldest) {
    remembered_bytes_ -= remembered_.front().block->memory.size();
    remembered_.pop_front();
  }
  if (remembered_.empty()) remembered_last_ = nullptr;
  spares_.retire(oldest.file()->path(), oldest.capacity(), durable_);
  segments_.pop_front();
}

Sequence FileEventLog::oldest_segment_end() const {
  const bool may_go = segments_.size() > 1 && segments_[1].first() <= durable_;
  return may_go ? Sequence{segments_[1].first().value - 1} : Sequence{0};
}

std::uint64_t FileEventLog::bytes_used() const {
  return spares_.used_bytes() + (spares_.expected() > 0 ? limits_.segment_bytes : 0);
}

bool FileEventLog::has_room(bool reserved) const {
  const LogSegment& segment = *newest_;
  const bool here = segment.end() + limits_.segment_bytes / room_part <= segment.capacity();
  const std::size_t spares = spares_.expected();
  if (reserved ? here || spares > 0 : spares > 1 || (spares > 0 && here)) return true;
  return !spares_.disk_full() && spares_.fits(limits_.segment_bytes);
}

}  // namespace causeway
