// A wide-area network on one machine: TCP connections between datacenters go through here, where they are delayed, cut
// and healed. One thread, no sleep.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/endpoint.h"

namespace causeway {

/// Nodes of datacenter `from` connect to `listen` to reach a node of datacenter `to` at `target`.
struct RelayRoute {
  Endpoint listen;
  Endpoint target;
  std::string from;
  std::string to;
};

/// Between two datacenters, both ways alike. A route between two that have no link gets one without delay.
struct RelayLink {
  std::string a;
  std::string b;
  Micros delay{0};   ///< one way
  Micros jitter{0};  ///< added to it, 0 to this; the order of bytes stays
};

struct RelayOptions {
  std::vector<RelayRoute> routes;
  std::vector<RelayLink> links;
  Endpoint control;  ///< where commands are taken, in lines of text
  std::uint64_t seed = 0;
};

struct RelayLimits {
  static constexpr std::size_t held_bytes_max = std::size_t{4}
                                                << 20U;  ///< per connection and direction: then reading stops
  static constexpr std::size_t read_bytes = std::size_t{64} << 10U;
  static constexpr std::size_t connections_max = 2048;
  static constexpr std::size_t command_bytes_max = 1024;
  static constexpr std::size_t control_connections_max = 16;
  static constexpr int backlog = 64;
  static constexpr std::uint32_t delay_ms_max = 60'000;
};

/// While a link is cut, all that is under way is held, and its connections freeze: they go on after the heal, unless the
/// ends have given up. New connections are taken up after the heal.
///
/// Commands, a line each; the answer is one line of JSON, {"error": "…"} if it could not be done:
///   cut A B         heal [A B]         delay A B MS         state
/// `state`, and every other command that was done, answers
///   {"links": [{"between": ["eu", "us"], "cut": false, "delay_ms": 40, "jitter_ms": 2, "connections": 6,
///               "bytes": [from eu, from us], "held_bytes": 0}, …]}
class Relay {
 public:
  /// Listens everywhere. Errors: as listen_tcp.
  static Result<std::unique_ptr<Relay>> open(RelayOptions options);
  ~Relay();

  /// Serves until `stop_fd` is readable.
  void run(int stop_fd);

 private:
  struct Parts;
  explicit Relay(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// Sends a command to a relay's control address and waits for the answer. Errors: unavailable (no relay there).
Result<std::string> ask_relay(const Endpoint& control, const std::string& command, Micros timeout = 5s);

}  // namespace causeway
