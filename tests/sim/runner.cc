#include "tests/sim/runner.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace causeway::testing {
namespace {

constexpr rlim_t cpu_seconds_max = 120;  ///< of one run: beyond it, it has no end

std::string encode(const Outcome& outcome) {
  nlohmann::json json;
  if (outcome.failure) json["failure"] = {outcome.failure->check, outcome.failure->what};
  json["counts"] = {outcome.trace, outcome.events, outcome.messages, outcome.ops, outcome.acknowledged};
  json["faults"] = outcome.faults;
  json["errors"] = outcome.errors;
  json["times"] = {outcome.converged_after.count(), outcome.virtual_time.count()};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Outcome decode(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  Outcome outcome;
  if (json.contains("failure")) outcome.failure = Failure{json["failure"][0], json["failure"][1]};
  const auto& counts = json["counts"];
  outcome.trace = counts[0];
  outcome.events = counts[1];
  outcome.messages = counts[2];
  outcome.ops = counts[3];
  outcome.acknowledged = counts[4];
  outcome.faults = json["faults"].get<std::map<std::string, std::uint64_t>>();
  outcome.errors = json["errors"].get<std::map<std::string, std::uint64_t>>();
  outcome.converged_after = Micros(json["times"][0].get<std::int64_t>());
  outcome.virtual_time = Micros(json["times"][1].get<std::int64_t>());
  return outcome;
}

/// A run in another process.
struct Child {
  Task task;
  pid_t pid = 0;
  int from = -1;  ///< what it says
  int errors = -1;
  std::string said;
  std::string said_wrong;
};

[[noreturn]] void be_child(const Task& task, int to, int errors) {
  dup2(errors, STDERR_FILENO);
  for (const int each : {SIGABRT, SIGSEGV}) std::signal(each, SIG_DFL);  // a test's own handlers are the parent's
  const rlimit cpu{cpu_seconds_max, cpu_seconds_max};
  setrlimit(RLIMIT_CPU, &cpu);
  const rlimit core{0, 0};
  setrlimit(RLIMIT_CORE, &core);
  const std::string text = encode(run_here(task));
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = write(to, text.data() + at, text.size() - at);
    if (written <= 0) break;
    at += static_cast<std::size_t>(written);
  }
  _exit(0);
}

Child spawn(const Task& task) {
  Child child;
  child.task = task;
  int answers[2];
  int errors[2];
  CW_CHECK(pipe(answers) == 0 && pipe(errors) == 0, "pipes can be made");
  std::fflush(nullptr);
  child.pid = fork();
  CW_CHECK(child.pid >= 0, "a process can be made");
  if (child.pid == 0) {
    close(answers[0]);
    close(errors[0]);
    be_child(task, answers[1], errors[1]);
  }
  close(answers[1]);
  close(errors[1]);
  child.from = answers[0];
  child.errors = errors[0];
  return child;
}

/// False once it is closed.
bool take(int from, std::string& said) {
  char bytes[4096];
  const ssize_t count = read(from, bytes, sizeof(bytes));
  if (count > 0) said.append(bytes, static_cast<std::size_t>(count));
  return count > 0;
}

Outcome reap(Child& child) {
  while (take(child.errors, child.said_wrong)) {
  }
  close(child.from);
  close(child.errors);
  int status = 0;
  waitpid(child.pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return decode(child.said);
  Outcome outcome;
  const bool endless = WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
  outcome.failure = Failure{endless ? "end" : "abort", endless ? "the run has no end" : child.said_wrong.substr(0, 500)};
  return outcome;
}

}  // namespace

std::vector<Step> steps_of(const Task& task, const Plan& plan) {
  if (!task.only) return plan.steps;
  std::vector<Step> steps;
  for (const std::size_t number : *task.only) {
    if (number < plan.steps.size()) steps.push_back(plan.steps[number]);
  }
  return steps;
}

Outcome run_here(const Task& task, const Log& log) {
  active_plant = task.plant;
  const Plan plan = draw_plan(task.wanted);
  return run(plan, steps_of(task, plan), log);
}

Outcome run_apart(const Task& task) {
  Child child = spawn(task);
  while (take(child.from, child.said)) {
  }
  return reap(child);
}

void run_all(std::size_t jobs, const std::function<std::optional<Task>()>& next,
             const std::function<bool(const Task& task, const Outcome& outcome)>& done) {
  std::list<Child> children;
  bool more = true;
  while (true) {
    while (more && children.size() < jobs) {
      const auto task = next();
      more = task.has_value();
      if (more) children.push_back(spawn(*task));
    }
    if (children.empty()) return;
    std::vector<pollfd> watched;
    for (const Child& child : children) watched.push_back({child.from, POLLIN, 0});
    poll(watched.data(), watched.size(), -1);
    auto child = children.begin();
    for (const pollfd& one : watched) {
      if (one.revents == 0 || take(child->from, child->said)) {
        ++child;
        continue;
      }
      const Outcome outcome = reap(*child);
      const Task task = child->task;
      child = children.erase(child);
      more = done(task, outcome) && more;
    }
  }
}

std::string command_of(const Task& task) {
  std::string text = "causeway-sim --seed " + std::to_string(task.wanted.seed) + " --profile " + task.wanted.profile.name +
                     " --ops " + std::to_string(task.wanted.ops);
  if (task.plant != Plant::none) text += " --plant " + std::string(plant_table[static_cast<std::size_t>(task.plant) - 1].name);
  if (!task.only) return text;
  std::string list;
  for (const std::size_t number : *task.only) list += (list.empty() ? "" : ",") + std::to_string(number);
  return text + " --only " + list;
}

}  // namespace causeway::testing
