// Makes a failing run shorter: leaves out parts of its steps, the larger first, as long as the same check fails
// (delta debugging: Zeller and Hildebrandt, 2002).
#include <algorithm>
#include <chrono>

#include "tests/sim/runner.h"

namespace causeway::testing {

std::vector<std::size_t> shrink(const Task& task, const std::string& check, std::uint64_t seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  const auto in_time = [&end] { return std::chrono::steady_clock::now() < end; };
  std::vector<std::size_t> left;
  for (const Step& step : steps_of(task, draw_plan(task.wanted))) left.push_back(step.number);
  const auto fails = [&](const std::vector<std::size_t>& steps) {
    Task shorter = task;
    shorter.only = steps;
    const Outcome outcome = run_apart(shorter);
    return outcome.failure && outcome.failure->check == check;
  };
  for (std::size_t part = (left.size() + 1) / 2; part > 0 && in_time();) {
    bool shorter = false;
    for (std::size_t at = 0; at < left.size() && in_time();) {
      std::vector<std::size_t> rest(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(at));
      const std::size_t behind = std::min(left.size(), at + part);
      rest.insert(rest.end(), left.begin() + static_cast<std::ptrdiff_t>(behind), left.end());
      if (fails(rest)) {
        left = std::move(rest);
        shorter = true;
      } else {
        at += part;
      }
    }
    if (part > 1 || !shorter) part /= 2;
  }
  return left;
}

}  // namespace causeway::testing
