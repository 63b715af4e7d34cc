// One request on its way through its coordinator.
#pragma once

#include <compare>
#include <variant>

#include "base/time.h"
#include "crdt/command.h"
#include "wire/mail.h"

namespace causeway {

/// A node that handed a request over: the answer goes back there, under the number that it gave.
struct Forwarded {
  NodeId by;
  friend auto operator<=>(const Forwarded&, const Forwarded&) = default;
};
/// Whose request it is.
using Origin = std::variant<ClientId, Forwarded>;

struct Operation {
  Origin origin;
  Request request;
  Call call{};
  PartitionId partition;
  MonoTime deadline;
  std::uint64_t key_hash = 0;  ///< Partition::hash_of()
  std::size_t bytes = 0;       ///< of the arguments and the session
};

}  // namespace causeway
