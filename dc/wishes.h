// What this node has asked of the nodes of other actors, with nobody waiting: rights of bounded counters.
#pragma once

#include <map>
#include <vector>

#include "crdt/command.h"
#include "dc/site.h"

namespace causeway {

class Wishes final : public Others {
 public:
  explicit Wishes(Site& site) : site_(site) {}

  void observe(Now now) { now_ = now.mono; }

  [[nodiscard]] Bytes name_of(ActorId actor) const override;
  /// The same actor is asked about the same key once in a while only.
  void ask(ActorId actor, const std::vector<Bytes>& arguments) override;

 private:
  static constexpr std::size_t asked_max = 1024;  ///< beyond it nobody is asked until some have grown old
  static constexpr Micros again_after = 100ms;

  Site& site_;
  MonoTime now_;
  std::map<std::pair<ActorId, Bytes>, MonoTime> asked_;
};

}  // namespace causeway
