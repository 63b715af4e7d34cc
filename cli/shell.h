// The interactive shell.
#pragma once

#include "cli/globals.h"

namespace causeway::cli {

/// Reads commands until the end of input, from a terminal with history and completion. Returns done; from a pipe, the exit
/// status of the first command that failed.
int run_shell(const Globals& globals, Output& output);

}  // namespace causeway::cli
