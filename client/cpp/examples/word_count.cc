// Counts the words of a text in all regions of a cluster at once, and checks the result in each of them.
//
//   word-count --topology FILE [--after FRACTION COMMAND]... [--finally COMMAND] TEXT...
//
// The lines are dealt to the regions in turn. COMMAND is run by the shell once so great a part of all lines is counted:
// that is how faults come in. Exit status 0: every region reads exactly the text's counts; 1: it does not.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "client/cpp/examples/display.h"
#include "client/cpp/examples/region.h"
#include "client/cpp/examples/text.h"
#include "client/cpp/examples/verify.h"

namespace {

using namespace causeway;
using namespace causeway::word_count;
using Clock = std::chrono::steady_clock;

struct Step {
  double fraction;
  std::string command;
  bool done = false;
};

struct Arguments {
  std::string topology;
  std::vector<std::string> texts;
  std::vector<std::pair<double, std::string>> after;
  std::string finally;
  int patience_s = 60;
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

int give_up(const std::string& why) {
  std::fprintf(stderr, "word-count: %s\n", why.c_str());
  return 2;
}

/// Whether it did what it should: what fails would make the rest of the trial prove less than it says.
bool run(const std::string& command) {
  if (std::system(command.c_str()) == 0) return true;
  std::printf("  '%s' failed\n", command.c_str());
  return false;
}

/// Draws until all threads are done, and runs each step when its part of the lines is counted. Whether all steps succeeded.
bool watch(const std::vector<std::unique_ptr<Region>>& regions, std::vector<Step> steps,
           const std::atomic<int>& at_work, std::size_t total, Display& display) {
  std::vector<std::thread> commands;
  std::atomic<bool> succeeded = true;
  while (at_work > 0) {
    std::size_t done = 0;
    for (const auto& region : regions) done += region->lines_done();
    for (Step& step : steps) {
      if (step.done || static_cast<double>(done) < step.fraction * static_cast<double>(total)) continue;
      step.done = true;
      display.say("  $ " + step.command);
      commands.emplace_back([command = step.command, &succeeded] {
        if (!run(command)) succeeded = false;
      });
    }
    display.draw();
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
  for (std::thread& command : commands) command.join();
  display.draw();
  return succeeded;
}

/// Reads everything in every region until it is right, or `patience` has passed. Returns what still differs.
std::vector<std::string> await_convergence(const std::vector<std::unique_ptr<Region>>& regions,
                                           const std::map<std::string, std::int64_t>& expected,
                                           std::chrono::seconds patience) {
  const auto begin = Clock::now();
  while (true) {
    std::vector<std::string> found;
    for (const auto& region : regions) {
      for (const std::string& difference : differences(region->client(), expected)) {
        found.push_back(region->name() + ": " + difference);
      }
      if (!found.empty() && Clock::now() - begin < patience) break;
    }
    if (found.empty() || Clock::now() - begin >= patience) return found;
  }
}

int verdict(const std::vector<std::unique_ptr<Region>>& regions, std::vector<std::string> wrong,
            std::size_t words, std::size_t occurrences) {
  for (const auto& region : regions) {
    if (!region->failure().empty())
      wrong.push_back(region->name() + ": an update failed: " + region->failure());
  }
  for (std::size_t i = 0; i < wrong.size() && i < 10; ++i) std::printf("  %s\n", wrong[i].c_str());
  if (!wrong.empty()) {
    std::printf("WRONG: %zu things differ from what was expected\n", wrong.size());
    return 1;
  }
  std::printf("RIGHT: all %zu regions agree with the text on %zu words, %zu occurrences\n", regions.size(),
              words, occurrences);
  return 0;
}

int count_words(const Arguments& arguments) {
  auto lines = read_lines(arguments.texts);
  if (!lines) return give_up(to_string(lines.error()));
  const auto expected = count(*lines);
  std::size_t occurrences = 0;
  for (const auto& item : expected) occurrences += static_cast<std::size_t>(item.second);

  std::ifstream in(arguments.topology);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return give_up("cannot read the topology " + arguments.topology);
  const auto topology = parse_topology(text.str());
  if (!topology) return give_up(to_string(topology.error(), arguments.topology));

  const std::size_t region_count = topology->datacenters.size();
  std::vector<std::vector<std::string>> parts(region_count);
  for (std::size_t i = 0; i < lines->size(); ++i) parts[i % region_count].push_back(std::move((*lines)[i]));
  std::vector<std::unique_ptr<Region>> regions;
  for (std::size_t i = 0; i < region_count; ++i) {
    ClientOptions options;
    options.topology = *topology;
    options.datacenter = topology->datacenters[i].name;
    options.timeout = std::chrono::seconds(30);
    auto client = Client::connect(std::move(options));
    if (!client) return give_up(to_string(client.error()));
    regions.push_back(
        std::make_unique<Region>(topology->datacenters[i].name, std::move(*client), std::move(parts[i])));
  }

  std::printf("counting %zu words, %zu of them distinct, in %zu regions\n", occurrences, expected.size(),
              region_count);
  std::vector<Step> steps;
  for (const auto& [fraction, command] : arguments.after) steps.push_back({fraction, command});
  Display display(regions);
  const auto begin = Clock::now();
  std::atomic<int> at_work = static_cast<int>(region_count);
  std::vector<std::thread> threads;
  for (const auto& region : regions) {
    threads.emplace_back([&region, &at_work] {
      region->count();
      --at_work;
    });
  }
  const bool steps_done = watch(regions, std::move(steps), at_work, lines->size(), display);
  for (std::thread& thread : threads) thread.join();
  const double counted = seconds_since(begin);
  std::printf("counted in %.1f s: %.0f acknowledged updates a second\n", counted,
              static_cast<double>(2 * occurrences) / counted);

  bool finished = true;
  if (!arguments.finally.empty()) {
    display.say("  $ " + arguments.finally);
    finished = run(arguments.finally);
  }
  const auto healed = Clock::now();
  auto wrong = await_convergence(regions, expected, std::chrono::seconds(arguments.patience_s));
  std::printf("every word read in every region %.1f s after that, %.1f s in all\n", seconds_since(healed),
              seconds_since(begin));
  if (!steps_done || !finished) wrong.emplace_back("a step failed: see above");
  return verdict(regions, std::move(wrong), expected.size(), occurrences);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "Counts the words of a text in all regions of a cluster at once, and checks the result in each.");
  app.add_option("--topology", arguments.topology, "the cluster's topology file")->required();
  app.add_option("--after", arguments.after, "run COMMAND once this part of all lines (0 to 1) is counted");
  app.add_option("--finally", arguments.finally, "run COMMAND when all is counted, before the comparison");
  app.add_option("--patience", arguments.patience_s, "seconds to wait for the regions to agree");
  app.add_option("text", arguments.texts, "text files")->required();
  CLI11_PARSE(app, argc, argv);
  return count_words(arguments);
}
