// What must hold of a history of clients, given the events that came of it. Each check has a name:
//
//   acknowledged   what was acknowledged became an event (A, B)
//   refused        what was refused, and nothing else happened to it, became none
//   once           an increment without an id became one event at most (A)
//   oracle         in the end readers everywhere see what the rules of the types declare (A, B, E)
//   quorum         a read sees what was acknowledged before it began, if their replicas intersect (F)
//   tally          a sum of increments that nothing resets has at least those, and at most all that were begun (A)
#pragma once

#include "tests/sim/cluster.h"
#include "tests/sim/history.h"
#include "tests/sim/oracle.h"
#include "tests/sim/witness.h"

namespace causeway::testing {

/// Whether every set of replicas that reaches the write's level meets every one that reaches the read's.
/// REQUIRES: both are ok.
bool intersect(const Done& write, const Done& read, const Configuration& configuration);

void check_acknowledged(const History& history, const Deeds& deeds, Verdict& verdict);
void check_reads(const History& history, const Deeds& deeds, const Configuration& configuration, Verdict& verdict);
/// REQUIRES: the cluster has converged, and serves.
void check_oracle(Cluster& cluster, Witness& witness, Verdict& verdict);

}  // namespace causeway::testing
