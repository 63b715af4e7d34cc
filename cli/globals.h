// What every command of the program shares: its options, its exit statuses, and where it prints.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.h"

namespace causeway::cli {

enum ExitStatus : int {
  done = 0,
  refused = 1,  ///< the store said no: not found, wrong type
  usage = 2,
  unavailable = 3,
  unknown = 4,  ///< it may have happened
};

struct Globals {
  std::string at;        ///< HOST:PORT of any node
  std::string topology;  ///< a file
  std::string datacenter;
  std::string level;  ///< LEVEL, or READ/WRITE
  unsigned timeout_ms = 5000;
  bool json = false;
};

/// Where a command prints, and how.
struct Output {
  std::ostream& out;
  std::ostream& error;
  bool json = false;
  bool terminal = false;  ///< a person reads `out`
};

/// Prints the error as a sentence to `error`, and with --json as an object to `out`; what the program exits with.
int report(const Error& error, Output& output);
/// The same, of an error before anything was asked of the store: what is invalid then is a usage error.
int report_call(const Error& error, Output& output);
/// A mistake in how the command was called.
int report_usage(const std::string& sentence, Output& output);
int exit_status_of(const Error& error);

/// The whole file. Errors: invalid, if it cannot be read.
Result<std::string> read_file(const std::string& path);

}  // namespace causeway::cli
