// Catch-up reads: a coordinator that reads at R learns the clocks of R - 1 other replicas, catches up to their join, and
// answers from its own state. Reads of one turn and partition share a round.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "dc/operation.h"
#include "dc/quorum.h"
#include "dc/site.h"

namespace causeway {

class ReadRounds {
 public:
  /// Called with an operation that may now read this node's state.
  using Proceed = std::function<void(Operation)>;

  ReadRounds(Site& site, Answers& answers, Proceed proceed)
      : site_(site), answers_(answers), proceed_(std::move(proceed)) {}

  /// REQUIRES: the quorum asks for more than this replica.
  void join(Operation operation, Quorum quorum);
  void on(NodeId from, const ClockAnswer& answer, MonoTime now);
  /// The partition's clock here has moved.
  void grown(PartitionId partition);
  /// Asks for the clocks of the rounds begun in this turn.
  void flush();
  /// Answers TIMEOUT, retryable, to what has waited too long.
  void tick(MonoTime now);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Reading {
    Operation operation;
    Quorum quorum;
  };
  struct Round {
    PartitionId partition;
    std::set<NodeId> answered;
    VersionVector join;
    std::vector<Reading> waiting;
  };

  /// Lets go on whatever has its quorum, if this replica covers the round's join.
  void advance(Round& round);

  Site& site_;
  Answers& answers_;
  Proceed proceed_;
  std::map<PartitionId, Round> open_;        ///< begun in this turn
  std::map<std::uint64_t, Round> in_flight_;  ///< by number
  std::uint64_t last_round_ = 0;
  std::size_t size_ = 0;
};

}  // namespace causeway
