// After a loss (rule 7): a replica counts for neither R nor W, nor answers, until it covers the join of the clocks of
// N - W + 1 other replicas of its datacenter that lost nothing; with the W that acknowledged an event they share one. Where
// too many lost something, it covers all the others. After a wipe the other datacenters are asked, too.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "dc/site.h"

namespace causeway {

class Recovery {
 public:
  /// Numbers its questions apart from those of reads.
  explicit Recovery(Site& site) : site_(site), last_round_(site.post.run() ^ (std::uint64_t{1} << 63U)) {}

  /// `void_claim`: what is stored proves nothing, and the other datacenters are asked, too. `restored`: it may also have
  /// what was given up since (rule 8), so the others must cover it.
  void begin(PartitionId partition, bool void_claim, bool restored);
  void on(NodeId from, const ClockAnswer& answer, MonoTime now);
  /// Asks who has not answered, and ends what has caught up.
  void tick(MonoTime now);

  [[nodiscard]] bool pending(PartitionId partition) const { return pending_.contains(partition); }
  [[nodiscard]] bool idle() const { return pending_.empty(); }
  /// What the first of those that are pending waits for.
  [[nodiscard]] std::string waits_for() const;
  /// A restored partition that has caught up has what no member has; nothing if there is none.
  [[nodiscard]] std::optional<PartitionId> has_more(MonoTime now) const;
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Answer {
    VersionVector clock;   ///< of the first answer, or of the first that was complete
    VersionVector latest;
    bool complete = false;
  };
  struct Pending {
    bool void_claim = false;
    bool everywhere = false;  ///< other datacenters are asked
    bool restored = false;
    std::uint64_t since = 0;  ///< answers to earlier questions do not count
    std::map<NodeId, Answer> answers;
    std::optional<MonoTime> has_more_since;
  };

  [[nodiscard]] bool caught_up(PartitionId partition, Pending& pending, MonoTime now) const;
  [[nodiscard]] bool home_caught_up(PartitionId partition, const Pending& pending) const;
  [[nodiscard]] bool others_caught_up(PartitionId partition, const Pending& pending) const;
  [[nodiscard]] bool covered_by_others(PartitionId partition, const Pending& pending) const;
  [[nodiscard]] bool covers(PartitionId partition, const Answer& answer) const {
    return site_.store.partition(partition).clock().covers(answer.clock);
  }

  Site& site_;
  std::uint64_t last_round_;
  std::map<PartitionId, Pending> pending_;
  MonoTime next_ask_;
};

}  // namespace causeway
