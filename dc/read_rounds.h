// Catch-up reads: a coordinator that reads at R learns the clocks of R - 1 other replicas, catches up to their join, and
// answers from its own state. Reads of one turn and partition share a round. It goes on as soon as enough of those who
// answered are caught up with: one that claims what nobody else has holds up nothing.
//
// What a session depends on and this replica lacks is waited for in the same rounds, and by writes, too. Mostly it comes by
// itself in a moment; after that all replicas in all datacenters are asked who has it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "dc/answers.h"
#include "dc/quorum.h"
#include "dc/site.h"

namespace causeway {

class ReadRounds {
 public:
  /// Called with an operation that may now read this node's state.
  using Proceed = std::function<void(Operation)>;

  ReadRounds(Site& site, Answers& answers, Proceed proceed)
      : site_(site), answers_(answers), proceed_(std::move(proceed)), last_round_(site.post.run()) {}

  /// The operation waits for its quorum (none, for a write), and until this replica covers its session.
  /// `beyond`: the live replicas of this datacenter do not suffice.
  void join(Operation operation, Quorum quorum, bool beyond);
  void on(NodeId from, const ClockAnswer& answer, MonoTime now);
  /// The partition's clock here has moved.
  void grown(PartitionId partition);
  /// Asks for the clocks of the rounds begun in this turn.
  void flush();
  /// Asks again for what sessions lack; answers TIMEOUT or NOT_YET, retryable, to what has waited too long.
  void tick(MonoTime now);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Of the requests that wait.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Reading {
    Operation operation;
    Quorum quorum;
    std::optional<Dot> missing;  ///< of its session
  };
  struct Round {
    PartitionId partition;
    std::map<NodeId, VersionVector> ahead;  ///< who answered with a clock that is not covered here yet
    std::set<NodeId> covered;               ///< who answered with one that is
    std::vector<Reading> waiting;
    bool beyond = false;   ///< replicas of other datacenters are asked, too
    bool session = false;  ///< some session was behind
  };
  using Rounds = std::map<std::uint64_t, Round>;

  /// Whether the reading's session has yet something to wait for.
  [[nodiscard]] bool behind(Reading& reading) const;
  void ask(std::uint64_t number, const Round& round, bool beyond);
  /// One round a partition asks everywhere for what its sessions lack.
  void ask_again(MonoTime now);

  /// Lets go on whatever has its quorum among those whose clock this replica covers, and its session.
  void advance(Round& round);

  Site& site_;
  Answers& answers_;
  Proceed proceed_;
  std::map<PartitionId, Round> open_;       ///< begun in this turn
  Rounds in_flight_;                        ///< by number
  std::map<PartitionId, MonoTime> ask_at_;  ///< where sessions wait: when all are asked
  MonoTime now_;                            ///< of the last tick
  std::uint64_t last_round_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace causeway
