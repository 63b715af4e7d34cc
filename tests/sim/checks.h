// What must hold of a history of clients, given the events that came of it. Each check has a name:
//
//   acknowledged   what was acknowledged became an event (A, B)
//   refused        what was refused, and nothing else happened to it, became none
//   once           what counts became one event at most, without an id (A)
//   level          so many replicas had a write as its level asks for, when it was acknowledged (F)
//   oracle         in the end readers everywhere see what the rules of the types declare (A, B, E)
//   quorum         a read sees what was acknowledged before it began, if their replicas intersect (F)
//   session        a read sees what its session wrote and read before, an update depends on it (C)
//   list           an item is where it was put, everybody reads the same order, and concurrent runs do not interleave (E)
//   tally          a sum of increments that nothing resets has at least those, and at most all that were begun (A)
#pragma once

#include "tests/sim/cluster.h"
#include "tests/sim/deeds.h"
#include "tests/sim/witness.h"

namespace causeway::testing {

/// What the checks on histories go by.
struct Evidence {
  const History& history;
  const Deeds& deeds;
  const Configuration& configuration;
  const std::vector<Witness::Loss>& losses;
};

/// Whether every set of replicas that reaches the write's level meets every one that reaches the read's, also if those
/// that lost their disks meanwhile are left out: a majority of a datacenter makes up for fewer than itself (rule 7).
/// REQUIRES: both are ok.
bool intersect(const Done& write, const Done& read, const Evidence& evidence);

void check_acknowledged(const Evidence& evidence, Verdict& verdict);
void check_reads(const Evidence& evidence, Verdict& verdict);
void check_sessions(const Evidence& evidence, Verdict& verdict);
/// Of one partition's lists.
void check_lists(EventBook& book, const History& history, Verdict& verdict);
/// Of one partition's keys that expire. `alone`: it has one replica, whose PERSIST removes expiries.
void check_expiries(EventBook& book, bool alone, Verdict& verdict);
/// REQUIRES: the cluster has converged, and serves.
void check_oracle(Cluster& cluster, Witness& witness, Verdict& verdict);

}  // namespace causeway::testing
