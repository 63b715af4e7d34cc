// The door for Redis clients: their commands become requests of the store, and its answers their replies.
#pragma once

#include <functional>

#include "net/resp_port.h"
#include "server/resp_commands.h"
#include "wire/message.h"

namespace causeway {

/// What INFO, HELLO and CONFIG tell of the node: the process knows it.
struct RespFacts {
  NodeStatus status;
  RespCounters counters;
  Bytes cluster;
  Bytes address;
  std::uint16_t port = 0;
  std::uint64_t uptime_s = 0;
  std::uint64_t memory_bytes = 0;   ///< the limit
  std::uint64_t request_bytes = 0;  ///< likewise
  bool durable_sync = true;
};

class RespDoor : public RespHandler {
 public:
  /// `facts` is called when a client asks for them.
  explicit RespDoor(std::function<RespFacts()> facts) : facts_(std::move(facts)) {}

  void command(RespConnection& from, RespArguments arguments) override;
  void write_error(RespWriter& into, const Error& error) const override;

  [[nodiscard]] const RespCommands& commands() const { return commands_; }
  [[nodiscard]] RespFacts facts() const { return facts_(); }

 private:
  RespCommands commands_;
  std::function<RespFacts()> facts_;
};

/// The version of Redis whose replies the door gives.
inline constexpr BytesView redis_version = "7.0.15";

}  // namespace causeway
