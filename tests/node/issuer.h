// A peer that issues events, played by the test: what reaches a node from elsewhere.
#pragma once

#include "ring/placement.h"
#include "tests/crdt/event_draft.h"
#include "tests/crdt/replica.h"
#include "wire/message.h"

namespace causeway::testing {

class Issuer {
 public:
  explicit Issuer(std::uint64_t actor) : replica_(actor) {}

  /// The next event, encoded.
  Bytes issue(const std::vector<Bytes>& arguments, std::optional<RequestId> request = {}) {
    auto done = replica_.issue(arguments, Replica::wall_ms_usual, request);
    CW_CHECK(done.reply.has_value() && done.event.has_value(), "the command changes something");
    return encode_event(*done.event);
  }
  /// Has seen what another issued: its next event depends on it.
  void see(const Bytes& event) { replica_.apply(*draft_of(event)); }

  [[nodiscard]] ActorId actor() const { return replica_.actor(); }
  [[nodiscard]] const VersionVector& clock() const { return replica_.clock(); }
  /// What a node with this state says of itself, digest and all.
  [[nodiscard]] MemberClock says(PartitionId partition, BytesView node, std::uint64_t incarnation = 1) const {
    Hash128 digest;
    for (const Entry& entry : replica_.entries().all())
      digest += digest_of(entry.key, entry.path, entry.dot, entry.payload);
    return {partition, node_id(node), Incarnation{incarnation}, replica_.actor(), replica_.clock(), digest};
  }

 private:
  Replica replica_;
};

/// The n-th key that falls into the partition.
inline Bytes key_in(PartitionId partition, std::uint32_t partitions, int n = 0) {
  for (int i = 0;; ++i) {
    Bytes key = "key" + std::to_string(i);
    if (partition_of(key, partitions) == partition && n-- == 0) return key;
  }
}

}  // namespace causeway::testing
