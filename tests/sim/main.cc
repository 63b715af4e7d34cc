// causeway-sim: whole clusters under simulation, seed after seed; and the planted bugs, each of which must be caught.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/sim/plants.h"
#include "tests/sim/report.h"

namespace causeway::testing {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
constexpr std::uint64_t plant_seeds_max = 2000;
constexpr std::size_t shrunk_max = 3;  ///< failing seeds that are made shorter

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 0;  ///< 0: one, or of planted bugs, at most plant_seeds_max
  std::string profile = "mixed";
  std::size_t ops = 200;
  std::string plant;
  std::vector<std::size_t> only;
  std::size_t jobs = 1;
  std::uint64_t shrink_seconds = 20;
  bool plants = false;
  bool trace = false;
  bool json = false;
  bool profiles = false;
};

struct Mistake {
  std::string what;
};

Plant plant_of(const std::string& name) {
  if (name.empty()) return Plant::none;
  for (const PlantRow& row : plant_table) {
    if (row.name == name) return row.plant;
  }
  std::string names;
  for (const PlantRow& row : plant_table) names += " " + std::string(row.name);
  throw Mistake{"there is no planted bug '" + name + "'; there are:" + names};
}

Profile profile_of(const std::string& name, std::uint64_t seed) {
  const auto& clean = clean_profiles();
  const std::string& wanted = name == "mixed" ? clean[seed % clean.size()] : name;
  if (const Profile* profile = find_profile(wanted)) return *profile;
  std::string names = "mixed";
  for (const Profile& profile : profiles()) names += ", " + profile.name;
  throw Mistake{"there is no profile '" + name + "'; there are: " + names};
}

Task task_of(const Options& options, std::uint64_t seed, Plant plant) {
  Task task{{seed, profile_of(options.profile, seed), options.ops}, plant, std::nullopt};
  if (!options.only.empty()) task.only = options.only;
  return task;
}

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

/// One seed, in this process, every step and message told.
void run_traced(const Options& options) {
  const Task task = task_of(options, options.seed, plant_of(options.plant));
  run_here(task, [](const std::string& line) { std::cout << line << "\n"; });
}

int run_seeds(const Options& options) {
  const Plant plant = plant_of(options.plant);
  const std::uint64_t seeds = std::max<std::uint64_t>(options.seeds, 1);
  const auto begun = std::chrono::steady_clock::now();
  Totals totals;
  std::uint64_t next = options.seed;
  run_all(
      options.jobs,
      [&]() -> std::optional<Task> {
        if (next >= options.seed + seeds) return std::nullopt;
        return task_of(options, next++, plant);
      },
      [&](const Task& task, const Outcome& outcome) {
        totals.add(outcome);
        if (!outcome.failure) return true;
        Failed failed{task, *outcome.failure};
        if (totals.failures().size() < shrunk_max && options.shrink_seconds > 0) failed.task.only = shrink(task, outcome.failure->check, options.shrink_seconds);
        print_failure(std::cout, failed);
        totals.add_failure(std::move(failed));
        return true;
      });
  totals.print(std::cout, seconds_since(begun));
  if (options.json) std::cout << totals.to_json(options.seed).dump() << "\n";
  return totals.failures().empty() ? 0 : exit_failed;
}

/// Where nothing else is asked for, a bug is looked for where it is known to be found.
Hunt hunt_for(Plant plant, Options options) {
  if (options.profile == "mixed") options.profile = ground_of(plant).profile;
  const std::uint64_t seeds = options.seeds == 0 ? plant_seeds_max : options.seeds;
  return hunt(options.seed, seeds, options.jobs, [&](std::uint64_t seed) { return task_of(options, seed, plant); });
}

/// The table: bug, the check that caught it, the seeds that it took.
int run_plants(const Options& options) {
  nlohmann::json rows = nlohmann::json::array();
  bool all = true;
  std::cout << "| planted bug | caught by | seeds | repeat |\n| --- | --- | --- | --- |\n";
  for (const PlantRow& row : plant_table) {
    if (!options.plant.empty() && row.name != options.plant) continue;
    const Hunt hunted = hunt_for(row.plant, options);
    all = all && hunted.caught.has_value();
    std::cout << "| " << row.name << " | " << (hunted.caught ? hunted.caught->failure.check : "NOT CAUGHT") << " | " << hunted.seeds << " | "
              << (hunted.caught ? "--seed " + std::to_string(hunted.caught->task.wanted.seed) + " --profile " + hunted.caught->task.wanted.profile.name : "")
              << " |" << std::endl;
    rows.push_back({{"plant", row.name}, {"check", hunted.caught ? hunted.caught->failure.check : ""}, {"seeds", hunted.seeds}});
  }
  if (options.json) std::cout << nlohmann::json{{"seed", options.seed}, {"plants", rows}}.dump() << "\n";
  return all ? 0 : exit_failed;
}

int list_profiles() {
  for (const Profile& profile : profiles()) {
    std::cout << profile.name << ": " << profile.what << " (";
    for (const auto& [kind, weight] : profile.faults) std::cout << " " << name_of(kind);
    std::cout << " )\n";
  }
  return 0;
}

int run_program(int argc, char** argv) {
  Options options;
  CLI::App app("Whole clusters in one process, from seeds: faults are injected, and what the store promises is checked.");
  app.add_option("--seed", options.seed, "the first seed")->type_name("S");
  app.add_option("--seeds", options.seeds, "how many")->type_name("N")->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  app.add_option("--profile", options.profile, "which faults; mixed: each of the clean ones in turn")->type_name("NAME");
  app.add_option("--ops", options.ops, "client operations in each run")->type_name("N")->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  app.add_option("--plant", options.plant, "with this planted bug")->type_name("NAME");
  app.add_option("--only", options.only, "only these steps of the plan")->delimiter(',')->type_name("LIST");
  app.add_option("--jobs", options.jobs, "runs at a time")->type_name("N")->check(CLI::Range(1, 256));
  app.add_option("--shrink", options.shrink_seconds, "seconds to make a failing run shorter")->type_name("SECONDS");
  app.add_flag("--plants", options.plants, "every planted bug must be caught; prints the table");
  app.add_flag("--trace", options.trace, "print every step and message of the seed");
  app.add_flag("--json", options.json, "the last line is one JSON object");
  app.add_flag("--profiles", options.profiles, "list the profiles");
  try {
    app.parse(argc, argv);
    if (options.profiles) return list_profiles();
    profile_of(options.profile, options.seed);
    plant_of(options.plant);
    if (options.plants) return run_plants(options);
    if (options.trace) run_traced(options);
    return run_seeds(options);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    std::cerr << "causeway-sim: " << error.what() << "\n";
  } catch (const Mistake& mistake) {
    std::cerr << "causeway-sim: " << mistake.what << "\n";
  }
  return exit_usage;
}

}  // namespace
}  // namespace causeway::testing

int main(int argc, char** argv) { return causeway::testing::run_program(argc, argv); }
