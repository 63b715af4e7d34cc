// The unit of replication: one immutable event, logged, sent and applied as a whole. It has one byte form
// (crdt/codec.h), and is read where it stands.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <span>

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

struct EventHead {
  Dot dot;
  VersionVector deps;  ///< rows of other actors that moved at the issuer since its previous event
  Hlc hlc;
};

enum class MutationForm : std::uint8_t {
  remove = 0,  ///< removes the superseded entries at (key, path)
  insert = 1,  ///< and inserts the payload there, under the event's dot
  range =
      2,  ///< removes every entry of `key` below the prefix that `observed` covers, but for request ids: constant size
};

/// One change. Its views live as long as the event's bytes.
struct Mutation {
  MutationForm form = MutationForm::remove;
  BytesView key;
  BytesView path;        ///< of a range removal: the prefix
  BytesView payload;     ///< of an insert
  std::uint32_t at = 0;  ///< where its dots, or its vector, begin in the event's
  std::uint32_t dots = 0;
};

/// A decoded event, over the bytes that it was decoded from.
struct Event : EventHead {
  std::optional<RequestId> request_id;
  boost::container::small_vector<Mutation, 4> mutations;  ///< no two insert at the same (key, path)
  boost::container::small_vector<Dot, 8> dots;
  boost::container::small_vector<VersionVector, 1> vectors;
  BytesView bytes;

  [[nodiscard]] std::span<const Dot> supersedes(const Mutation& mutation) const {
    return {dots.data() + mutation.at, mutation.dots};
  }
  /// REQUIRES: a range removal.
  [[nodiscard]] const VersionVector& observed(const Mutation& mutation) const { return vectors[mutation.at]; }
};

/// Whether a replica at `clock` may apply an event with this dot and these deps now (causal delivery).
inline bool is_ready(const Dot& dot, const VersionVector& deps, const VersionVector& clock) {
  return clock.counter(dot.actor) + 1 == dot.counter &&
         (planted(Plant::applied_before_causes) || clock.covers(deps));
}

}  // namespace causeway
