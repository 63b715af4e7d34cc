// The simulated network: between every two nodes a connection in each direction, first in, first out. What it loses, delays,
// repeats or overtakes is drawn from a source of its own for each connection, so that one more message on one of them leaves
// the others as they were.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "ring/configuration.h"

namespace causeway::testing {

struct Network {
  Micros local_delay = 200us;
  Micros remote_delay = 20ms;  ///< of a pair of datacenters that `delays` does not name
  Micros jitter = 300us;
  std::map<std::pair<DcId, DcId>, Micros> delays;  ///< one way, by (from, to)
  std::uint64_t loss_permille = 0;
  std::uint64_t reorder_permille = 0;  ///< the connection is made anew: what is sent from now on may overtake
  /// Not of requests that are handed over: an update without a request id counts as often as it arrives, and no transport
  /// of ours repeats a message.
  std::uint64_t duplicate_permille = 0;
  std::uint64_t client_loss_permille = 0;  ///< of requests, and of responses
  std::uint64_t late_permille = 0;         ///< of what a cut caught under way: it arrives once the cut is healed
  std::size_t high_water = 100'000;        ///< messages under way on one connection; beyond it, they are dropped
};

class Wires {
 public:
  Wires(const Configuration& configuration, std::uint64_t seed, const Network& network);

  /// When the copies of a message that is sent now arrive: none, one or two.
  std::vector<MonoTime> send(NodeId from, NodeId to, MonoTime now, bool repeatable);
  enum class Fate { arrives, lost, waits };
  /// What becomes of a message whose time has come.
  Fate arrive(NodeId from, NodeId to);

  /// Cuts one direction between two datacenters or nodes; as often as it is cut it must be mended.
  void cut(const std::string& from, const std::string& to) { ++cuts_[{from, to}]; }
  void mend(const std::string& from, const std::string& to);
  void heal() { cuts_.clear(); }
  [[nodiscard]] bool is_cut(NodeId from, NodeId to) const;

 private:
  struct Wire {
    explicit Wire(std::uint64_t seed) : random(seed) {}
    Random random;
    MonoTime last;
    std::size_t under_way = 0;
  };
  Wire& wire(NodeId from, NodeId to);

  const Configuration& configuration_;
  std::uint64_t seed_;
  const Network& network_;
  std::map<std::pair<NodeId, NodeId>, Wire> wires_;
  std::map<std::pair<std::string, std::string>, int> cuts_;
};

}  // namespace causeway::testing
