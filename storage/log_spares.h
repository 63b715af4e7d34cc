// The files of the log that hold no records: those that stand ready to be the next segments, and those that were trimmed.
// A worker prepares them beside the shard's loop: zeros over the whole file, so that a sync of records there has no
// blocks to allocate or to convert, then the head, then the name; each durable before the next.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/worker.h"
#include "storage/event_log.h"
#include "storage/log_frame.h"
#include "storage/posix_file.h"

namespace causeway {

/// "00000000000000000001.log"
std::string segment_name(std::uint64_t ordinal);
std::optional<std::uint64_t> parse_segment_name(const std::string& name);

/// A segment to be: all zeros behind its head.
struct SpareFile {
  std::shared_ptr<PosixFile> file;
  SegmentHead head;
  std::uint64_t capacity = 0;
};

class LogSpares {
 public:
  LogSpares(std::string folder, const LogLimits& limits, Worker& worker);
  LogSpares(const LogSpares&) = delete;
  LogSpares& operator=(const LogSpares&) = delete;
  /// What the worker has not begun by then, it leaves.
  ~LogSpares();

  /// Removes what a crash left unfinished.
  Result<void> clear_litter() const;
  /// What was recovered: files that stand ready, the number of the next one, and the size of the segments in use.
  void adopt(std::vector<SpareFile> ready, std::uint64_t next_ordinal, std::uint64_t segment_bytes);

  /// Begins to prepare what is short of `count` files, as far as there is room. `durable` is known to be.
  void prepare(std::size_t count, Sequence durable);
  /// Returns once `count` files are ready: those that are under way, or made on the spot. `hurried`: blocks that are
  /// reserved, without zeros, will do. Errors: storage_full, retryable.
  Result<void> obtain(std::size_t count, Sequence durable, bool hurried);
  /// The files that are under way are wanted soon: zeros can be left out.
  void hurry();
  /// The next file, now in use. REQUIRES: ready() > 0.
  SpareFile take();
  /// A file in use grew; the caller has asked fits().
  void note_growth(std::uint64_t bytes) { used_bytes_ += bytes; }
  /// A file is no longer in use, the oldest of those that were: it becomes a spare one, or goes.
  void retire(const std::string& path, std::uint64_t capacity, Sequence durable);
  /// Takes the results of the worker. Errors: final.
  Result<void> settle();
  /// Looks again whether the disk has room.
  void try_again() { disk_full_ = false; }

  [[nodiscard]] std::size_t ready() const { return ready_.size(); }
  /// Ready, or under way.
  [[nodiscard]] std::size_t expected() const;
  [[nodiscard]] bool disk_full() const { return disk_full_; }  ///< the last attempt found no room
  /// Whether the limit of the log leaves so much.
  [[nodiscard]] bool fits(std::uint64_t more_bytes) const;
  /// Of the files in use.
  [[nodiscard]] std::uint64_t used_bytes() const { return used_bytes_; }

 private:
  enum class Pace : std::uint8_t { steady, hurried, cancelled };
  /// What the worker needs; it may outlive this object.
  struct Task {
    std::string folder;
    std::string retired;  ///< a file to make use of, or to remove; empty: a new one
    bool gives_spare = true;
    std::uint64_t bytes = 0;
    std::uint64_t number = 0;  ///< names unfinished files apart
    Sequence durable;
    std::shared_ptr<std::uint64_t> next_ordinal;  ///< only touched by the task whose turn it is
    std::atomic<Pace> pace = Pace::steady;
  };
  using Outcome = Result<std::optional<SpareFile>>;
  struct Chore {
    Job<Outcome> job;
    std::shared_ptr<Task> task;
  };

  static Outcome run(const Task& task);
  static Outcome prepare_file(const Task& task, const std::string& path);
  static Result<void> fill(const Task& task, PosixFile& file);
  void start(std::string retired, bool gives_spare, std::uint64_t bytes, Sequence durable, Pace pace);
  Result<void> take_result(Outcome outcome);

  std::string folder_;
  LogLimits limits_;
  Worker& worker_;
  std::deque<SpareFile> ready_;
  std::deque<Chore> chores_;  ///< in order; done in order
  std::shared_ptr<std::uint64_t> next_ordinal_ = std::make_shared<std::uint64_t>(1);
  std::uint64_t numbers_ = 0;
  std::uint64_t used_bytes_ = 0;
  bool disk_full_ = false;
};

}  // namespace causeway
