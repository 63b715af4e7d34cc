// A segment is durable as a whole before the next one is begun, so that only the last can be torn. In it the records are
// good up to the first that is not whole or does not follow its predecessor. That one is
//   damage   if it was known durable: by the caller, by the segment's head, or by any whole record before or behind it;
//   torn     otherwise: it and all behind it were never acknowledged, and are replaced by zeros.
#include "storage/log_recovery.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>

namespace causeway {
namespace {

constexpr std::string_view segment_suffix = ".log";
constexpr std::size_t number_digits = 20;

std::optional<Sequence> parse_segment_name(const std::string& name) {
  if (name.size() != number_digits + segment_suffix.size() || !name.ends_with(segment_suffix))
    return std::nullopt;
  Sequence first;
  const auto [end, error] = std::from_chars(name.data(), name.data() + number_digits, first.value);
  if (error != std::errc() || end != name.data() + number_digits) return std::nullopt;
  return first;
}

tl::unexpected<Error> damage(const std::string& path, std::uint64_t offset, const std::string& why) {
  return fail(ErrorCode::internal,
              "damaged log: " + path + " at offset " + std::to_string(offset) + ": " + why);
}

/// One segment while it is read.
struct Reading {
  LogSegment segment;
  Bytes bytes;         ///< of the whole file
  std::uint64_t size;  ///< as it was found

  [[nodiscard]] BytesView from(std::uint64_t offset) const {
    return BytesView(bytes).substr(std::min<std::uint64_t>(offset, bytes.size()));
  }
};

class Recovery {
 public:
  Recovery(Sequence known_durable, std::uint64_t block_bytes)
      : known_(known_durable), block_bytes_(block_bytes) {}

  Result<RecoveredLog> run(const std::string& folder) {
    CW_TRY(const std::vector<std::string> names, list_folder(folder));
    std::vector<Sequence> firsts;
    for (const std::string& name : names) {
      if (const auto first = parse_segment_name(name)) firsts.push_back(*first);
    }
    for (std::size_t i = 0; i < firsts.size(); ++i) {
      CW_TRY(Reading reading, read_segment(folder + "/" + segment_name(firsts[i]), firsts[i]));
      take_records(reading);
      const bool is_last = i + 1 == firsts.size();
      if (is_last) {
        CW_TRY_VOID(mend_tail(reading));
      } else {
        known_ = std::max(known_, Sequence{firsts[i + 1].value - 1});
        CW_TRY_VOID(check_end(reading, Sequence{firsts[i + 1].value - 1}));
      }
      log_.segments.push_back(std::move(reading.segment));
    }
    if (log_.last < known_) {
      return fail(ErrorCode::internal, "damaged log: " + folder + " ends at record " +
                                           std::to_string(log_.last.value) + ", but " +
                                           std::to_string(known_.value) + " was durable");
    }
    return std::move(log_);
  }

 private:
  Result<Reading> read_segment(const std::string& path, Sequence first) {
    CW_TRY(PosixFile file, PosixFile::open(path, O_RDWR));
    CW_TRY(const std::uint64_t size, file.size());
    Bytes bytes;
    CW_TRY_VOID(file.read_at(0, size, bytes));
    const auto head = decode_segment_head(bytes);
    if (!head || head->first != first) return damage(path, 0, "the head of the segment is not whole");
    if (!log_.segments.empty() &&
        static_cast<std::uint32_t>(head->predecessor) != static_cast<std::uint32_t>(log_.last_checksum)) {
      return damage(path, 0, "the segment does not follow the one before");
    }
    if (log_.segments.empty()) log_.last = Sequence{first.value - 1};
    log_.last_checksum = head->predecessor;
    known_ = std::max(known_, Sequence{first.value - 1});
    return Reading{LogSegment(std::move(file), *head), std::move(bytes), size};
  }

  void take_records(Reading& reading) {
    for (;;) {
      const auto frame = read_frame(reading.from(reading.segment.end()), reading.segment.head().salt);
      const bool follows = frame && frame->sequence.value == log_.last.value + 1 &&
                           frame->predecessor == static_cast<std::uint32_t>(log_.last_checksum);
      if (!follows) return;
      reading.segment.index(*frame, block_bytes_);
      log_.last = frame->sequence;
      log_.last_checksum = frame->checksum;
      known_ = std::max(known_, frame->durable);
    }
  }

  Result<void> check_end(const Reading& reading, Sequence expected) const {
    if (log_.last == expected) return {};
    return damage(reading.segment.file().path(), reading.segment.end(),
                  "record " + std::to_string(log_.last.value + 1) + " is not whole, but was durable");
  }

  /// What whole records behind a bad one state to have been durable.
  void heed_records_behind(const Reading& reading) {
    const Sequence bad{log_.last.value + 1};
    const std::uint64_t records_max = reading.bytes.size() / record_head_bytes;
    for (std::uint64_t at = reading.segment.end(); at < reading.bytes.size();) {
      const auto peeked = peek_frame(reading.from(at));
      const bool plausible =
          peeked && peeked->sequence >= bad && peeked->sequence.value - bad.value <= records_max;
      const auto frame = plausible ? read_frame(reading.from(at), reading.segment.head().salt) : std::nullopt;
      if (frame) known_ = std::max(known_, frame->durable);
      at += frame ? frame->size : record_alignment;
    }
  }

  Result<void> mend_tail(Reading& reading) {
    const BytesView tail = reading.from(reading.segment.end());
    const std::size_t dirty = std::min(tail.find_last_not_of('\0'), tail.size()) + (tail.empty() ? 0 : 1);
    const bool clean = tail.find_last_not_of('\0') == BytesView::npos;
    if (!clean) heed_records_behind(reading);
    CW_TRY_VOID(check_end(reading, std::max(log_.last, known_)));
    PosixFile& file = reading.segment.file();
    log_.torn = !clean;
    if (!clean) CW_TRY_VOID(file.write_at(reading.segment.end(), {Bytes(dirty, '\0')}));
    CW_TRY_VOID(regrow(reading));
    return file.sync_data();
  }

  /// Brings a file that lost its end to its size again; without room for that the segment is simply full.
  static Result<void> regrow(Reading& reading) {
    if (reading.size >= reading.segment.capacity()) return {};
    auto grown = reading.segment.file().allocate(reading.segment.capacity());
    if (!grown && grown.error().code != ErrorCode::storage_full) return grown;
    if (!grown) reading.segment.set_capacity(reading.size);
    return {};
  }

  Sequence known_;
  std::uint64_t block_bytes_;
  RecoveredLog log_;
};

}  // namespace

std::string segment_name(Sequence first) {
  const std::string digits = std::to_string(first.value);
  return std::string(number_digits - digits.size(), '0') + digits + std::string(segment_suffix);
}

Result<RecoveredLog> recover_log(const std::string& folder, Sequence known_durable,
                                 std::uint64_t block_bytes) {
  return Recovery(known_durable, block_bytes).run(folder);
}

}  // namespace causeway
