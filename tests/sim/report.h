// What many runs add up to, in words and as JSON.
#pragma once

#include <iosfwd>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "tests/sim/runner.h"

namespace causeway::testing {

struct Failed {
  Task task;  ///< shortened, if it could be
  Failure failure;
};

class Totals {
 public:
  void add(const Outcome& outcome);
  void add_failure(Failed failed) { failures_.push_back(std::move(failed)); }
  [[nodiscard]] const std::vector<Failed>& failures() const { return failures_; }
  [[nodiscard]] std::uint64_t seeds() const { return seeds_; }

  /// `seconds` that it took.
  void print(std::ostream& out, double seconds) const;
  [[nodiscard]] nlohmann::json to_json(std::uint64_t first_seed) const;

 private:
  /// From the end of the faults, and of what clients had under way, until all replicas were equal; of so many of 100 runs.
  [[nodiscard]] double converged_ms(std::size_t percent) const;

  std::uint64_t seeds_ = 0;
  std::uint64_t trace_ = 0;  ///< the sum over the runs, whatever their order
  std::uint64_t events_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t ops_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::map<std::string, std::uint64_t> faults_;
  std::map<std::string, std::uint64_t> errors_;
  std::vector<Micros> converged_after_;
  std::vector<Failed> failures_;
};

/// The check, what it found, the steps that are left, and the command.
void print_failure(std::ostream& out, const Failed& failed);

}  // namespace causeway::testing
