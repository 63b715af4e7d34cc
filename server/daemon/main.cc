// causewayd: one node, or a check of a topology file.
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <utility>

#include "server/machine.h"
#include "server/memory_fault.h"
#include "server/options.h"
#include "server/process.h"
#include "server/signals.h"
#include "server/topology_file.h"

namespace {

using namespace causeway;

OrExit<std::unique_ptr<Process>> start(const ServerOptions& options, Topology topology,
                                       StopSignals& signals) {
  try {
    return Process::start(options, std::move(topology), signals);
  } catch (const std::exception& error) {  // of a library: the system refuses a socket, a thread, memory
    return exit_with(ExitStatus::cannot_start, std::string("the system refuses: ") + error.what());
  }
}

Exit serve(const ServerOptions& options) {
  auto topology = load_topology(options.check.empty() ? options.topology : options.check);
  if (!topology) return topology.error();
  if (!options.check.empty()) return {ExitStatus::stopped, "ok\n"};
  raise_descriptor_limit();
  explain_memory_faults(options.data);
  StopSignals signals;
  auto process = start(options, std::move(*topology), signals);
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
