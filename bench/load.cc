// causeway-load: puts a load on a server, and says in JSON how it was answered. The same program drives any server of
// RESP and, by its native protocol, ours.
#include "bench/load.h"

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "net/endpoint.h"

namespace {

using namespace causeway;
using namespace causeway::bench;
using nlohmann::json;

double micros(std::uint64_t ns) { return static_cast<double>(ns) / 1e3; }

/// User and system time of this process: what the generator itself cost.
double cpu_s() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

json report(const Recorder& seen, double cpu) {
  const double elapsed = seen.elapsed_s();
  json series = json::array();
  for (const auto& second : seen.seconds()) {
    series.push_back({{"operations", second.operations},
                      {"p50_us", micros(second.p50_ns)},
                      {"p99_us", micros(second.p99_ns)},
                      {"max_us", micros(second.max_ns)}});
  }
  const Histogram& times = seen.times();
  return {{"operations", seen.operations()},
          {"seconds", elapsed},
          {"per_second", elapsed > 0 ? static_cast<double>(seen.operations()) / elapsed : 0},
          {"errors", seen.errors()},
          {"first_error", seen.first_error()},
          {"mean_us", times.mean() / 1e3},
          {"p50_us", micros(times.at(0.5))},
          {"p90_us", micros(times.at(0.9))},
          {"p99_us", micros(times.at(0.99))},
          {"p999_us", micros(times.at(0.999))},
          {"max_us", micros(times.max())},
          {"generator_cpu_s", cpu},
          {"series", series}};
}

int give_up(const std::string& why) {
  std::fprintf(stderr, "causeway-load: %s\n", why.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  LoadOptions options;
  std::string at;
  std::string protocol = "resp";
  std::string operation = "set";
  std::string order = "uniform";
  std::string level = "LOCAL_QUORUM";
  CLI::App app("Puts a load on a server, and says in JSON how it was answered.");
  app.add_option("--at", at, "HOST:PORT of the server")->required();
  app.add_option("--protocol", protocol,
                 "resp; client: ours through the C++ client; wire: ours, encoded beforehand")
      ->check(CLI::IsMember({"resp", "client", "wire"}));
  app.add_option("--op", operation, "get, set, incr, sadd or ping");
  app.add_option("--reads", options.workload.reads, "so great a part of them is GET instead")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("-c,--connections", options.connections, "connections (client: of so many, in one)")
      ->check(CLI::Range(1U, 10'000U));
  app.add_option("-P,--pipeline", options.pipeline, "operations under way on each")
      ->check(CLI::Range(1U, 1'000'000U));
  app.add_option("--batch", options.batch, "client, wire: operations a message")
      ->check(CLI::Range(1U, 4096U));
  app.add_option("--level", level, "client, wire: the consistency level");
  app.add_flag("--request-ids", options.request_ids,
               "client: increments carry ids, so that they can be retried");
  app.add_option("-r,--keys", options.workload.keys, "how many keys (or members)")
      ->check(CLI::PositiveNumber);
  app.add_option("--first", options.workload.first, "the number of the first key");
  app.add_option("--order", order, "uniform, sequential or shuffled")
      ->check(CLI::IsMember({"uniform", "sequential", "shuffled"}));
  app.add_option("-d,--value-bytes", options.workload.value_bytes, "bytes of a value");
  app.add_option("--set-name", options.workload.set_name, "which set sadd adds to");
  app.add_option("--seconds", options.run.seconds, "how long")->check(CLI::PositiveNumber);
  app.add_option("--warmup", options.run.warmup_s, "seconds before that, not counted");
  app.add_option("-n,--operations", options.run.operations, "ends earlier, after so many");
  app.add_option("--rate", options.run.rate,
                 "open loop: so many a second, times taken from when each was due");
  app.add_option("--seed", options.workload.seed, "of the keys' order");
  CLI11_PARSE(app, argc, argv);

  const auto endpoint = parse_endpoint(at);
  if (!endpoint) return give_up("--at wants HOST:PORT, not " + at);
  options.host = endpoint->host;
  options.port = endpoint->port;
  const auto wanted = operation_of(operation);
  if (!wanted) return give_up("no such operation: " + operation);
  options.workload.operation = *wanted;
  options.workload.order = *order_of(order);
  const auto parsed = parse_level(level);
  if (!parsed) return give_up(to_string(parsed.error()));
  options.level = *parsed;

  const double before = cpu_s();
  const auto seen = protocol == "resp"     ? load_resp(options)
                    : protocol == "client" ? load_client(options)
                                           : load_wire(options);
  if (!seen) return give_up(to_string(seen.error()));
  std::printf("%s\n", report(*seen, cpu_s() - before).dump(1).c_str());
  return seen->errors() == 0 ? 0 : 1;
}
