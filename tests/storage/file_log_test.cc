// The log's files: torn tails, damage, litter, full disks.
#include "storage/file_log.h"

#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

#include "engines.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId a{1};
constexpr LogLimits one_segment{4096, 1 << 20, 1 << 20, 256};

InlineWorker at_once;

std::unique_ptr<FileEventLog> opened(const std::string& folder, const LogLimits& limits = one_segment) {
  auto log = std::make_unique<FileEventLog>(folder, limits, at_once, at_once);
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
  [[nodiscard]] std::string path() const { return folder.path() + "/" + segment_name(1); }
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
constexpr std::size_t durable_by_spares =
    3;  // as the heads of the spare files say, which were prepared later

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
  FileEventLog log(tail.folder.path(), one_segment, at_once, at_once);
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
      if (whole < durable_by_spares) {
        check_damaged_at(tail, tail.offsets[whole]);
        continue;
      }
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
        FileEventLog log(tail.folder.path(), one_segment, at_once, at_once);
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
    const std::string path = folder.path() + "/" + segment_name(1);
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
    FileEventLog again(folder.path(), one_segment, at_once, at_once);
    // A client does not know the salt; were it known, the image would count: the search behind a bad record works.
    CHECK(again.recover(Sequence{0}).has_value() == !knows_the_salt);
  }
}

namespace {

/// Records in four segments; those up to `durable` are synced, and one behind them says so.
struct Segments {
  explicit Segments(std::uint64_t durable) {
    const auto log = opened(folder.path());
    const auto append = [&log] { REQUIRE(log->append(a, Bytes(90, 'x'), false)); };
    while (log->last().value < durable) append();
    REQUIRE(log->write());
    REQUIRE(log->sync());
    for (int segments = 0; segments < 3;) {
      const Sequence before = log->segment_first(log->last());
      append();
      segments += log->segment_first(log->last()) != before ? 1 : 0;
    }
    for (int i = 0; i < 5; ++i) append();
    REQUIRE(log->write());
    last = log->last();
    places = records_in(folder.path());
    REQUIRE(places.size() == last.value);
    for (const std::string& path : segments_in(folder.path())) files.emplace_back(path, read_file(path));
  }
  void put_back() const {
    for (const std::string& path : segments_in(folder.path())) std::filesystem::remove(path);
    for (const auto& [path, bytes] : files) write_file(path, bytes);
  }
  [[nodiscard]] const RecordPlace& place(Sequence sequence) const { return places[sequence.value - 1]; }

  TemporaryFolder folder;
  Sequence last;
  std::vector<RecordPlace> places;
  std::vector<std::pair<std::string, std::string>> files;
};

}  // namespace

TEST_CASE("a_torn_record_in_an_older_segment_cuts_all_behind_it") {
  const Segments segments(10);
  for (Sequence torn{11}; torn <= segments.last; torn.value += torn.value % 3 + 1) {
    INFO("torn at " << torn.value);
    segments.put_back();
    const RecordPlace& place = segments.place(torn);
    overwrite(place.path, place.offset, std::string(place.size, '\0'));
    {
      const auto log = opened(segments.folder.path());
      REQUIRE(log->was_torn() == (torn != segments.last));
      REQUIRE(log->last().value == torn.value - 1);
    }
    // What was cut is not there any more, whatever comes next.
    REQUIRE(records_in(segments.folder.path()).size() == torn.value - 1);
    for (const std::string& path : segments_in(segments.folder.path())) {
      const bool used = path <= segments.place(Sequence{torn.value - 1}).path;
      if (!used) REQUIRE(read_file(path).find_first_not_of('\0', segment_head_bytes) == std::string::npos);
    }
    // That it was stays known until something follows from it.
    auto log = opened(segments.folder.path());
    REQUIRE(log->was_torn() == (torn != segments.last));
    REQUIRE(log->forget_torn());
    log = opened(segments.folder.path());
    REQUIRE_FALSE(log->was_torn());
    for (int i = 0; i < 60; ++i) REQUIRE(log->append(a, Bytes(90, 'y'), false));
    REQUIRE(log->write());
    log = opened(segments.folder.path());
    REQUIRE(log->last().value == torn.value + 59);
  }
}

TEST_CASE("a_record_known_durable_is_damage_in_whatever_segment_it_stands") {
  const Segments segments(60);
  REQUIRE(segments.place(Sequence{60}).path != segments.files[0].first);
  for (Sequence bad{1}; bad.value <= 60; ++bad.value) {
    INFO("damaged at " << bad.value);
    segments.put_back();
    const RecordPlace& place = segments.place(bad);
    overwrite(place.path, place.offset + 40, "y");
    FileEventLog log(segments.folder.path(), one_segment, at_once, at_once);
    const auto recovered = log.recover(Sequence{0});
    REQUIRE_FALSE(recovered);
    CHECK(recovered.error().sentence.find(place.path + " at offset " + std::to_string(place.offset) + ":") !=
          std::string::npos);
  }
}

TEST_CASE("a_log_whose_front_was_trimmed_recovers_without_it") {
  const Segments segments(60);
  std::filesystem::remove(segments.files[0].first);
  const auto log = opened(segments.folder.path());
  CHECK(log->first() == records_in(segments.folder.path()).front().sequence);
  CHECK(log->last() == segments.last);
}

TEST_CASE("a_segment_missing_between_others_is_damage") {
  for (const std::uint64_t durable : {std::uint64_t{10}, std::uint64_t{60}}) {
    const Segments segments(durable);
    std::filesystem::remove(segments.files[1].first);
    FileEventLog again(segments.folder.path(), one_segment, at_once, at_once);
    CHECK_FALSE(again.recover(Sequence{0}));
  }
}

TEST_CASE("a_spare_file_whose_name_was_not_durable_yet_is_not_missed") {
  const Segments segments(10);
  REQUIRE(segments.files.back().first > segments.place(segments.last).path);
  std::filesystem::remove(segments.files.back().first);
  const auto log = opened(segments.folder.path());
  CHECK(log->last() == segments.last);
  CHECK(log->append(a, Bytes(3000, 'z'), false));
}

TEST_CASE("a_trimmed_file_is_used_again_and_nothing_old_comes_back") {
  TemporaryFolder folder;
  auto log = opened(folder.path());
  std::size_t files_max = 0;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 30; ++i)
      REQUIRE(log->append(a, Bytes(90, static_cast<char>('a' + round % 26)), false));
    REQUIRE(log->write());
    REQUIRE(log->sync());
    REQUIRE(log->trim(log->segment_first(log->last())));
    files_max = std::max(files_max, segments_in(folder.path()).size());
    if (round % 5 != 4) continue;
    log = opened(folder.path());
    REQUIRE_FALSE(log->was_torn());
    REQUIRE(log->last().value == static_cast<std::uint64_t>(round + 1) * 30);
  }
  // What stands behind the last record of any file is zeros.
  for (const std::string& path : segments_in(folder.path())) {
    std::size_t end = segment_head_bytes;
    for (const RecordPlace& place : records_in(folder.path())) {
      if (place.path == path) end = place.offset + place.size;
    }
    CHECK(read_file(path).find_first_not_of('\0', end) == std::string::npos);
  }
  CHECK(parse_segment_name(std::filesystem::path(segments_in(folder.path()).front()).filename().string()) >
        10);
  CHECK(files_max <= 24);
}

TEST_CASE("a_kill_between_any_two_pieces_of_work_leaves_a_log_that_opens") {
  LateWorker later;
  TemporaryFolder folder;
  const LogLimits limits{1024, 1 << 20, 0, 256};
  std::uint64_t last = 0;
  for (int round = 0; round < 60; ++round) {
    INFO("round " << round);
    FileEventLog log(folder.path(), limits, later, later);
    const auto recovered = log.recover(Sequence{last});
    INFO((recovered ? "" : to_string(recovered.error())));
    REQUIRE(recovered);
    REQUIRE_FALSE(log.was_torn());
    REQUIRE(log.last().value == last);
    for (int i = 0; i < 25; ++i) {
      REQUIRE(log.append(a, Bytes(90, 'x'), i % 2 == 0));
      REQUIRE(log.write());
      if (i % 7 == round % 7) REQUIRE(log.sync());
      if (i % 11 == round % 11) REQUIRE(log.trim(log.durable()));
      if ((i + round) % 5 == 0) later.run_some(static_cast<std::size_t>(round) % 3);
    }
    last = log.last().value;
    later.drop_all();
  }
}

TEST_CASE("a_write_that_finds_no_file_ready_makes_one") {
  LateWorker never;
  TemporaryFolder folder;
  FileEventLog log(folder.path(), one_segment, never, never);
  REQUIRE(log.recover(Sequence{0}));
  for (int i = 0; i < 200; ++i) {
    REQUIRE(log.has_room(false));
    REQUIRE(log.append(a, Bytes(90, 'x'), false));
  }
  REQUIRE(log.write());
  CHECK(log.has_room(true));
  never.run_all();
  REQUIRE(log.settle());
  CHECK(opened(folder.path())->last() == Sequence{200});
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
  const std::string path = folder.path() + "/" + segment_name(1);
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
    REQUIRE(log->trim(log->segment_first(last)));
    CHECK(log->has_room(false));
    CHECK(log->append(a, Bytes(500, 'x'), false));
  }
  ::umount(folder.path().c_str());
}
