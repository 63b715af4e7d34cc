// What is settled (rules.md): every member, those that are away or stale too, has sent a clock that covers it, and this
// replica covers all these clocks. So whatever was concurrent with it has been applied here, and nothing more of that kind
// can arrive: only then may state be forgotten. *Stable*, applied by all, is less, and does for the log alone.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/function_ref.h"
#include "crdt/version_vector.h"
#include "wire/message.h"

namespace causeway {

/// The share of one member in a sum of who has which actor (MemberClock::peers).
std::uint64_t peer_mark(NodeId node, ActorId actor);

/// What one replica knows to be settled in its partition. As long as no member loses its actor, it only grows.
class Settled {
 public:
  /// The latest clock of a member, this replica's own too; null: none was ever heard.
  using Latest = FunctionRef<const MemberClock*(NodeId)>;

  /// Looks at what the members last said, from a replica at `clock`. Of a clock that is not covered yet a copy is kept until
  /// it is, so that one of them gets its turn also where they move all the time.
  void look(std::span<const NodeId> members, Latest latest, const VersionVector& clock);

  /// What is settled.
  [[nodiscard]] const VersionVector& clock() const { return clock_; }
  /// The clocks by which it is were sent when their senders' walls had all come so far: whatever is issued later anywhere
  /// is issued as if it were no earlier. 0: not known.
  [[nodiscard]] std::uint64_t wall_ms() const { return wall_ms_; }

  /// Whether the actor itself, while it is a member's, has sent a clock that covers the dot, which this replica covers: what
  /// it issues later has seen that event, and what it issued before is here.
  [[nodiscard]] bool has_seen(ActorId actor, const Dot& dot) const;
  /// Whether the actor of an event that is settled can have issued no other that is not here, and will issue none: it is no
  /// member's any more, and all members sent the clocks by which it is settled after they had learned that.
  [[nodiscard]] bool has_ended(ActorId actor) const;

 private:
  struct Row {
    NodeId node;
    std::optional<MemberClock> covered;  ///< the latest that this replica covers
    std::optional<MemberClock> waiting;  ///< a later one, that it does not cover yet
  };

  static void take(Row& row, const MemberClock& said, const VersionVector& clock);
  void sum_up();

  std::vector<Row> rows_;
  VersionVector clock_;
  std::uint64_t wall_ms_ = 0;
  bool know_each_other_ = false;  ///< each by the actor under which the other's clock was sent
};

}  // namespace causeway
