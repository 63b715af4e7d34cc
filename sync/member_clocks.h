// The latest clock of every member (K_m of rules.md): acknowledgement, lag, stability and divergence all read from here.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "storage/shard_store.h"
#include "wire/message.h"

namespace causeway {

class MemberClocks {
 public:
  enum class News { stale, same, moved };

  /// Keeps the newer of what is known and what is said. A newer incarnation replaces, for it may have lost something.
  News learn(const MemberClock& said);

  /// Null: nothing is known of it yet.
  [[nodiscard]] const MemberClock* of(PartitionId partition, NodeId node) const;
  /// Whose actor it is; nothing if no member has named it.
  [[nodiscard]] std::optional<NodeId> owner(ActorId actor) const;
  void name_owner(ActorId actor, NodeId node) { owners_[actor] = node; }

  /// Durable with the store's next checkpoint: what moved since the last call.
  void save(ShardStore& store);
  Result<void> load(const ShardStore& store);

 private:
  using Place = std::pair<PartitionId, NodeId>;

  std::map<Place, MemberClock> clocks_;
  std::map<Place, bool> unsaved_;
  std::unordered_map<ActorId, NodeId> owners_;
};

}  // namespace causeway
