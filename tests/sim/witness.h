// Sees every turn of every node of a cluster, and checks at once what must hold at all times: each replica is what its events
// make, a dot names one event, events say what they depend on, clocks never shrink, and who does not serve answers nobody.
#pragma once

#include <map>
#include <set>

#include "tests/sim/cluster.h"
#include "tests/sim/event_book.h"
#include "tests/sim/model.h"

namespace causeway::testing {

class Witness final : public Observer {
 public:
  /// REQUIRES: the cluster has not run yet, and goes first.
  Witness(Cluster& cluster, Verdict& verdict);

  void turned(NodeId node, const Outbox& outbox) override;
  void started(NodeId node) override;
  void stopped_itself(NodeId node, const Error& why) override;
  void loses(NodeId node) override;
  void breaks_promise(NodeId node, const std::string& what) override;
  void delivered(NodeId from, NodeId to, const PeerMessage& message) override;

  /// Told of every node that stopped itself, and of every delivery.
  std::function<void(NodeId node, const Error& why)> on_stop;
  std::function<void(NodeId from, NodeId to, const PeerMessage& message)> on_delivery;

  /// That what is durable is never lost: REQUIRES that the replicas that are up have converged.
  void check_nothing_lost();
  /// Reads all that is stored, so that no damage stays unknown.
  void scrub();
  /// Counts, summaries and digests of all replicas, recomputed.
  void check_derived();

  [[nodiscard]] EventBook& book(PartitionId partition) { return books_.at(partition); }
  [[nodiscard]] std::uint64_t events() const;
  /// Every loss of a disk.
  struct Loss {
    NodeId node;
    MonoTime at;
  };
  [[nodiscard]] const std::vector<Loss>& losses() const { return losses_; }

 private:
  struct Seat {  ///< one replica
    Model model;
    VersionVector clock;      ///< as it was last seen
    bool may_shrink = false;  ///< it lost its disk since
    std::uint64_t changes = 0;
  };
  struct Watched {
    NodeId id;
    std::string name;
    Sequence read;  ///< up to where its log was read
    std::map<PartitionId, Seat> seats;
    bool served = false;                               ///< since it started
    bool issued = false;                               ///< likewise
    std::map<Incarnation, std::set<NodeId>> recorded;  ///< its claims: who said so
  };

  /// `at_start`: what the turn that stopped it has left there may be new, and is older than it looks.
  void read_log(NodeId node, Watched& watched, bool at_start);
  void look(Watched& watched);
  void check_claim(NodeId node, Watched& watched);
  void look_at(Watched& watched, const Partition& partition, Seat& seat);
  void check_orders(const Partition& partition, const std::string& where);
  void check_answers(Watched& watched, const Outbox& outbox);

  Cluster& cluster_;
  Verdict& verdict_;
  std::map<PartitionId, EventBook> books_;
  std::map<NodeId, Watched> nodes_;
  std::vector<Loss> losses_;
};

}  // namespace causeway::testing
