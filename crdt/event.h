// The unit of replication: one immutable event, logged, sent and applied as a whole.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/plant.h"
#include "crdt/dot.h"
#include "crdt/hlc.h"
#include "crdt/version_vector.h"

namespace causeway {

/// Names one request of a client, so that a retry counts once (rule 12).
struct RequestId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::int64_t expires_ms = 0;  ///< wall clock, ms since 1970: later retries are refused

  friend auto operator<=>(const RequestId&, const RequestId&) = default;
};

/// Removes the superseded entries at (key, path) and inserts the payload, if any, under the event's dot.
struct Update {
  Bytes key;
  Bytes path;
  std::optional<Bytes> payload;
  std::vector<Dot> supersedes;

  friend bool operator==(const Update&, const Update&) = default;
};

/// Removes every entry of `key` below `prefix` that `observed` covers, but for request ids: constant size.
struct RangeRemoval {
  Bytes key;
  Bytes prefix;
  VersionVector observed;

  friend bool operator==(const RangeRemoval&, const RangeRemoval&) = default;
};

using Mutation = std::variant<Update, RangeRemoval>;

struct Event {
  Dot dot;
  VersionVector deps;  ///< rows of other actors that moved at the issuer since its previous event
  Hlc hlc;
  std::optional<RequestId> request_id;
  std::vector<Mutation> mutations;  ///< no two insert at the same (key, path)

  friend bool operator==(const Event&, const Event&) = default;
};

/// Whether a replica at `clock` may apply an event with this dot and these deps now (causal delivery).
inline bool is_ready(const Dot& dot, const VersionVector& deps, const VersionVector& clock) {
  return clock.counter(dot.actor) + 1 == dot.counter && (planted(Plant::applied_before_causes) || clock.covers(deps));
}

}  // namespace causeway
