// The records are good up to the first that is not whole or does not follow its predecessor, in the order of the files;
// each names its predecessor's checksum, so that it makes no difference where one file ends and the next begins. The first
// that is not good is
//   damage   if it was known durable: by the caller, by any head, or by any whole record before or behind it, in any file;
//   torn     otherwise: it and all behind it were never acknowledged as durable. They are replaced by zeros, in all files,
//            and that is durable before the log is used: the files that are then without a record are spares.
// Several files may end torn, because a full one is not synced before the next is begun. Of what was not synced a power
// cut keeps any part; no more is needed than that a record says what was durable when it was written.
//
// What is not a matter of syncs is damage, wherever it is found:
//   - a head that is not whole, but for a file with nothing behind it: heads are durable before a file gets its name;
//   - a number missing among the files: names are durable before a file is used, files are used in the order of their
//     numbers, and trimmed in that order, each name gone durably before the next;
//   - a first file whose first record is not whole, if any is known to have been durable: a segment is trimmed only once
//     the first record of the next one is durable (EventLog::oldest_segment_end). So the first file begins with a durable
//     record, or the log is at its very beginning.
#include "storage/log_recovery.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

namespace causeway {
namespace {

bool blank(BytesView bytes) {
  return bytes.empty() ||
         (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

tl::unexpected<Error> damage(const std::string& path, std::uint64_t offset, const std::string& why) {
  return fail(ErrorCode::internal,
              "damaged log: " + path + " at offset " + std::to_string(offset) + ": " + why);
}

const std::string torn_name = "torn";

/// Before anything is cut: a start that comes to nothing must not take the trace of it away.
Result<void> mark_torn(const std::string& folder) {
  CW_TRY_VOID(PosixFile::open(folder + "/" + torn_name, O_RDWR | O_CREAT));
  return sync_folder(folder);
}

/// A file without a good record, or the end of the last file that has one.
struct Rest {
  std::shared_ptr<PosixFile> file;
  SegmentHead head;
  std::uint64_t size = 0;
  std::uint64_t begin = segment_head_bytes;
  std::uint64_t dirty = 0;  ///< so many bytes from there on are not all zeros
  Bytes bytes;              ///< from `begin` on; dropped once it was looked through
};

class Recovery {
 public:
  Recovery(Sequence known_durable, std::uint64_t block_bytes)
      : known_(known_durable), block_bytes_(block_bytes) {}

  Result<RecoveredLog> run(const std::string& folder) {
    CW_TRY(const std::vector<std::string> names, list_folder(folder));
    std::vector<std::uint64_t> ordinals;
    for (const std::string& name : names) {
      if (const auto ordinal = parse_segment_name(name)) ordinals.push_back(*ordinal);
    }
    files_ = ordinals.size();
    for (const std::uint64_t ordinal : ordinals) {
      const std::string path = folder + "/" + segment_name(ordinal);
      if (ordinal != ordinals.front() && ordinal != log_.next_ordinal) {
        return damage(path, 0, "the segment before it is missing");
      }
      log_.next_ordinal = ordinal + 1;
      CW_TRY_VOID(read_segment(path, ordinal, ordinal == ordinals.front()));
    }
    if (behind_.empty()) heed(tail_);
    if (log_.last < known_) return missing(folder);
    const bool is_marked = std::find(names.begin(), names.end(), torn_name) != names.end();
    if (log_.torn && !is_marked) CW_TRY_VOID(mark_torn(folder));
    log_.torn = log_.torn || is_marked;
    CW_TRY_VOID(mend());
    return std::move(log_);
  }

 private:
  Result<void> read_segment(const std::string& path, std::uint64_t ordinal, bool is_front) {
    CW_TRY(PosixFile opened, PosixFile::open(path, O_RDWR));
    const auto file = std::make_shared<PosixFile>(std::move(opened));
    CW_TRY(const std::uint64_t size, file->size());
    Bytes bytes;
    CW_TRY_VOID(file->read_at(0, size, bytes));
    const auto head = decode_segment_head(bytes);
    if (!head || head->ordinal != ordinal) return damage(path, 0, "the head of the segment is not whole");
    known_ = std::max(known_, head->durable);
    BytesView left = BytesView(bytes).substr(segment_head_bytes);
    if (is_front) begin_with(left, head->salt);
    LogSegment segment(file, *head, Sequence{log_.last.value + 1}, std::max(size, head->capacity));
    if (behind_.empty()) take_records(left, segment);
    Rest rest{file, *head, size, size - left.size(), 0, {}};
    rest.bytes = Bytes(left);
    if (!segment.empty()) {
      log_.segments.push_back(std::move(segment));
      tail_ = std::move(rest);
      return {};
    }
    if (behind_.empty()) heed(tail_);
    heed(rest);
    behind_.push_back(std::move(rest));
    return {};
  }

  /// The first record of all follows what was trimmed.
  void begin_with(BytesView left, std::uint64_t salt) {
    const auto frame = read_frame(left, salt);
    if (!frame) return;
    log_.last.value = frame->sequence.value - 1;
    log_.last_checksum = frame->predecessor;
  }

  void take_records(BytesView& left, LogSegment& segment) {
    for (;;) {
      const auto frame = read_frame(left, segment.salt());
      const bool follows = frame && frame->sequence.value == log_.last.value + 1 &&
                           frame->predecessor == static_cast<std::uint32_t>(log_.last_checksum);
      if (!follows) return;
      segment.index(*frame, block_bytes_);
      left.remove_prefix(frame->size);
      log_.last = frame->sequence;
      log_.last_checksum = frame->checksum;
      known_ = std::max(known_, frame->durable);
    }
  }

  /// What stands behind the good records: what its whole records state to have been durable, and how far it goes.
  void heed(Rest& rest) {
    if (rest.file == nullptr) return;
    const Sequence bad{log_.last.value + 1};
    const std::uint64_t records_max = files_ * rest.size / record_head_bytes;
    const BytesView bytes = rest.bytes;
    if (const auto peeked = peek_frame(bytes); peeked && peeked->sequence == bad && bad_in_.empty()) {
      bad_in_ = rest.file->path();
      bad_at_ = rest.begin;
    }
    if (!blank(bytes)) {
      log_.torn = true;
      rest.dirty = bytes.find_last_not_of('\0') + 1;
    }
    for (std::uint64_t at = 0; at < rest.dirty;) {
      const auto peeked = peek_frame(bytes.substr(at));
      const bool plausible =
          peeked && peeked->sequence >= bad && peeked->sequence.value - bad.value <= records_max;
      const auto frame = plausible ? read_frame(bytes.substr(at), rest.head.salt) : std::nullopt;
      if (frame) known_ = std::max(known_, frame->durable);
      at += frame ? frame->size : record_alignment;
    }
    Bytes().swap(rest.bytes);
  }

  /// Says where the first record that is missing should be: where one of its number stands, or where the good ones end.
  [[nodiscard]] tl::unexpected<Error> missing(const std::string& folder) const {
    const std::string number = std::to_string(log_.last.value + 1);
    const std::string why =
        "record " + number + " is not whole, but record " + std::to_string(known_.value) + " was durable";
    if (!bad_in_.empty()) return damage(bad_in_, bad_at_, why);
    if (tail_.file != nullptr) return damage(tail_.file->path(), tail_.begin, why);
    if (!behind_.empty()) return damage(behind_.front().file->path(), segment_head_bytes, why);
    return damage(folder, 0, why);
  }

  /// Also what a process wrote that died before it was synced is durable from here on.
  Result<void> mend() {
    if (tail_.file != nullptr) {
      CW_TRY(const std::uint64_t capacity, clear(tail_));
      log_.segments.back().set_capacity(capacity);
    }
    for (const LogSegment& segment : log_.segments) CW_TRY_VOID(segment.file()->sync_data());
    for (Rest& rest : behind_) {
      CW_TRY(const std::uint64_t capacity, clear(rest));
      CW_TRY_VOID(rest.file->sync_data());
      log_.spares.push_back({std::move(rest.file), rest.head, capacity});
    }
    return {};
  }

  /// Zeros, and the file in its full size again; without room for that it is what it is. Returns its capacity.
  static Result<std::uint64_t> clear(const Rest& rest) {
    if (rest.dirty > 0) CW_TRY_VOID(rest.file->write_at(rest.begin, Bytes(rest.dirty, '\0')));
    if (rest.size >= rest.head.capacity) return rest.size;
    const auto grown = rest.file->allocate(rest.head.capacity);
    if (!grown && grown.error().code != ErrorCode::storage_full) return tl::unexpected<Error>(grown.error());
    return grown ? rest.head.capacity : rest.size;
  }

  Sequence known_;
  std::uint64_t block_bytes_;
  std::uint64_t files_ = 0;
  Rest tail_;                 ///< of the last file with a good record
  std::vector<Rest> behind_;  ///< the files behind that
  std::string bad_in_;        ///< a record of the number that is missing
  std::uint64_t bad_at_ = 0;
  RecoveredLog log_;
};

}  // namespace

Result<RecoveredLog> recover_log(const std::string& folder, Sequence known_durable,
                                 std::uint64_t block_bytes) {
  return Recovery(known_durable, block_bytes).run(folder);
}

Result<void> unmark_torn(const std::string& folder) {
  CW_TRY_VOID(remove_file(folder + "/" + torn_name));
  return sync_folder(folder);
}

}  // namespace causeway
