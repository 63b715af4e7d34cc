// Catch-up reads: a coordinator that reads at R learns the clocks of R - 1 other replicas, catches up to their join, and
// answers from its own state. Reads of one turn and partition share a round. It goes on as soon as enough of those who
// answered are caught up with: one that claims what nobody else has holds up nothing.
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
      : site_(site), answers_(answers), proceed_(std::move(proceed)), last_round_(site.post.run()) {}

  /// REQUIRES: the quorum asks for more than this replica.
  /// `beyond`: the live replicas of this datacenter do not suffice.
  void join(Operation operation, Quorum quorum, bool beyond);
  void on(NodeId from, const ClockAnswer& answer, MonoTime now);
  /// The partition's clock here has moved.
  void grown(PartitionId partition);
  /// Asks for the clocks of the rounds begun in this turn.
  void flush();
  /// Answers TIMEOUT, retryable, to what has waited too long.
  void tick(MonoTime now);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Of the requests that wait.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Reading {
    Operation operation;
    Quorum quorum;
  };
  struct Round {
    PartitionId partition;
    std::map<NodeId, VersionVector> ahead;  ///< who answered with a clock that is not covered here yet
    std::set<NodeId> covered;               ///< who answered with one that is
    std::vector<Reading> waiting;
    bool beyond = false;  ///< replicas of other datacenters are asked, too
  };

  /// Lets go on whatever has its quorum among those whose clock this replica covers.
  void advance(Round& round);

  Site& site_;
  Answers& answers_;
  Proceed proceed_;
  std::map<PartitionId, Round> open_;        ///< begun in this turn
  std::map<std::uint64_t, Round> in_flight_;  ///< by number
  std::uint64_t last_round_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace causeway
