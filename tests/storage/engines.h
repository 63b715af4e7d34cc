// Every engine of the log and of the state behind one face, so that one suite of tests runs on each.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/worker.h"
#include "storage/event_log.h"
#include "storage/state_store.h"

namespace causeway::testing {

/// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A log and the disk under it.
class LogEngine {
 public:
  virtual ~LogEngine() = default;
  virtual EventLog& log() = 0;
  /// The process dies, and another opens what is there. recover() is left to the caller.
  virtual void restart() = 0;
  /// Only what was synced is left.
  virtual void cut_power() = 0;
};

/// A state and the disk under it.
class StateEngine {
 public:
  virtual ~StateEngine() = default;
  virtual StateStore& state() = 0;
  virtual void restart() = 0;
};

inline constexpr const char* engine_names[] = {"memory", "disk"};

/// Does what was started when it is told to, or never.
class LateWorker final : public Worker {
 public:
  void start(std::function<void()> work) override { waiting_.push_back(std::move(work)); }
  void run_all() {
    for (; !waiting_.empty(); waiting_.pop_front()) waiting_.front()();
  }
  void run_some(std::size_t count) {
    for (; count > 0 && !waiting_.empty(); --count, waiting_.pop_front()) waiting_.front()();
  }
  /// The process died before.
  void drop_all() { waiting_.clear(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  std::deque<std::function<void()>> waiting_;
};

/// `name` is one of engine_names. A new log is not recovered yet. `beside` does what runs beside the turns; null: at once.
std::unique_ptr<LogEngine> make_log_engine(const std::string& name, const LogLimits& limits, LateWorker* beside = nullptr);
std::unique_ptr<StateEngine> make_state_engine(const std::string& name, std::uint64_t bytes_max);

/// In this process a sync does nothing, which is all that the death of a process asks of it, or fails.
void fail_syncs(bool fail);

/// Differs in each run, unless it is given: the first line that a test program prints says how.
std::uint64_t run_seed();

/// The segment files of a log, spare ones too, in order.
std::vector<std::string> segments_in(const std::string& folder);
/// The whole records in them, up to the first in each file that is not whole.
struct RecordPlace {
  std::string path;
  std::size_t offset;
  std::size_t size;
  Sequence sequence;
};
std::vector<RecordPlace> records_in(const std::string& folder);
/// As if they had never been written.
void forget_records_behind(const std::string& folder, Sequence last);
void overwrite(const std::string& path, std::size_t at, const std::string& bytes);

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& bytes);

}  // namespace causeway::testing
