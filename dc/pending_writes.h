// Writes that wait until enough replicas cover their event. A member's clock that covers it is its acknowledgement.
#pragma once

#include <map>
#include <vector>

#include "dc/answers.h"
#include "dc/quorum.h"
#include "dc/site.h"

namespace causeway {

class PendingWrites {
 public:
  PendingWrites(Site& site, Answers& answers) : site_(site), answers_(answers) {}

  /// Answers `reply` once replicas that cover `target` make up the quorum; this one counts, for the turn's answers leave
  /// only when its events are durable. Whether that has yet to come.
  bool wait(Operation operation, Quorum quorum, VersionVector target, Value reply);
  /// A member's clock of this partition moved.
  void check(PartitionId partition);
  /// Answers TIMEOUT, ambiguous, to what has waited too long: the events stay and spread.
  void tick(MonoTime now);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Pending {
    Operation operation;
    Quorum quorum;
    VersionVector target;
    Value reply;
  };

  /// Looks up what the members of the partition cover, for count().
  void look(PartitionId partition);
  /// Counts afresh who covers the target.
  void count(Pending& pending) const;

  Site& site_;
  Answers& answers_;
  struct Member {
    DcId datacenter;
    bool self = false;
    const VersionVector* clock = nullptr;  ///< null: none is known
  };
  std::vector<Member> members_;  ///< of one partition, as look() found them
  std::map<PartitionId, std::vector<Pending>> pending_;
  std::size_t size_ = 0;
  MonoTime next_deadline_ = MonoTime::max();
};

}  // namespace causeway
