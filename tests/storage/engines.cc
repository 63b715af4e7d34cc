#include "engines.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "storage/file_log.h"
#include "storage/lmdb_state.h"
#include "storage/log_spares.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"

namespace {

std::atomic<bool> syncs_fail = false;

int sync_or_fail() {
  if (!syncs_fail) return 0;
  errno = EIO;
  return -1;
}

}  // namespace

// These stand before the system's, also for LMDB.
extern "C" int fdatasync(int) { return sync_or_fail(); }
extern "C" int fsync(int) { return sync_or_fail(); }

namespace causeway::testing {
namespace {

class MemoryLogEngine final : public LogEngine {
 public:
  MemoryLogEngine(const LogLimits& limits, LateWorker* beside) : beside_(beside), log_(limits, beside) {}
  EventLog& log() override { return log_; }
  void restart() override {
    if (beside_ != nullptr) beside_->drop_all();
    log_.crash({});
  }
  void cut_power() override {
    restart();
    log_.crash({true, 0, false});
  }

 private:
  LateWorker* beside_;
  MemoryEventLog log_;
};

class FileLogEngine final : public LogEngine {
 public:
  FileLogEngine(const LogLimits& limits, LateWorker* beside) : limits_(limits), beside_(beside) { restart(); }
  EventLog& log() override { return *log_; }
  void restart() override {
    if (beside_ != nullptr) beside_->drop_all();
    Worker& worker = beside_ != nullptr ? static_cast<Worker&>(*beside_) : at_once_;
    log_ = std::make_unique<FileEventLog>(folder_.path(), limits_, worker, worker);
  }
  void cut_power() override {
    const Sequence durable = log_->durable();
    restart();
    forget_records_behind(folder_.path(), durable);
  }

 private:
  TemporaryFolder folder_;
  LogLimits limits_;
  LateWorker* beside_;
  InlineWorker at_once_;
  std::unique_ptr<FileEventLog> log_;
};

class MemoryStateEngine final : public StateEngine {
 public:
  explicit MemoryStateEngine(std::uint64_t bytes_max) : state_(bytes_max) {}
  StateStore& state() override { return state_; }
  void restart() override { state_.crash(); }

 private:
  MemoryStateStore state_;
};

class LmdbStateEngine final : public StateEngine {
 public:
  explicit LmdbStateEngine(std::uint64_t bytes_max) : limits_{bytes_max} { restart(); }
  StateStore& state() override { return *state_; }
  void restart() override {
    state_.reset();
    auto opened = LmdbStateStore::open(folder_.path(), limits_);
    INFO((opened ? "" : to_string(opened.error())));
    REQUIRE(opened);
    state_ = std::move(*opened);
  }

 private:
  TemporaryFolder folder_;
  LmdbLimits limits_;
  std::unique_ptr<LmdbStateStore> state_;
};

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "causeway-test-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<LogEngine> make_log_engine(const std::string& name, const LogLimits& limits, LateWorker* beside) {
  if (name == "memory") return std::make_unique<MemoryLogEngine>(limits, beside);
  return std::make_unique<FileLogEngine>(limits, beside);
}

std::vector<std::string> segments_in(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (parse_segment_name(entry.path().filename().string())) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<RecordPlace> records_in(const std::string& folder) {
  std::vector<RecordPlace> places;
  for (const std::string& path : segments_in(folder)) {
    const std::string bytes = read_file(path);
    const auto head = decode_segment_head(bytes);
    REQUIRE(head);
    for (std::size_t at = segment_head_bytes;;) {
      const auto frame = read_frame(BytesView(bytes).substr(at), head->salt);
      if (!frame) break;
      places.push_back({path, at, frame->size, frame->sequence});
      at += frame->size;
    }
  }
  return places;
}

void overwrite(const std::string& path, std::size_t at, const std::string& bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(at)).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(file.good());
}

void forget_records_behind(const std::string& folder, Sequence last) {
  for (const RecordPlace& place : records_in(folder)) {
    if (place.sequence > last) overwrite(place.path, place.offset, std::string(place.size, '\0'));
  }
}

std::unique_ptr<StateEngine> make_state_engine(const std::string& name, std::uint64_t bytes_max) {
  if (name == "memory") return std::make_unique<MemoryStateEngine>(bytes_max);
  return std::make_unique<LmdbStateEngine>(bytes_max);
}

void fail_syncs(bool fail) { syncs_fail = fail; }

std::uint64_t run_seed() {
  const char* given = std::getenv("RC_PARAMS");
  const std::string text = given == nullptr ? "" : given;
  const std::size_t at = text.find("seed=");
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + 5, nullptr, 10);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const std::string& bytes) {
  std::filesystem::remove(path);  // truncating it instead makes some file systems flush at once
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(out.good());
}

}  // namespace causeway::testing
