// Every engine of the log and of the state behind one face, so that one suite of tests runs on each.
#pragma once

#include <memory>
#include <string>

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
};

/// A state and the disk under it.
class StateEngine {
 public:
  virtual ~StateEngine() = default;
  virtual StateStore& state() = 0;
  virtual void restart() = 0;
};

inline constexpr const char* engine_names[] = {"memory", "disk"};

/// `name` is one of engine_names. A new log is not recovered yet.
std::unique_ptr<LogEngine> make_log_engine(const std::string& name, const LogLimits& limits);
std::unique_ptr<StateEngine> make_state_engine(const std::string& name, std::uint64_t bytes_max);

/// In this process a sync does nothing, which is all that the death of a process asks of it, or fails.
void fail_syncs(bool fail);

/// Differs in each run, unless it is given: the first line that a test program prints says how.
std::uint64_t run_seed();

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& bytes);

}  // namespace causeway::testing
