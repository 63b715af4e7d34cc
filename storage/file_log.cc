#include "storage/file_log.h"

#include <fcntl.h>

#include <algorithm>
#include <random>
#include <utility>

#include "base/check.h"
#include "storage/log_recovery.h"

namespace causeway {
namespace {

constexpr const char* spare_prefix = "spare-";
// There is room while this part of a segment is free.
constexpr std::uint64_t room_part = 8;

std::uint64_t random_salt() {
  std::random_device source;
  return std::uint64_t{source()} << 32U | source();
}

}  // namespace

Result<void> FileEventLog::recover(Sequence known_durable) {
  CW_CHECK(segments_.empty(), "a log is recovered once");
  CW_TRY(const std::vector<std::string> names, list_folder(folder_));
  for (const std::string& name : names) {
    if (name.starts_with(spare_prefix)) CW_TRY_VOID(remove_file(folder_ + "/" + name));
  }
  CW_TRY(RecoveredLog found, recover_log(folder_, known_durable, limits_.block_bytes));
  segments_ = std::move(found.segments);
  last_ = written_ = durable_ = found.last;
  last_checksum_ = found.last_checksum;
  torn_ = found.torn;
  if (segments_.empty()) {
    CW_TRY(PosixFile file, allocate(limits_.segment_bytes));
    CW_TRY_VOID(roll(std::move(file), limits_.segment_bytes));
  }
  CW_TRY_VOID(ensure_spare());
  return {};
}

Result<void> FileEventLog::remember_failure(Result<void> outcome) {
  if (!outcome)
    failed_ = Error{ErrorCode::internal, ErrorTag::fatal, outcome.error().sentence + "; stop the node", 0, 0};
  return failed_ ? tl::unexpected<Error>(*failed_) : outcome;
}

bool FileEventLog::fits_disk(std::uint64_t more_bytes) const {
  return bytes_used() + more_bytes <= limits_.disk_bytes_max;
}

/// A file with all its blocks, not yet part of the log: a crash leaves at most litter.
Result<PosixFile> FileEventLog::allocate(std::uint64_t bytes) {
  if (!fits_disk(bytes)) {
    return fail_retryable(ErrorCode::storage_full, "the log in " + folder_ + " has reached its limit of " +
                                                       std::to_string(limits_.disk_bytes_max) + " bytes");
  }
  const std::string path = folder_ + "/" + spare_prefix + std::to_string(++allocations_);
  CW_TRY(PosixFile file, PosixFile::open(path, O_RDWR | O_CREAT | O_TRUNC));
  const auto allocated = file.allocate(bytes);
  disk_full_ = !allocated && allocated.error().code == ErrorCode::storage_full;
  if (!allocated) {
    CW_TRY_VOID(remove_file(path));
    return tl::unexpected<Error>(allocated.error());
  }
  return file;
}

Result<bool> FileEventLog::ensure_spare() {
  if (spare_) return true;
  auto file = allocate(limits_.segment_bytes);
  if (file) {
    spare_ = std::move(*file);
  } else if (file.error().code != ErrorCode::storage_full) {
    return tl::unexpected<Error>(file.error());
  }
  return spare_.has_value();
}

/// Begins a segment if the current one has no room for a record of this size.
Result<void> FileEventLog::make_room(std::uint64_t record_bytes, bool reserved) {
  CW_TRY(const bool reserve_is_whole, ensure_spare());
  if (!reserve_is_whole && !reserved) {
    return fail_retryable(ErrorCode::storage_full,
                          "the disk is full: what is left of the log is kept for replication");
  }
  if (segments_.back().end() + record_bytes <= segments_.back().capacity()) return {};
  const std::uint64_t needed = segment_head_bytes + record_bytes;
  if (needed > limits_.segment_bytes) {
    CW_TRY(PosixFile large, allocate(needed));
    return roll(std::move(large), needed);
  }
  auto another = allocate(limits_.segment_bytes);
  const bool full = !another && another.error().code == ErrorCode::storage_full;
  if (!another && !(full && reserved && spare_)) return tl::unexpected<Error>(another.error());
  if (another && spare_) std::swap(*another, *spare_);
  PosixFile next = another ? std::move(*another) : *std::exchange(spare_, std::nullopt);
  return roll(std::move(next), limits_.segment_bytes);
}

/// What is full is durable before the next segment begins: only the newest can be torn.
Result<void> FileEventLog::roll(PosixFile file, std::uint64_t capacity) {
  if (!segments_.empty()) {
    CW_TRY_VOID(write());
    CW_TRY_VOID(sync());
  }
  const SegmentHead head{random_salt(), Sequence{last_.value + 1}, capacity, last_checksum_};
  const std::string path = folder_ + "/" + segment_name(head.first);
  auto begun = LogSegment::begin(std::move(file), head);
  if (!begun) return remember_failure(tl::unexpected<Error>(begun.error()));
  CW_TRY_VOID(remember_failure(rename_file(begun->file().path(), path)));
  CW_TRY_VOID(remember_failure(sync_folder(folder_)));
  begun->file().set_path(path);
  // One without a record (the first one came, and was too large) had the same name: its file is gone.
  if (!segments_.empty() && segments_.back().first() == head.first) segments_.pop_back();
  segments_.push_back(std::move(*begun));
  return {};
}

Result<Sequence> FileEventLog::append(PartitionId partition, BytesView bytes, bool reserved) {
  if (failed_) return tl::unexpected<Error>(*failed_);
  const std::size_t size = framed_size(bytes.size());
  CW_TRY_VOID(make_room(size, reserved));
  LogSegment& segment = segments_.back();
  ++last_.value;
  last_checksum_ = segment.append(partition, last_, durable_, last_checksum_, bytes, limits_.block_bytes);
  LogBlock* const block = &segment.blocks().back();
  if (remembered_.empty() || remembered_.back().block != block) remembered_.push_back({&segment, block});
  remembered_bytes_ += size;
  return last_;
}

Result<void> FileEventLog::write() {
  if (failed_) return tl::unexpected<Error>(*failed_);
  CW_TRY_VOID(remember_failure(segments_.back().write()));
  written_ = last_;
  forget_old_blocks();
  return {};
}

Result<void> FileEventLog::sync() {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (durable_ == written_) return {};
  CW_TRY_VOID(remember_failure(segments_.back().file().sync_data()));
  durable_ = written_;
  return {};
}

/// Older records are read from the files again. The newest block goes on being filled.
void FileEventLog::forget_old_blocks() {
  while (remembered_bytes_ > limits_.tail_bytes_max && remembered_.size() > 1) {
    LogBlock& block = *remembered_.front().block;
    remembered_bytes_ -= block.memory.size();
    Bytes().swap(block.memory);
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

Sequence FileEventLog::segment_first(Sequence of) const { return segment_of(of)->first(); }

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
  bool dropped = false;
  while (segments_.size() > 1 && segments_[1].first() <= keep_from) {
    CW_TRY_VOID(drop_oldest());
    dropped = true;
  }
  if (dropped) CW_TRY_VOID(remember_failure(sync_folder(folder_)));
  CW_TRY_VOID(ensure_spare());
  return first();
}

Result<void> FileEventLog::drop_oldest() {
  LogSegment& oldest = segments_.front();
  CW_TRY_VOID(remember_failure(remove_file(oldest.file().path())));
  while (!remembered_.empty() && remembered_.front().segment == &oldest) {
    remembered_bytes_ -= remembered_.front().block->memory.size();
    remembered_.pop_front();
  }
  segments_.pop_front();
  return {};
}

Sequence FileEventLog::oldest_segment_end() const {
  return segments_.size() > 1 ? Sequence{segments_[1].first().value - 1} : Sequence{0};
}

std::uint64_t FileEventLog::bytes_used() const {
  std::uint64_t bytes = spare_ ? limits_.segment_bytes : 0;
  for (const LogSegment& segment : segments_) bytes += segment.capacity();
  return bytes;
}

bool FileEventLog::has_room(bool reserved) const {
  const LogSegment& segment = segments_.back();
  const bool another = !disk_full_ && fits_disk(limits_.segment_bytes);
  const bool here = segment.end() + limits_.segment_bytes / room_part <= segment.capacity();
  return reserved ? here || spare_ || another : another || (spare_ && here);
}

}  // namespace causeway
