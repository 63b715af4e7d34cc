// The commands of the program that are no data commands. Each prints, and returns the exit status.
#pragma once

#include <string>

#include "cli/globals.h"

namespace causeway::cli {

struct UpOptions {
  std::string file;
  std::string data;  ///< empty: causeway-data/CLUSTER below the current folder
  bool wan = false;
  bool fresh = false;
};

int run_up(const UpOptions& options, Output& output);
int run_down(const Globals& globals, Output& output);
int run_node_kill(const std::string& name, const Globals& globals, Output& output);
int run_node_start(const std::string& name, const Globals& globals, Output& output);

int run_status(const Globals& globals, Output& output);
int run_lag(const Globals& globals, Output& output);
/// `key` empty: the load of the nodes.
int run_ring(const std::string& key, bool has_key, const Globals& globals, Output& output);

/// `command`: a line for the relay, such as "cut eu us".
int run_wan(const std::string& command, const Globals& globals, Output& output);
/// The relay process itself: serves the routes in the file until SIGTERM.
int run_relay(const std::string& file, Output& output);

}  // namespace causeway::cli
