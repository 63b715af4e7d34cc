// What readers must see in the end, said declaratively from the events alone and what each of them had seen: an increment
// counts once per request unless a reset saw one of its executions, a member is there if an add was seen by no remove, a
// value is there if no later write saw it. It shares no code with apply and read.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "tests/cluster/witness.h"

namespace causeway::testing {

struct Expected {
  std::map<Bytes, std::int64_t> counters;
  std::map<Bytes, std::set<Bytes>> members;
  std::map<Bytes, std::vector<Bytes>> siblings;  ///< of registers and strings, the winner first
};

/// What was done, whether or not it is still visible.
struct Done {
  std::set<RequestId> counted;                    ///< increments
  std::set<std::pair<Bytes, Bytes>> added;        ///< key, member
  std::set<std::pair<Bytes, Bytes>> written;      ///< key, value
};

/// Adds what the events of one partition say. REQUIRES: every increment carries a request id, and no key has two types.
void add_expected(const Events& events, Expected& expected, Done& done);

}  // namespace causeway::testing
