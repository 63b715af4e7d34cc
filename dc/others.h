// What a command may want of the other replicas, with nobody waiting: rights of bounded counters.
#pragma once

#include <map>
#include <vector>

#include "crdt/command.h"
#include "dc/site.h"

namespace causeway {

class OtherReplicas final : public Others {
 public:
  explicit OtherReplicas(Site& site) : site_(site) {}

  void observe(Now now) { now_ = now.mono; }
  /// Null while this node does not serve: it inherits nothing then.
  void serve(const Claimed* claimed) { claimed_ = claimed; }

  [[nodiscard]] Bytes name_of(ActorId actor) const override;
  /// The same actor is asked about the same key once in a while only.
  void ask(ActorId actor, const std::vector<Bytes>& arguments) override;
  [[nodiscard]] bool inherits(BytesView key, ActorId actor) const override;

 private:
  static constexpr std::size_t asked_max = 1024;  ///< beyond it nobody is asked until some have grown old
  static constexpr Micros again_after = 100ms;

  /// As far as this node has heard: its node has claimed another since.
  [[nodiscard]] bool is_said_to_have_ended(ActorId actor) const;
  [[nodiscard]] PartitionId partition_of(BytesView key) const;
  /// Of all replicas of the partition one, the same wherever it is asked for.
  [[nodiscard]] NodeId heir(PartitionId partition) const;

  Site& site_;
  const Claimed* claimed_ = nullptr;
  MonoTime now_;
  std::map<std::pair<ActorId, Bytes>, MonoTime> asked_;
};

}  // namespace causeway
