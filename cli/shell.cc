#include "cli/shell.h"

#include <editline/readline.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "causeway/commands.h"
#include "cli/connect.h"
#include "cli/data_command.h"
#include "cli/status.h"
#include "cli/words.h"

namespace causeway::cli {
namespace {

constexpr int history_lines_max = 1000;

const std::vector<std::string>& words_of_shell() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all{"status", "ring", "lag", "help", "quit"};
    for (const Command& each : commands()) all.emplace_back(each.name);
    return all;
  }();
  return words;
}

/// For libedit: each call the next word that begins with `text`, then null.
char* next_completion(const char* text, int state) {
  static std::size_t next = 0;
  if (state == 0) next = 0;
  while (next < words_of_shell().size()) {
    const std::string& word = words_of_shell()[next++];
    if (word.starts_with(text)) return strdup(word.c_str());
  }
  return nullptr;
}

char** complete(const char* text, int start, int /*end*/) {
  rl_attempted_completion_over = 1;  // never names of files
  return start == 0 ? rl_completion_matches(text, next_completion) : nullptr;
}

std::filesystem::path history_file() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state != nullptr && *state != '\0') return std::filesystem::path(state) / "causeway_history";
  return home == nullptr ? "" : std::filesystem::path(home) / ".causeway_history";
}

/// Where lines come from: a person, or a file.
class Lines {
 public:
  explicit Lines(bool terminal) : terminal_(terminal) {
    if (!terminal_) return;
    rl_initialize();
    rl_attempted_completion_function = complete;
    using_history();
    stifle_history(history_lines_max);
    read_history(history_.c_str());
  }
  ~Lines() {
    if (terminal_ && !history_.empty()) write_history(history_.c_str());
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  std::optional<std::string> next() {
    std::string line;
    if (!terminal_) return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
    const std::unique_ptr<char, decltype(&std::free)> read(readline("causeway> "), &std::free);
    if (read == nullptr) return std::nullopt;
    line = read.get();
    if (!line.empty()) add_history(line.c_str());
    return line;
  }

 private:
  bool terminal_;
  std::filesystem::path history_ = history_file();
};

void print_help(Output& output) {
  output.out << help_of_all()
             << "The cluster:\n"
                "  status                              How the nodes are.\n"
                "  ring [key]                          What the nodes hold, or where a key is.\n"
                "  lag                                 How far datacenters are behind each other.\n"
                "  help [command], quit\n";
}

int run_line(const Client& client, const std::vector<Bytes>& words, Output& output) {
  const Bytes& name = words.front();
  if (is_data_command(name)) return run_data_command(client, words, output);
  if (name == "status") return print_status(client, output);
  if (name == "lag") return print_lag(client, output);
  if (name == "ring") {
    const Configuration configuration = client.topology();
    return words.size() > 1 ? print_ring_of(words[1], configuration, output)
                            : print_ring(configuration, output);
  }
  if (name == "help" && words.size() > 1 && is_data_command(words[1])) {
    output.out << help_of(words[1]);
    return ExitStatus::done;
  }
  if (name == "help") {
    print_help(output);
    return ExitStatus::done;
  }
  return report_usage("unknown command '" + name + "'; `help` lists them", output);
}

}  // namespace

int run_shell(const Globals& globals, Output& output) {
  const auto client = connect(globals);
  if (!client) return report_call(client.error(), output);
  const bool terminal = isatty(STDIN_FILENO) != 0;
  Lines lines(terminal);
  int first_failure = ExitStatus::done;
  while (const auto line = lines.next()) {
    const auto words = split_line(*line);
    int status = ExitStatus::done;
    if (!words) {
      status = report_usage(words.error().sentence, output);
    } else if (words->empty()) {
      continue;
    } else if (words->front() == "quit" || words->front() == "exit") {
      break;
    } else {
      status = run_line(*client, *words, output);
    }
    output.out.flush();
    if (first_failure == ExitStatus::done) first_failure = status;
  }
  return terminal ? ExitStatus::done : first_failure;
}

}  // namespace causeway::cli
