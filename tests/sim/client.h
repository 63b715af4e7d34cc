// A client under simulation: it sends what its plan says, one message after the other, retries elsewhere what is not
// acknowledged, in its datacenter or another, with the same request ids, and writes down what it was told. In a session it
// says, with each request, what it depends on.
#pragma once

#include <deque>
#include <map>

#include "tests/sim/cluster.h"
#include "tests/sim/history.h"
#include "tests/sim/verdict.h"

namespace causeway::testing {

class Client {
 public:
  Client(Cluster& cluster, History& history, std::size_t number, const Plan& plan, Verdict& verdict);

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
  void follow(Done& done, const Response& response);
  /// A session that depends on what is lost would wait for ever.
  void renew_session(const Done& done);

  Cluster& cluster_;
  History& history_;
  Verdict& verdict_;
  std::size_t number_;
  bool in_session_;
  std::size_t home_;
  Random random_;
  std::deque<Batch> waiting_;
  std::vector<std::size_t> open_;  ///< in the history: what has no outcome yet
  std::map<PartitionId, VersionVector> session_;
  std::uint64_t session_number_ = 0;
  int not_yet_ = 0;  ///< operations in a row that were given up, since what the session depends on did not come
  std::size_t serial_ = 0;
  int try_ = 0;    ///< counts tries, over all messages
  int tries_ = 0;  ///< of this message
};

}  // namespace causeway::testing
