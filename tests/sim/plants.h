// Where each planted bug is best looked for: the profile that leads there, and a seed from which on it does not take long.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/plant.h"
#include "tests/sim/report.h"

namespace causeway::testing {

struct Ground {
  Plant plant;
  std::string profile;
  std::uint64_t seed;  ///< with the seeds behind it
};

/// REQUIRES: it is in the table of base/plant.h.
const Ground& ground_of(Plant plant);

struct Hunt {
  std::uint64_t seeds = 0;  ///< that were run
  std::optional<Failed> caught;
};
/// Runs the seeds until one fails, in about their order.
Hunt hunt(std::uint64_t first, std::uint64_t seeds, std::size_t jobs, const std::function<Task(std::uint64_t seed)>& task_of);

}  // namespace causeway::testing
