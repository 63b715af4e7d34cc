// causeway-turns FOLDER: one node in this process on real files, durability 1s, driven as fast as it turns; no network. So
// this is the shard alone: its rate, how long its turns take, and which took longest (a checkpoint is one of those). The
// processor time of a turn says the same where others use the machine.
#include <CLI/CLI.hpp>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

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

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  std::string operation = "set";
  std::uint64_t turn_requests = 64;
  double seconds = 10;
  WorkloadOptions options;
  CLI::App app("Drives one node in this process on real files.");
  app.add_option("folder", folder, "an empty folder")->required();
  app.add_option("--op", operation, "get, set, incr or sadd");
  app.add_option("-r,--keys", options.keys, "how many keys");
  app.add_option("--requests", turn_requests, "requests a turn")->check(CLI::PositiveNumber);
  app.add_option("--seconds", seconds, "how long");
  CLI11_PARSE(app, argc, argv);
  const auto wanted = operation_of(operation);
  if (!wanted) return 2;

  const Configuration configuration = one_datacenter(1);
  BenchNode node(configuration, "n1", now_ns(), folder, clocks());
  while (!node.core().status(clocks()).serving) node.turn(clocks());

  Workload workload(options);
  Histogram turns;
  Histogram cpu_turns;
  std::vector<Turn> longest;
  std::uint64_t done = 0;
  std::uint64_t busy_ns = 0;
  const std::uint64_t begin = now_ns();
  const auto end = begin + static_cast<std::uint64_t>(seconds * 1e9);
  while (now_ns() < end) {
    node.inbox.clients.emplace_back(ClientId{1}, requests_of(*wanted, options, workload, turn_requests));
    done += turn_requests;
    const Now now = clocks();
    const std::uint64_t before = now_ns();
    const std::uint64_t cpu_before = cpu_ns();
    node.turn(now);
    const std::uint64_t cpu_took = cpu_ns() - cpu_before;
    const std::uint64_t took = now_ns() - before;
    turns.add(took);
    busy_ns += took;
    cpu_turns.add(cpu_took);
    if (took > 2'000'000) {
      longest.push_back({static_cast<double>(before - begin) / 1e9, static_cast<double>(took) / 1e6,
                         static_cast<double>(cpu_took) / 1e6});
    }
  }
  std::sort(longest.begin(), longest.end(), [](const Turn& a, const Turn& b) { return a.cpu_ms > b.cpu_ms; });
  if (longest.size() > 20) longest.resize(20);
  json shown = json::array();
  for (const Turn& each : longest)
    shown.push_back({{"at_s", each.at_s}, {"took_ms", each.took_ms}, {"cpu_ms", each.cpu_ms}});
  std::printf("%s\n", json{{"operation", operation},
                           {"operations", done},
                           {"ns_per_operation", static_cast<double>(busy_ns) / static_cast<double>(done)},
                           {"turn_p50_us", static_cast<double>(turns.at(0.5)) / 1e3},
                           {"turn_p99_us", static_cast<double>(turns.at(0.99)) / 1e3},
                           {"turn_p999_us", static_cast<double>(turns.at(0.999)) / 1e3},
                           {"turn_max_ms", static_cast<double>(turns.max()) / 1e6},
                           {"turn_cpu_p999_us", static_cast<double>(cpu_turns.at(0.999)) / 1e3},
                           {"turn_cpu_max_ms", static_cast<double>(cpu_turns.max()) / 1e6},
                           {"longest", shown}}
                          .dump(1)
                          .c_str());
  CW_CHECK(node.core().stop(clocks()).has_value(), "it stops");
  return 0;
}
