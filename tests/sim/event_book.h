// Every event that any log ever held after a turn that succeeded, with all that its issuer had seen. What must hold of an
// event for ever is checked when it is entered: a dot names one event, and an actor's counters have no gap.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/time.h"
#include "crdt/codec.h"
#include "tests/crdt/event_draft.h"
#include "tests/sim/verdict.h"

namespace causeway::testing {

std::string to_text(const Dot& dot);

struct KnownEvent {
  EventDraft event;
  Bytes bytes;
  VersionVector past;                  ///< all that its issuer had seen, itself left out
  NodeId issuer;                       ///< who logged it first
  Hlc newest;                          ///< the highest stamp among it and its past
  std::map<NodeId, MonoTime> covered;  ///< since when each replica has it, durably
  bool excused = false;  ///< it may be lost: every disk that had it lost it, beyond what durability promises
};

/// The events of one partition.
class EventBook {
 public:
  EventBook(PartitionId partition, Verdict& verdict) : partition_(partition), verdict_(verdict) {}

  /// What a node logged. Null after what must not be, which is blamed.
  const KnownEvent* enter(NodeId node, BytesView bytes);

  /// Null: unknown.
  [[nodiscard]] KnownEvent* find(const Dot& dot);
  /// Calls for each event that `to` covers and `from` does not, in an order that respects causality. False if they have
  /// no such order, or some are unknown: that is blamed on `who`.
  bool between(const VersionVector& from, const VersionVector& to, const std::string& who,
               const std::function<void(KnownEvent&)>& visit);
  void each(const std::function<void(KnownEvent&)>& visit);
  [[nodiscard]] std::uint64_t size() const { return by_bytes_.size(); }
  [[nodiscard]] std::string name() const { return "partition " + std::to_string(partition_.value); }

 private:
  PartitionId partition_;
  Verdict& verdict_;
  std::map<ActorId, std::vector<std::unique_ptr<KnownEvent>>> actors_;  ///< counters from 1
  std::unordered_multimap<std::uint64_t, KnownEvent*> by_bytes_;
};

}  // namespace causeway::testing
