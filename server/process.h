// One node as a process: its shards, each on a thread of its own, until it is told to stop.
#pragma once

#include <memory>

#include "ring/topology.h"
#include "server/exit.h"
#include "server/options.h"

namespace causeway {

class StopSignals;

class Process {
 public:
  /// Opens the data folder, recovers, and opens the ports. `signals` must outlive the process. Errors: usage (no such
  /// node or route), cannot_start.
  static OrExit<std::unique_ptr<Process>> start(const ServerOptions& options, Topology topology,
                                                StopSignals& signals);
  ~Process();

  /// Runs the shards until a signal comes, and ends in order; or until one of them fails: then the others end.
  Exit run();

 private:
  struct Parts;
  explicit Process(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace causeway
