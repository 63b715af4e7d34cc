// Runs seeds, each in a process of its own: a check of the product that aborts, a crash and a run without end are failures
// like others, and leave the rest alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/plant.h"
#include "tests/sim/run.h"

namespace causeway::testing {

struct Task {
  Wanted wanted;
  Plant plant = Plant::none;
  std::optional<std::vector<std::size_t>> only;  ///< these steps of the plan, by number
};

/// The steps that the task asks for.
std::vector<Step> steps_of(const Task& task, const Plan& plan);
/// In this process.
Outcome run_here(const Task& task, const Log& log = {});
/// In another, which may die.
Outcome run_apart(const Task& task);
/// `next` gives tasks until there are no more; `done` is told of each outcome, and returns whether to go on. So many run at a time.
void run_all(std::size_t jobs, const std::function<std::optional<Task>()>& next,
             const std::function<bool(const Task& task, const Outcome& outcome)>& done);

/// A shorter list of steps that fails by the same check, found within `seconds`; the task's own steps, if there is none.
std::vector<std::size_t> shrink(const Task& task, const std::string& check, std::uint64_t seconds);

/// The command that repeats it.
std::string command_of(const Task& task);

}  // namespace causeway::testing
