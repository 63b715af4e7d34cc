// Several replicas, the operations and events of them all, and random steps that are checked one by one.
#pragma once

#include <iosfwd>
#include <vector>

#include "tests/crdt/event_draft.h"
#include "tests/crdt/oracle.h"
#include "tests/crdt/replica.h"

namespace causeway::testing {

/// One step of a schedule: what the numbers mean depends on the kind; any numbers make a step.
struct Step {
  enum class Kind { write, deliver, catch_up, merge, cut };
  Kind kind = Kind::write;
  unsigned replica = 0;
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
};
std::ostream& operator<<(std::ostream& out, const Step& step);

/// Which commands a schedule draws from.
enum class Workload { all, counters, strings, sets, registers };

class Cluster {
 public:
  explicit Cluster(Workload workload = Workload::all);

  /// Does it, then checks that the replica's state is a function of the events that it has seen, and that it
  /// answers what the oracle says. A failed check throws (RC_ASSERT).
  void run(const Step& step);
  void run_all(const std::vector<Step>& steps);
  /// Everything to everyone, in orders that depend on `salt`; then all must be equal byte for byte.
  void heal(unsigned salt);

  [[nodiscard]] std::vector<Replica>& replicas() { return replicas_; }
  [[nodiscard]] const std::vector<EventDraft>& events() const { return events_; }
  /// A new replica that has applied the events that `clock` covers, in an order that depends on `salt`.
  [[nodiscard]] Replica replay(const VersionVector& clock, unsigned salt) const;

 private:
  Replica& replica(unsigned number) { return replicas_[number % replicas_.size()]; }
  [[nodiscard]] bool are_connected(const Replica& a, const Replica& b) const;
  [[nodiscard]] Operation draw(const Step& step) const;
  void write(Replica& at, const Step& step);
  void deliver(Replica& to, unsigned which);
  void check(Replica& at) const;
  void check_siblings(const std::vector<Entry>& entries) const;
  void check_reads(Replica& at, const Bytes& key) const;

  Workload workload_;
  std::vector<Replica> replicas_;
  std::vector<Operation> history_;
  std::vector<EventDraft> events_;  // the event of each operation, in an order that respects causality
  unsigned cut_ = 0;                // one bit per replica: which side it is on
  std::int64_t steps_ = 0;
};

}  // namespace causeway::testing
