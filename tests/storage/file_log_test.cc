// The log's files: torn tails, damage, litter, full disks.
#include "storage/file_log.h"

#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

#include "engines.h"
#include "storage/log_recovery.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId a{1};
constexpr LogLimits one_segment{4096, 1 << 20, 1 << 20, 256};

std::unique_ptr<FileEventLog> opened(const std::string& folder, const LogLimits& limits = one_segment) {
  auto log = std::make_unique<FileEventLog>(folder, limits);
  const auto recovered = log->recover(Sequence{0});
  INFO((recovered ? "" : to_string(recovered.error())));
  REQUIRE(recovered);
  return log;
}

std::vector<Bytes> all(const EventLog& log) {
  std::vector<Bytes> records;
  REQUIRE(log.read_all(Sequence{0}, [&](const LogRecord& record) {
    records.emplace_back(record.bytes);
    return true;
  }));
  return records;
}

Bytes record_bytes(std::uint64_t number) { return Bytes(number * 13 % 31, static_cast<char>('a' + number)); }

/// Ten records: 3 synced, 3 more synced, 4 only written; and where each begins in the segment.
struct Tail {
  Tail() {
    const auto log = opened(folder.path());
    for (std::uint64_t number = 1; number <= 10; ++number) {
      offsets.push_back(end);
      records.push_back(record_bytes(number));
      end += framed_size(records.back().size());
      REQUIRE(log->append(a, records.back(), false));
      if (number == 3 || number == 6 || number == 10) REQUIRE(log->write());
      if (number == 3 || number == 6) REQUIRE(log->sync());
    }
    bytes = read_file(path());
  }
  [[nodiscard]] std::string path() const { return folder.path() + "/" + segment_name(Sequence{1}); }
  [[nodiscard]] std::vector<Bytes> first(std::size_t count) const {
    return {records.begin(), records.begin() + static_cast<long>(count)};
  }

  TemporaryFolder folder;
  std::vector<Bytes> records;
  std::vector<std::size_t> offsets;
  std::size_t end = segment_head_bytes;
  std::string bytes;  ///< of the whole segment
};

constexpr std::size_t durable_records = 6;

/// What is there is exactly the first `count` records.
void check_keeps(const Tail& tail, std::size_t count) {
  const auto log = opened(tail.folder.path());
  REQUIRE(all(*log) == tail.first(count));
  REQUIRE(log->durable() == Sequence{count});
}

/// It is so, nothing stands behind them, and the log goes on from there, also after a restart.
void check_goes_on_after(const Tail& tail, std::size_t count) {
  check_keeps(tail, count);
  const std::string mended = read_file(tail.path());
  REQUIRE(mended.size() == one_segment.segment_bytes);
  const std::size_t end = count < tail.records.size() ? tail.offsets[count] : tail.end;
  REQUIRE(mended.find_first_not_of('\0', end) == std::string::npos);
  auto log = opened(tail.folder.path());
  REQUIRE(log->append(a, "next", false) == Sequence{count + 1});
  REQUIRE(log->write());
  log = opened(tail.folder.path());
  REQUIRE(all(*log).size() == count + 1);
}

void check_damaged_at(const Tail& tail, std::size_t offset, Sequence known_durable = Sequence{0}) {
  FileEventLog log(tail.folder.path(), one_segment);
  const auto recovered = log.recover(known_durable);
  REQUIRE_FALSE(recovered);
  REQUIRE(recovered.error().code == ErrorCode::internal);
  REQUIRE(recovered.error().sentence.find(tail.path() + " at offset " + std::to_string(offset) + ":") !=
          std::string::npos);
}

}  // namespace

TEST_CASE("a_log_cut_at_any_byte_keeps_exactly_the_whole_records_before_the_cut") {
  const Tail tail;
  for (std::size_t cut = segment_head_bytes; cut <= tail.end + 16; ++cut) {
    INFO("cut at " << cut);
    // As a file that ends there, and as one whose later blocks never reached the disk.
    for (const bool shorter : {true, false}) {
      std::string bytes = tail.bytes.substr(0, cut);
      if (!shorter) bytes.resize(tail.bytes.size(), '\0');
      std::size_t whole = 0;
      while (whole < tail.records.size() &&
             tail.offsets[whole] + record_head_bytes + tail.records[whole].size() <= cut)
        ++whole;
      // A padding of zeros is as good as none, but the file must be there to hold it.
      if (shorter && whole > 0 && tail.offsets[whole - 1] + framed_size(tail.records[whole - 1].size()) > cut)
        --whole;
      write_file(tail.path(), bytes);
      if (whole < durable_records) check_damaged_at(tail, tail.offsets[whole], Sequence{durable_records});
      check_keeps(tail, whole);
      if (cut % record_alignment == 1) check_goes_on_after(tail, whole);
    }
  }
}

TEST_CASE("a_log_with_any_byte_flipped_is_damaged_where_durable_and_cut_where_not") {
  const Tail tail;
  for (std::size_t at = segment_head_bytes; at < tail.end; ++at) {
    const auto hit = static_cast<std::size_t>(std::upper_bound(tail.offsets.begin(), tail.offsets.end(), at) -
                                              tail.offsets.begin() - 1);
    const bool padding = at >= tail.offsets[hit] + record_head_bytes + tail.records[hit].size();
    INFO("flipped at " << at << ", record " << hit + 1);
    for (const int flip : {0x01, 0x80, 0xFF}) {
      std::string bytes = tail.bytes;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      write_file(tail.path(), bytes);
      if (padding) {
        FileEventLog log(tail.folder.path(), one_segment);
        REQUIRE(log.recover(Sequence{0}));
        REQUIRE(all(log) == tail.records);
      } else if (hit < durable_records) {
        check_damaged_at(tail, tail.offsets[hit]);
      } else {
        check_keeps(tail, hit);
        if (at % record_alignment == 1) check_goes_on_after(tail, hit);
      }
    }
  }
}

TEST_CASE("several_unsynced_records_may_be_lost_in_any_order") {
  const Tail tail;
  // Each of the last four is there or not, as a power cut leaves it.
  for (unsigned lost = 0; lost < 16; ++lost) {
    std::string bytes = tail.bytes;
    std::size_t kept = tail.records.size();
    for (std::size_t i = tail.records.size(); i-- > durable_records;) {
      if ((lost >> (i - durable_records) & 1U) == 0) continue;
      std::fill_n(bytes.begin() + static_cast<long>(tail.offsets[i]), framed_size(tail.records[i].size()),
                  '\0');
      kept = i;
    }
    write_file(tail.path(), bytes);
    INFO("lost " << lost);
    check_goes_on_after(tail, kept);
  }
}

TEST_CASE("the_head_of_a_segment_is_durable_before_the_segment_has_its_name") {
  const Tail tail;
  for (std::size_t at = 0; at < segment_head_bytes; ++at) {
    std::string bytes = tail.bytes;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    write_file(tail.path(), bytes);
    INFO("flipped at " << at);
    check_damaged_at(tail, 0);
  }
}

TEST_CASE("garbage_behind_the_last_record_is_cut") {
  const Tail tail;
  std::string bytes = tail.bytes;
  bytes[tail.end + 100] = 'x';
  bytes[bytes.size() - 1] = 'x';
  write_file(tail.path(), bytes);
  check_goes_on_after(tail, tail.records.size());
}

TEST_CASE("a_value_that_holds_the_image_of_a_record_is_not_taken_for_one") {
  for (const bool knows_the_salt : {false, true}) {
    TemporaryFolder folder;
    auto log = opened(folder.path());
    const std::string path = folder.path() + "/" + segment_name(Sequence{1});
    const auto head = decode_segment_head(read_file(path));
    REQUIRE(head);
    Bytes image;
    append_frame(image, knows_the_salt ? head->salt : 0, a, Sequence{3}, Sequence{2}, 0,
                 "claims that 2 was durable");
    REQUIRE(log->append(a, "one", false));
    REQUIRE(log->append(a, image, false));
    REQUIRE(log->write());
    log.reset();
    std::string bytes = read_file(path);
    bytes[segment_head_bytes + framed_size(3)] = 'x';  // the length of the second
    write_file(path, bytes);
    FileEventLog again(folder.path(), one_segment);
    // A client does not know the salt; were it known, the image would count: the search behind a bad record works.
    CHECK(again.recover(Sequence{0}).has_value() == !knows_the_salt);
  }
}

TEST_CASE("damage_in_a_segment_that_is_not_the_last_is_never_a_torn_tail") {
  TemporaryFolder folder;
  auto log = opened(folder.path());
  while (log->oldest_segment_end().value == 0) REQUIRE(log->append(a, Bytes(90, 'x'), false));
  const std::uint64_t records = log->oldest_segment_end().value;
  REQUIRE(log->write());
  log.reset();
  const std::string path = folder.path() + "/" + segment_name(Sequence{1});
  const std::string bytes = read_file(path);
  const std::size_t last_record = segment_head_bytes + (records - 1) * framed_size(90);
  for (const std::size_t at : {segment_head_bytes + 40, last_record + 40}) {
    std::string damaged = bytes;
    damaged[at] = 'y';
    write_file(path, damaged);
    FileEventLog again(folder.path(), one_segment);
    const auto recovered = again.recover(Sequence{0});
    REQUIRE_FALSE(recovered);
    CHECK(recovered.error().sentence.find(path + " at offset " + std::to_string(at - 40)) !=
          std::string::npos);
  }
  std::filesystem::remove(path);
  FileEventLog without_the_first(folder.path(), one_segment);
  REQUIRE(without_the_first.recover(Sequence{0}));
  CHECK(without_the_first.first() == Sequence{records + 1});
}

TEST_CASE("a_segment_missing_between_others_is_damage") {
  TemporaryFolder folder;
  auto log = opened(folder.path());
  for (int i = 0; i < 100; ++i) REQUIRE(log->append(a, Bytes(90, 'x'), false));
  REQUIRE(log->write());
  const Sequence second{log->oldest_segment_end().value + 1};
  REQUIRE(log->segment_first(log->last()) > second);
  log.reset();
  std::filesystem::remove(folder.path() + "/" + segment_name(second));
  FileEventLog again(folder.path(), one_segment);
  CHECK_FALSE(again.recover(Sequence{0}));
}

TEST_CASE("bytes_that_rot_while_the_log_is_open_are_an_error_when_read") {
  TemporaryFolder folder;
  LogLimits limits = one_segment;
  limits.tail_bytes_max = 0;
  const auto log = opened(folder.path(), limits);
  for (int i = 0; i < 20; ++i) {
    REQUIRE(log->append(a, Bytes(90, 'x'), false));
    REQUIRE(log->write());
  }
  const std::string path = folder.path() + "/" + segment_name(Sequence{1});
  std::fstream(path, std::ios::binary | std::ios::in | std::ios::out)
      .seekp(segment_head_bytes + framed_size(90) + 50)
      .put('y');
  int visited = 0;
  const auto read = log->read(a, Sequence{1}, [&](const LogRecord&) { return ++visited > 0; });
  REQUIRE_FALSE(read);
  CHECK(visited == 1);
  CHECK(read.error().sentence.find(path + " at offset " +
                                   std::to_string(segment_head_bytes + framed_size(90))) !=
        std::string::npos);
}

TEST_CASE("what_a_crash_left_unfinished_in_the_folder_is_cleared_away") {
  TemporaryFolder folder;
  opened(folder.path());
  write_file(folder.path() + "/spare-77", "half allocated");
  const auto log = opened(folder.path());
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
  CHECK(files == 2);
  CHECK_FALSE(std::filesystem::exists(folder.path() + "/spare-77"));
}

TEST_CASE("a_disk_without_room_is_met_while_preallocating") {
  TemporaryFolder folder;
  if (::mount("none", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
    WARN("not checked: mounting a small tmpfs needs root");
    return;
  }
  {
    LogLimits limits{8192, 1 << 30, 0, 1024};
    auto log = opened(folder.path(), limits);
    std::uint64_t clients = 0;
    Result<Sequence> refused;
    for (; refused; refused = log->append(a, Bytes(500, 'x'), false)) ++clients;
    CHECK(refused.error().code == ErrorCode::storage_full);
    CHECK_FALSE(log->has_room(false));
    REQUIRE(log->has_room(true));
    std::uint64_t replicated = 0;
    while (log->append(a, Bytes(500, 'x'), true)) ++replicated;
    CHECK(replicated > 10);
    REQUIRE(log->write());
    REQUIRE(log->sync());
    const Sequence last = log->last();
    log = opened(folder.path(), limits);
    CHECK(log->last() == last);
    CHECK_FALSE(log->append(a, Bytes(500, 'x'), false));
    REQUIRE(log->trim(Sequence{log->segment_first(last)}));
    CHECK(log->has_room(false));
    CHECK(log->append(a, Bytes(500, 'x'), false));
  }
  ::umount(folder.path().c_str());
}
