// The latest clock of every member (K_m of rules.md): acknowledgement, lag, stability and divergence all read from here.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/shard_store.h"
#include "wire/message.h"

namespace causeway {

class MemberClocks {
 public:
  enum class News {
    stale,
    same,
    later,  ///< the same clock, said at a later time
    heard,  ///< the same clock, said by one who knows other actors of the members
    moved,
  };

  /// Keeps the newer of what is known and what is said. A newer incarnation replaces, for it may have lost something.
  News learn(const MemberClock& said);

  /// Null: nothing is known of it yet.
  [[nodiscard]] const MemberClock* of(PartitionId partition, NodeId node) const;
  /// Visits what is known of the partition's members, of now and before.
  void each_of(PartitionId partition, FunctionRef<void(const MemberClock&)> visit) const;
  /// Whose actor it is; nothing if no member has named it.
  [[nodiscard]] std::optional<NodeId> owner(ActorId actor) const;

  /// The node has claimed this actor here, itself: what it issued under another one comes from others only (rule 2).
  void claimed(NodeId node, ActorId actor);
  [[nodiscard]] std::optional<ActorId> claim_of(NodeId node) const;
  /// Which actors the members have claimed here, summed up (MemberClock::peers); one that has claimed none is left out.
  [[nodiscard]] std::uint64_t peers(std::span<const NodeId> members) const;
  /// Counts the changes of that.
  [[nodiscard]] std::uint64_t claims_version() const { return claims_version_; }

  /// Durable with the store's next checkpoint: what moved since the last call.
  void save(ShardStore& store);
  Result<void> load(const ShardStore& store);
  /// The partition whose member's clock the note holds; nothing for notes of others.
  static std::optional<PartitionId> partition_of_note(BytesView name);

 private:
  News learn_later(const MemberClock& said, MemberClock& known);

  using Place = std::pair<PartitionId, NodeId>;

  std::map<Place, MemberClock> clocks_;
  std::map<Place, bool> unsaved_;
  std::unordered_map<ActorId, NodeId> owners_;
  std::unordered_map<NodeId, ActorId> claims_;
  std::uint64_t claims_version_ = 0;
};

}  // namespace causeway
