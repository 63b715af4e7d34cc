// The ways to put a load on a server. Each runs it to its end and gives what it saw.
#pragma once

#include <string>

#include "base/result.h"
#include "bench/pace.h"
#include "bench/recorder.h"
#include "bench/workload.h"
#include "wire/level.h"

namespace causeway::bench {

struct LoadOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::uint32_t connections = 50;
  std::uint32_t pipeline = 1;  ///< operations under way on a connection in a closed loop
  std::uint32_t batch = 64;    ///< native protocols: operations a message
  Level level;                 ///< native protocols
  bool request_ids = false;    ///< through the client: increments that may be retried
  WorkloadOptions workload;
  RunOptions run;
};

/// Any server that speaks RESP: one thread, epoll; per connection and round one write and one read.
Result<Recorder> load_resp(const LoadOptions& options);
/// Through the C++ client, with its routing, retries and futures: what an application gets.
Result<Recorder> load_client(const LoadOptions& options);
/// The native protocol from messages that were encoded beforehand: what the server can do when its client costs little.
Result<Recorder> load_wire(const LoadOptions& options);

}  // namespace causeway::bench
