// causeway-turns FOLDER: shards in this process on real files, durability 1s, each driven by a thread as fast as it turns; no
// network. So this is the shard alone: its rate, how long its turns take, and which took longest (a checkpoint is one of
// those); and with several, whether they slow each other. The processor time of a turn says the same where others use the
// machine.
#include <CLI/CLI.hpp>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/check.h"
#include "bench/nodes.h"
#include "bench/recorder.h"
#include "bench/workload.h"

namespace {

using namespace causeway;
using namespace causeway::bench;
using nlohmann::json;

Now clocks() {
  const auto mono = std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now().time_since_epoch());
  const auto wall = std::chrono::duration_cast<Micros>(std::chrono::system_clock::now().time_since_epoch());
  return {MonoTime(mono), WallTime(wall)};
}

struct Turn {
  double at_s;
  double took_ms;
  double cpu_ms;
};

std::uint64_t cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

struct Plan {
  std::string folder;
  Operation operation = Operation::set;
  std::uint64_t turn_requests = 64;
  double seconds = 10;
  WorkloadOptions options;
};

/// One shard, driven by the calling thread.
class Drive {
 public:
  Drive(const Plan& plan, std::uint64_t shard)
      : plan_(plan),
        node_(one_datacenter(1), "n1", now_ns() + shard, plan.folder + "/" + std::to_string(shard),
              clocks()) {
    while (!node_.core().status(clocks()).serving) node_.turn(clocks());
  }

  void run() {
    Workload workload(plan_.options);
    const std::uint64_t begin = now_ns();
    const auto end = begin + static_cast<std::uint64_t>(plan_.seconds * 1e9);
    while (now_ns() < end) {
      node_.inbox.clients.emplace_back(
          ClientId{1}, requests_of(plan_.operation, plan_.options, workload, plan_.turn_requests));
      done_ += plan_.turn_requests;
      const Now now = clocks();
      const std::uint64_t before = now_ns();
      const std::uint64_t cpu_before = cpu_ns();
      node_.turn(now);
      const std::uint64_t cpu_took = cpu_ns() - cpu_before;
      const std::uint64_t took = now_ns() - before;
      turns_.add(took);
      cpu_turns_.add(cpu_took);
      busy_ns_ += took;
      if (took > 2'000'000) {
        longest_.push_back({static_cast<double>(before - begin) / 1e9, static_cast<double>(took) / 1e6,
                            static_cast<double>(cpu_took) / 1e6});
      }
    }
    std::sort(longest_.begin(), longest_.end(),
              [](const Turn& a, const Turn& b) { return a.cpu_ms > b.cpu_ms; });
    if (longest_.size() > 20) longest_.resize(20);
  }

  [[nodiscard]] json result() const {
    json shown = json::array();
    for (const Turn& each : longest_)
      shown.push_back({{"at_s", each.at_s}, {"took_ms", each.took_ms}, {"cpu_ms", each.cpu_ms}});
    return {{"operations", done_},
            {"ns_per_operation", static_cast<double>(busy_ns_) / static_cast<double>(done_)},
            {"turn_p50_us", static_cast<double>(turns_.at(0.5)) / 1e3},
            {"turn_p99_us", static_cast<double>(turns_.at(0.99)) / 1e3},
            {"turn_p999_us", static_cast<double>(turns_.at(0.999)) / 1e3},
            {"turn_max_ms", static_cast<double>(turns_.max()) / 1e6},
            {"turn_cpu_p999_us", static_cast<double>(cpu_turns_.at(0.999)) / 1e3},
            {"turn_cpu_max_ms", static_cast<double>(cpu_turns_.max()) / 1e6},
            {"longest", shown}};
  }
  void stop() { CW_CHECK(node_.core().stop(clocks()).has_value(), "it stops"); }

 private:
  const Plan& plan_;
  BenchNode node_;
  Histogram turns_;
  Histogram cpu_turns_;
  std::vector<Turn> longest_;
  std::uint64_t done_ = 0;
  std::uint64_t busy_ns_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Plan plan;
  std::string operation = "set";
  std::uint64_t shards = 1;
  CLI::App app("Drives shards in this process on real files.");
  app.add_option("folder", plan.folder, "an empty folder")->required();
  app.add_option("--op", operation, "get, set, incr or sadd");
  app.add_option("-r,--keys", plan.options.keys, "how many keys in each shard");
  app.add_option("--requests", plan.turn_requests, "requests a turn")->check(CLI::PositiveNumber);
  app.add_option("--seconds", plan.seconds, "how long");
  app.add_option("--shards", shards, "how many, each on a thread")->check(CLI::Range(1, 64));
  CLI11_PARSE(app, argc, argv);
  const auto wanted = operation_of(operation);
  if (!wanted) return 2;
  plan.operation = *wanted;

  std::vector<std::unique_ptr<Drive>> drives;
  for (std::uint64_t k = 0; k < shards; ++k) drives.push_back(std::make_unique<Drive>(plan, k));
  std::vector<std::thread> threads;
  for (auto& drive : drives) threads.emplace_back([&drive] { drive->run(); });
  for (std::thread& thread : threads) thread.join();
  json result = drives.front()->result();
  result["operation"] = operation;
  if (shards > 1) {
    result["shards"] = json::array();
    for (auto& drive : drives) result["shards"].push_back(drive->result());
  }
  std::printf("%s\n", result.dump(1).c_str());
  for (auto& drive : drives) drive->stop();
  return 0;
}
