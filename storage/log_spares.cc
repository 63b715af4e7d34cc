// A file that was trimmed still holds its old records. Before it may hold others it is made all zeros, as a new one is:
// a recovery tells a torn record from none by that. (For the records alone the new salt would do: it goes into their
// checksums, so that an old one passes for a new one by one chance in 2^64.) It gets another name first, and the old name
// is gone durably before anything in the file changes, and before any later segment's name goes: whatever is found after a
// crash, the names that are there have no gap, and no file among them is half old, half new.
#include "storage/log_spares.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <utility>

#include "base/check.h"

namespace causeway {
namespace {

constexpr std::string_view unfinished_prefix = "spare-";
constexpr std::string_view segment_suffix = ".log";
constexpr std::size_t number_digits = 20;
// Of trimmed files, so many are kept for new records as make up this part of the log's limit: a trim lets many go at once.
constexpr std::uint64_t kept_part = 16;
constexpr std::size_t kept_at_least = 3;
constexpr std::array<char, std::size_t{256} << 10U> zeros{};

std::uint64_t random_salt() {
  std::random_device source;
  return std::uint64_t{source()} << 32U | source();
}

}  // namespace

std::string segment_name(std::uint64_t ordinal) {
  const std::string digits = std::to_string(ordinal);
  return std::string(number_digits - digits.size(), '0') + digits + std::string(segment_suffix);
}

std::optional<std::uint64_t> parse_segment_name(const std::string& name) {
  if (name.size() != number_digits + segment_suffix.size() || !name.ends_with(segment_suffix))
    return std::nullopt;
  std::uint64_t ordinal = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + number_digits, ordinal);
  if (error != std::errc() || end != name.data() + number_digits) return std::nullopt;
  return ordinal;
}

LogSpares::LogSpares(std::string folder, const LogLimits& limits, Worker& worker)
    : folder_(std::move(folder)), limits_(limits), worker_(worker) {}

LogSpares::~LogSpares() {
  for (Chore& chore : chores_) chore.task->pace = Pace::cancelled;
}

Result<void> LogSpares::clear_litter() const {
  CW_TRY(const std::vector<std::string> names, list_folder(folder_));
  for (const std::string& name : names) {
    if (name.starts_with(unfinished_prefix)) CW_TRY_VOID(remove_file(folder_ + "/" + name));
  }
  return {};
}

void LogSpares::adopt(std::vector<SpareFile> ready, std::uint64_t next_ordinal, std::uint64_t segment_bytes) {
  ready_.assign(std::make_move_iterator(ready.begin()), std::make_move_iterator(ready.end()));
  *next_ordinal_ = next_ordinal;
  used_bytes_ = segment_bytes;
}

bool LogSpares::fits(std::uint64_t more_bytes) const {
  std::uint64_t bytes = used_bytes_;
  for (const SpareFile& spare : ready_) bytes += spare.capacity;
  for (const Chore& chore : chores_) bytes += chore.task->bytes;
  return bytes + more_bytes <= limits_.disk_bytes_max;
}

std::size_t LogSpares::expected() const {
  const auto coming = std::count_if(chores_.begin(), chores_.end(),
                                    [](const Chore& chore) { return chore.task->gives_spare; });
  return ready_.size() + static_cast<std::size_t>(coming);
}

void LogSpares::prepare(std::size_t count, Sequence durable) {
  while (expected() < count && !disk_full_ && fits(limits_.segment_bytes)) {
    start({}, true, limits_.segment_bytes, durable, Pace::steady);
  }
}

void LogSpares::start(std::string retired, bool gives_spare, std::uint64_t bytes, Sequence durable, Pace pace) {
  auto task = std::make_shared<Task>();
  task->folder = folder_;
  task->retired = std::move(retired);
  task->gives_spare = gives_spare;
  task->bytes = bytes;
  task->number = ++numbers_;
  task->durable = durable;
  task->next_ordinal = next_ordinal_;
  task->pace = pace;
  Chore& chore = chores_.emplace_back();
  chore.task = task;
  chore.job.start(worker_, [task] { return run(*task); });
}

Result<void> LogSpares::obtain(std::size_t count, Sequence durable, bool hurried) {
  while (ready_.size() < count) {
    CW_TRY_VOID(settle());
    if (ready_.size() >= count) break;
    if (expected() == ready_.size()) {
      if (!fits(limits_.segment_bytes)) {
        return fail_retryable(ErrorCode::storage_full, "the log in " + folder_ + " has reached its limit of " +
                                                           std::to_string(limits_.disk_bytes_max) + " bytes");
      }
      start({}, true, limits_.segment_bytes, durable, hurried ? Pace::hurried : Pace::steady);
    }
    // In their order: a name goes only after those before it.
    for (bool came = false; !came;) {
      Chore& chore = chores_.front();
      if (hurried) chore.task->pace = Pace::hurried;
      came = chore.task->gives_spare;
      Outcome outcome = chore.job.finish();
      chores_.pop_front();
      const bool full = !outcome && outcome.error().code == ErrorCode::storage_full;
      const Error error = outcome ? Error{} : outcome.error();
      CW_TRY_VOID(take_result(std::move(outcome)));
      if (full) return tl::unexpected<Error>(error);
    }
  }
  return {};
}

void LogSpares::hurry() {
  for (Chore& chore : chores_) chore.task->pace = Pace::hurried;
}

SpareFile LogSpares::take() {
  CW_CHECK(!ready_.empty(), "a file that is taken was made ready");
  SpareFile spare = std::move(ready_.front());
  ready_.pop_front();
  used_bytes_ += spare.capacity;
  return spare;
}

void LogSpares::retire(const std::string& path, std::uint64_t capacity, Sequence durable) {
  used_bytes_ -= capacity;
  const std::size_t kept_max =
      std::max<std::size_t>(kept_at_least, limits_.disk_bytes_max / limits_.segment_bytes / kept_part);
  const bool keep = capacity == limits_.segment_bytes && expected() < kept_max;
  start(path, keep, capacity, durable, Pace::steady);
}

Result<void> LogSpares::settle() {
  while (!chores_.empty()) {
    auto outcome = chores_.front().job.take();
    if (!outcome) break;
    chores_.pop_front();
    CW_TRY_VOID(take_result(std::move(*outcome)));
  }
  return {};
}

Result<void> LogSpares::take_result(Outcome outcome) {
  const bool full = !outcome && outcome.error().code == ErrorCode::storage_full;
  if (!outcome && !full) return tl::unexpected<Error>(outcome.error());
  disk_full_ = full;
  if (outcome && *outcome) ready_.push_back(std::move(**outcome));
  return {};
}

LogSpares::Outcome LogSpares::run(const Task& task) {
  if (task.pace == Pace::cancelled) return std::optional<SpareFile>();
  if (!task.gives_spare) {
    CW_TRY_VOID(remove_file(task.retired));
    CW_TRY_VOID(sync_folder(task.folder));
    return std::optional<SpareFile>();
  }
  const std::string path = task.folder + "/" + std::string(unfinished_prefix) + std::to_string(task.number);
  if (!task.retired.empty()) {
    CW_TRY_VOID(rename_file(task.retired, path));
    CW_TRY_VOID(sync_folder(task.folder));
  }
  Outcome outcome = prepare_file(task, path);
  if (!outcome && outcome.error().code == ErrorCode::storage_full) CW_TRY_VOID(remove_file(path));
  return outcome;
}

LogSpares::Outcome LogSpares::prepare_file(const Task& task, const std::string& path) {
  CW_TRY(PosixFile file, PosixFile::open(path, O_RDWR | O_CREAT));
  CW_TRY_VOID(fill(task, file));
  const SegmentHead head{random_salt(), *task.next_ordinal, task.bytes, task.durable};
  CW_TRY_VOID(file.write_at(0, encode_segment_head(head)));
  CW_TRY_VOID(file.sync_data());
  const std::string name = task.folder + "/" + segment_name(head.ordinal);
  CW_TRY_VOID(rename_file(path, name));
  CW_TRY_VOID(sync_folder(task.folder));
  file.set_path(name);
  ++*task.next_ordinal;
  return SpareFile{std::make_shared<PosixFile>(std::move(file)), head, task.bytes};
}

/// Somebody may come to wait for the file while it is filled: the rest is then left to the file system.
Result<void> LogSpares::fill(const Task& task, PosixFile& file) {
  CW_TRY_VOID(file.allocate(task.bytes));
  for (std::uint64_t at = 0; at < task.bytes;) {
    if (task.pace == Pace::hurried) {
      CW_TRY_VOID(file.truncate(0));
      return file.allocate(task.bytes);
    }
    const std::uint64_t count = std::min<std::uint64_t>(zeros.size(), task.bytes - at);
    CW_TRY_VOID(file.write_at(at, {zeros.data(), count}));
    at += count;
  }
  return {};
}

}  // namespace causeway
