// Clients of a cluster under test: each has one request under way, of unique elements on few keys, and retries it with the
// same request id at other nodes, also of other datacenters, until it is acknowledged or given up.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/cluster/cluster.h"

namespace causeway::testing {

/// What clients were told.
struct Ledger {
  std::set<RequestId> counted;
  std::set<std::pair<Bytes, Bytes>> added;
  std::set<std::pair<Bytes, Bytes>> written;
  std::set<std::pair<Bytes, Bytes>> removal_tried;  ///< key, member
  std::vector<std::string> stale_reads;             ///< what a quorum acknowledged and a quorum did not find
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;
};

struct Habits {
  bool quorums_alone = false;  ///< counts as acknowledged only what a quorum of a datacenter has
  int keys = 3;                ///< of each kind
};

class Client {
 public:
  Client(Cluster& cluster, Ledger& ledger, std::uint64_t number, const Habits& habits);

  /// Takes in an answer, gives up, tries again or begins something new.
  void step();

 private:
  void begin();
  void draw(Random& random);
  void send();
  void finish();
  void take_in(const Value& value);

  Cluster& cluster_;
  Ledger& ledger_;
  std::uint64_t number_;
  Habits habits_;
  std::vector<Bytes> datacenters_;
  Bytes home_;  ///< the datacenter that it talks to, mostly
  std::uint64_t serial_ = 0;
  bool busy_ = false;
  bool reading_back_ = false;
  int tries_ = 0;
  Level level_;
  std::vector<Bytes> arguments_;
  RequestId request_id_;
  Bytes at_;  ///< the datacenter that was asked last
  std::shared_ptr<Call> call_;
  MonoTime give_up_;
};

}  // namespace causeway::testing
