#include "tests/sim/report.h"

#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

namespace causeway::testing {
namespace {

constexpr std::size_t steps_shown_max = 40;

std::string hex(std::uint64_t number) {
  std::ostringstream text;
  text << std::hex << std::setw(16) << std::setfill('0') << number;
  return text.str();
}

double ms(Micros time) { return static_cast<double>(time.count()) / 1000; }

}  // namespace

void Totals::add(const Outcome& outcome) {
  ++seeds_;
  trace_ += outcome.trace;
  events_ += outcome.events;
  messages_ += outcome.messages;
  ops_ += outcome.ops;
  acknowledged_ += outcome.acknowledged;
  for (const auto& [kind, count] : outcome.faults) faults_[kind] += count;
  for (const auto& [code, count] : outcome.errors) errors_[code] += count;
  if (!outcome.failure) converged_after_.push_back(outcome.converged_after);
}

double Totals::converged_ms(std::size_t percent) const {
  auto times = converged_after_;
  if (times.empty()) return 0;
  std::sort(times.begin(), times.end());
  return ms(times[(times.size() - 1) * percent / 100]);
}

void Totals::print(std::ostream& out, double seconds) const {
  const auto per_seed = [this](std::uint64_t count) { return seeds_ == 0 ? 0 : count / seeds_; };
  out << seeds_ << " seeds in " << std::fixed << std::setprecision(1) << seconds << " s, "
      << static_cast<double>(seeds_) / std::max(seconds, 1e-3) << " seeds/s; per seed " << per_seed(ops_) << " operations, "
      << per_seed(acknowledged_) << " of them acknowledged, " << per_seed(events_) << " events, " << per_seed(messages_)
      << " messages\n";
  out << "faults:";
  for (const auto& [kind, count] : faults_) out << " " << kind << " " << count;
  out << "\nerrors that clients were answered with:";
  for (const auto& [code, count] : errors_) out << " " << code << " " << count;
  out << "\n";
  out << "converged after the faults, in ms of virtual time: p50 " << converged_ms(50) << ", p99 " << converged_ms(99) << ", max "
      << converged_ms(100) << "\n";
  out << (failures_.empty() ? "no violation, trace " : std::to_string(failures_.size()) + " seeds failed, trace ") << hex(trace_)
      << "\n";
}

nlohmann::json Totals::to_json(std::uint64_t first_seed) const {
  nlohmann::json json;
  json["seed"] = first_seed;
  json["seeds"] = seeds_;
  json["ops"] = ops_;
  json["acknowledged"] = acknowledged_;
  json["events"] = events_;
  json["messages"] = messages_;
  json["faults"] = faults_;
  json["errors"] = errors_;
  json["converged_ms"] = {{"p50", converged_ms(50)}, {"p99", converged_ms(99)}, {"max", converged_ms(100)}};
  json["trace"] = hex(trace_);
  json["failures"] = nlohmann::json::array();
  for (const Failed& failed : failures_) {
    json["failures"].push_back({{"seed", failed.task.wanted.seed},
                                {"profile", failed.task.wanted.profile.name},
                                {"check", failed.failure.check},
                                {"what", failed.failure.what},
                                {"command", command_of(failed.task)}});
  }
  return json;
}

void print_failure(std::ostream& out, const Failed& failed) {
  const Plan plan = draw_plan(failed.task.wanted);
  const auto steps = failed.task.only ? steps_of(failed.task, plan) : std::vector<Step>();
  out << "seed " << plan.seed << " fails the check '" << failed.failure.check << "': " << failed.failure.what << "\n";
  if (failed.task.only) {
    out << "  " << steps.size() << " of " << plan.steps.size() << " steps, on this cluster:\n";
    std::istringstream topology(plan.topology);
    for (std::string line; std::getline(topology, line);) out << "    " << line << "\n";
  }
  for (std::size_t i = 0; i < std::min(steps.size(), steps_shown_max); ++i) out << "  " << to_string(steps[i]) << "\n";
  if (steps.size() > steps_shown_max) out << "  … and " << steps.size() - steps_shown_max << " more\n";
  out << "  repeat: " << command_of(failed.task) << std::endl;
}

}  // namespace causeway::testing
