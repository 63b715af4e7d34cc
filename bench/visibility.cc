// causeway-visibility --topology FILE --from DC --to DC: writes a unique value in one datacenter and reads in the other, over
// a connection of its own, until it is there. Prints in JSON how long that took from the call, and from the acknowledgement.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/recorder.h"
#include "causeway/client.h"

namespace {

using namespace causeway;
using namespace causeway::bench;
using nlohmann::json;

int give_up(const std::string& why) {
  std::fprintf(stderr, "causeway-visibility: %s\n", why.c_str());
  return 2;
}

Result<Client> connect(const std::string& topology, const std::string& datacenter) {
  ClientOptions options;
  options.topology = topology;
  options.datacenter = datacenter;
  return Client::connect(std::move(options));
}

json shown(const Histogram& times) {
  const auto micros = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e3; };
  return {{"count", times.count()},
          {"p50_us", micros(times.at(0.5))},
          {"p90_us", micros(times.at(0.9))},
          {"p99_us", micros(times.at(0.99))},
          {"max_us", micros(times.max())}};
}

}  // namespace

int main(int argc, char** argv) {
  std::string file;
  std::string from;
  std::string to;
  std::uint64_t probes = 200;
  CLI::App app("Measures how long a write takes to be visible in another datacenter.");
  app.add_option("--topology", file, "the topology file")->required();
  app.add_option("--from", from, "the datacenter that writes")->required();
  app.add_option("--to", to, "the datacenter that reads")->required();
  app.add_option("--probes", probes, "how many writes");
  CLI11_PARSE(app, argc, argv);
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return give_up("cannot read " + file);
  const auto writer = connect(text.str(), from);
  if (!writer) return give_up(to_string(writer.error()));
  const auto reader = connect(text.str(), to);
  if (!reader) return give_up(to_string(reader.error()));

  CallOptions near;
  near.read_level = Level{Level::Kind::local_one, 0};
  Histogram write;
  Histogram seen;
  Histogram behind;
  const std::string run = std::to_string(now_ns());
  for (std::uint64_t i = 0; i < probes; ++i) {
    const std::string key = "probe:" + run + ":" + std::to_string(i);
    const std::uint64_t begin = now_ns();
    const auto put = writer->execute({"set", key, "there"});
    if (!put) return give_up(to_string(put.error()));
    const std::uint64_t acknowledged = now_ns();
    for (;;) {
      const auto value = reader->execute({"get", key}, near);
      if (!value) return give_up(to_string(value.error()));
      if (!value->is_nil()) break;
      if (now_ns() - begin > 60'000'000'000U) return give_up("a write is not visible after 60 s");
    }
    const std::uint64_t now = now_ns();
    write.add(acknowledged - begin);
    seen.add(now - begin);
    behind.add(now - acknowledged);
  }
  std::printf("%s\n", json{{"from", from},
                           {"to", to},
                           {"write", shown(write)},
                           {"visible", shown(seen)},
                           {"after_acknowledgement", shown(behind)}}
                          .dump(1)
                          .c_str());
  return 0;
}
