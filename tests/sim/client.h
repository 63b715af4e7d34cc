// A client under simulation: it sends what its plan says, one message after the other, retries elsewhere what is not
// acknowledged, in its datacenter or another, with the same request ids, and writes down what it was told.
#pragma once

#include <deque>
#include <memory>

#include "tests/sim/cluster.h"
#include "tests/sim/history.h"

namespace causeway::testing {

class Client {
 public:
  Client(Cluster& cluster, History& history, std::size_t number, std::size_t home, std::uint64_t seed);

  /// Sent when what came before is finished.
  void take(const Batch& batch);
  [[nodiscard]] bool idle() const { return open_.empty() && waiting_.empty(); }

 private:
  void begin();
  void send();
  void leave_unrepeatable();
  void answered(std::size_t index, int try_number, DcId datacenter, const Response& response);
  void give_up(int try_number);
  void finish(std::size_t index, Done::Outcome outcome);
  [[nodiscard]] bool repeatable(const Done& done) const;
  [[nodiscard]] Request request_of(const Done& done) const;

  Cluster& cluster_;
  History& history_;
  std::size_t number_;
  std::size_t home_;
  Random random_;
  std::deque<Batch> waiting_;
  std::vector<std::size_t> open_;  ///< in the history: what has no outcome yet
  std::size_t serial_ = 0;
  int try_ = 0;    ///< counts tries, over all messages
  int tries_ = 0;  ///< of this message
};

}  // namespace causeway::testing
