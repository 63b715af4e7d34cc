// causeway-text FOLDER: an editing session (bench/edit_trace.h), one command a character, replayed on a list in a store on real files; and what
// that costs in time, in the log, in the state and in positions. What the list holds at the end is compared with the text.
#include <CLI/CLI.hpp>
#include <time.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "bench/command_store.h"
#include "bench/edit_trace.h"
#include "bench/histogram.h"

namespace {

using namespace causeway;
using namespace causeway::bench;
using nlohmann::json;

double seconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// A decimal number in place: commands are made as fast as a client would.
class Digits {
 public:
  BytesView of(std::uint64_t number) {
    return {text_.data(),
            static_cast<std::size_t>(std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr -
                                     text_.data())};
  }

 private:
  std::array<char, 20> text_{};
};

struct Replay {
  std::uint64_t operations = 0;
  double wall_s = 0;
  double cpu_s = 0;  ///< of all threads: checkpoints are written by another
  Histogram times;
};

Replay replay(CommandStore& store, EditTrace& trace, std::uint64_t steps_max, std::uint64_t turn_commands,
              Bytes& text) {
  Replay done;
  Digits digits;
  const double wall = seconds_of(CLOCK_MONOTONIC);
  const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  while (!trace.is_over() && done.operations < steps_max) {
    const EditTrace::Step step = trace.next();
    const BytesView index = digits.of(step.index);
    const double before = seconds_of(CLOCK_MONOTONIC);
    if (step.inserts) {
      store.execute(std::array<BytesView, 4>{"list.insert", "text", index, BytesView(&step.character, 1)});
    } else {
      store.execute(std::array<BytesView, 3>{"list.remove", "text", index});
    }
    done.times.add(static_cast<std::uint64_t>((seconds_of(CLOCK_MONOTONIC) - before) * 1e9));
    if (++done.operations % turn_commands == 0) store.turn();
    if (step.inserts) {
      text.insert(text.begin() + static_cast<std::ptrdiff_t>(step.index), step.character);
    } else {
      text.erase(step.index, 1);
    }
  }
  store.turn();
  done.wall_s = seconds_of(CLOCK_MONOTONIC) - wall;
  done.cpu_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  return done;
}

Bytes text_in(CommandStore& store) {
  const Value reply = store.execute(std::array<BytesView, 4>{"lrange", "text", "0", "-1"});
  Bytes text;
  for (const Value& each : std::get<Value::Array>(reply)) text += std::get<Bytes>(each);
  return text;
}

json positions_in(CommandStore& store) {
  Histogram lengths;
  std::uint64_t bytes = 0;
  std::uint64_t items = 0;
  const Bytes list(1, static_cast<char>(EntryType::list));
  const auto scanned = store.partition().scan("text", list, [&](const EntryView& entry) {
    const std::size_t length = element_end(entry.path, 0) - 2;
    lengths.add(length);
    bytes += length;
    ++items;
    return true;
  });
  CW_CHECK(scanned.has_value() && items > 0, "the list is read");
  return {{"mean", static_cast<double>(bytes) / static_cast<double>(items)},
          {"p50", lengths.at(0.5)},
          {"p99", lengths.at(0.99)},
          {"max", lengths.max()}};
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  std::uint64_t seed = 1;
  std::uint64_t steps_max = EditTrace::inserts + EditTrace::deletes;
  std::uint64_t turn_commands = 64;
  CLI::App app("Replays an editing session on a list.");
  app.add_option("folder", folder, "an empty folder")->required();
  app.add_option("--seed", seed, "of the session");
  app.add_option("--steps", steps_max, "stop after so many")->check(CLI::PositiveNumber);
  app.add_option("--turn", turn_commands, "commands a turn")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);

  CommandStore store(folder, Limits());
  EditTrace trace(seed);
  Bytes text;
  const Replay done = replay(store, trace, steps_max, turn_commands, text);
  const std::uint64_t memory_bytes = store.store().tier_bytes();
  const double begun = seconds_of(CLOCK_MONOTONIC);
  CW_CHECK(text_in(store) == text, "the list holds the text");
  const double read_s = seconds_of(CLOCK_MONOTONIC) - begun;
  store.checkpoint();
  const auto operations = static_cast<double>(done.operations);
  const auto characters = static_cast<double>(text.size());
  const json result = {
      {"operations", done.operations},
      {"characters", text.size()},
      {"seconds", done.wall_s},
      {"cpu_seconds", done.cpu_s},
      {"operation_p50_us", static_cast<double>(done.times.at(0.5)) / 1e3},
      {"operation_p99_us", static_cast<double>(done.times.at(0.99)) / 1e3},
      {"operation_max_us", static_cast<double>(done.times.max()) / 1e3},
      {"read_seconds", read_s},
      {"event_bytes_per_operation", static_cast<double>(store.event_bytes()) / operations},
      {"memory_bytes_per_character", static_cast<double>(memory_bytes) / characters},
      {"state_bytes_per_character", static_cast<double>(store.store().state_bytes()) / characters},
      {"position_bytes", positions_in(store)}};
  std::printf("%s\n", result.dump(1).c_str());
  return 0;
}
