// What arrives at a node and what leaves it, in one turn.
#pragma once

#include <utility>
#include <vector>

#include "wire/message.h"

namespace causeway {

/// A client's connection, as the driver numbers it; a node only hands it back.
using ClientId = StrongId<struct ClientTag, std::uint64_t>;

struct Inbox {
  std::vector<Envelope> peers;
  std::vector<std::pair<ClientId, ClientMessage>> clients;
};

/// Order is kept per receiver. It leaves only after the turn's events are as durable as configured.
struct Outbox {
  std::vector<std::pair<NodeId, Envelope>> peers;
  std::vector<std::pair<ClientId, ClientMessage>> clients;
};

}  // namespace causeway
