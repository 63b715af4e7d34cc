// causewayd: one node, or a check of a topology file.
#include <csignal>
#include <cstdio>

#include "server/options.h"
#include "server/process.h"
#include "server/signals.h"
#include "server/topology_file.h"

namespace {

using namespace causeway;

Exit serve(const ServerOptions& options) {
  auto topology = load_topology(options.check.empty() ? options.topology : options.check);
  if (!topology) return topology.error();
  if (!options.check.empty()) return {ExitStatus::stopped, "ok\n"};
  StopSignals signals;
  auto process = Process::start(options, std::move(*topology), signals);
  if (!process) return process.error();
  return (*process)->run();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto options = parse_options(argc, argv);
  const Exit end = options ? serve(*options) : options.error();
  if (end.status == ExitStatus::stopped) {
    std::fputs(end.text.c_str(), stdout);
  } else {
    std::fprintf(stderr, "causewayd: %s%s", end.text.c_str(),
                 end.text.empty() || end.text.back() != '\n' ? "\n" : "");
  }
  return static_cast<int>(end.status);
}
