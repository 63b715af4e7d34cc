// One run: a plan is carried out on a cluster, then the faults stop, everything must converge, and the checks look at what
// is left and at what clients were told.
#pragma once

#include <map>
#include <optional>

#include "tests/sim/plan.h"
#include "tests/sim/verdict.h"

namespace causeway::testing {

struct Outcome {
  std::optional<Failure> failure;
  std::uint64_t trace = 0;          ///< a hash over all deliveries and answers
  std::uint64_t events = 0;         ///< updates that became events
  std::uint64_t messages = 0;       ///< between nodes
  std::uint64_t ops = 0;            ///< begun
  std::uint64_t acknowledged = 0;
  std::map<std::string, std::uint64_t> faults;  ///< by kind: how many were injected
  std::map<std::string, std::uint64_t> errors;  ///< that clients were answered with, by code
  Micros converged_after{0};        ///< the end of all faults
  Micros virtual_time{0};
};

/// Told of what happens, one line each.
using Log = std::function<void(const std::string& line)>;

/// Carries out these steps of the plan. Aborts where the product's checks do.
Outcome run(const Plan& plan, const std::vector<Step>& steps, const Log& log = {});

}  // namespace causeway::testing
