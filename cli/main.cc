// The command line: its words become one call of a command.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/data_command.h"
#include "cli/shell.h"
#include "cli/words.h"

namespace causeway::cli {
namespace {

void add_globals(CLI::App& app, Globals& globals) {
  app.add_option("--at", globals.at, "any node of the cluster")->type_name("HOST:PORT");
  app.add_option("--topology", globals.topology, "the cluster of this file")->type_name("FILE");
  app.add_option("--dc", globals.datacenter, "the datacenter to ask")->type_name("NAME");
  app.add_option("--level", globals.level, "consistency, or that of reads / of writes")
      ->type_name("LEVEL[/LEVEL]");
  app.add_option("--timeout", globals.timeout_ms, "in ms (5000)")
      ->type_name("MS")
      ->check(CLI::Range(1U, 86'400'000U));
  app.add_flag("--json", globals.json, "print JSON");
}

int run_data(const std::vector<std::string>& words, const Globals& globals, Output& output) {
  if (words.size() == 2 && (words[1] == "--help" || words[1] == "-h")) {
    output.out << help_of(words[0]);
    return ExitStatus::done;
  }
  if (const auto checked = check_data_command(words); !checked) return report_call(checked.error(), output);
  const auto client = connect(globals);
  return client ? run_data_command(*client, words, output) : report_call(client.error(), output);
}

/// The commands that are no data commands, each of which sets what is to be run.
void add_commands(CLI::App& app, Globals& globals, std::function<int(Output&)>& run) {
  const auto add = [&](CLI::App& parent, const char* name, const char* help, auto body) {
    CLI::App* command = parent.add_subcommand(name, help)->fallthrough();
    command->callback([&run, body] { run = body; });
    return command;
  };
  static UpOptions up;
  CLI::App* up_command =
      add(app, "up", "start a topology on this machine", [](Output& o) { return run_up(up, o); });
  up_command->add_option("file", up.file, "the topology")->required()->type_name("FILE");
  up_command->add_option("--data", up.data, "where data is kept (causeway-data/CLUSTER)")->type_name("DIR");
  up_command->add_flag("--wan", up.wan, "with the delays of the file's links, to be steered by `wan`");
  up_command->add_flag("--fresh", up.fresh, "wipe what a former `up` left, and found a new cluster");

  add(app, "down", "stop it", [&](Output& o) { return run_down(globals, o); });
  add(app, "status", "how its nodes are", [&](Output& o) { return run_status(globals, o); });
  add(app, "lag", "how far datacenters are behind each other",
      [&](Output& o) { return run_lag(globals, o); });
  static std::string key;
  CLI::App* ring = app.add_subcommand("ring", "what the nodes hold, or where a key is")->fallthrough();
  CLI::Option* key_option = ring->add_option("key", key, "")->type_name("KEY");
  ring->callback([&, key_option] {
    run = [&, key_option](Output& o) { return run_ring(key, key_option->count() > 0, globals, o); };
  });

  static std::string name;
  CLI::App* node =
      app.add_subcommand("node", "single nodes of a local deployment")->require_subcommand(1)->fallthrough();
  add(*node, "kill", "end it at once (SIGKILL)", [&](Output& o) { return run_node_kill(name, globals, o); })
      ->add_option("name", name)
      ->required()
      ->type_name("NODE");
  add(*node, "start", "start it again", [&](Output& o) { return run_node_start(name, globals, o); })
      ->add_option("name", name)
      ->required()
      ->type_name("NODE");

  static std::string a;
  static std::string b;
  static unsigned delay_ms = 0;
  CLI::App* wan =
      app.add_subcommand("wan", "the emulated network of `up --wan`")->require_subcommand(1)->fallthrough();
  const auto add_ends = [&](CLI::App* command, bool required) {
    command->add_option("a", a)->required(required)->type_name("DC");
    command->add_option("b", b)->required(required)->type_name("DC");
  };
  add_ends(add(*wan, "cut", "cut two datacenters apart",
               [&](Output& o) { return run_wan("cut " + a + ' ' + b, globals, o); }),
           true);
  add_ends(add(*wan, "heal", "mend one cut, or all",
               [&](Output& o) {
                 if (a.empty() != b.empty())
                   return report_usage("wan heal takes two datacenters, or none", o);
                 return run_wan(a.empty() ? "heal" : "heal " + a + ' ' + b, globals, o);
               }),
           false);
  CLI::App* delay = add(*wan, "delay", "set the one-way delay", [&](Output& o) {
    return run_wan("delay " + a + ' ' + b + ' ' + std::to_string(delay_ms), globals, o);
  });
  add_ends(delay, true);
  delay->add_option("ms", delay_ms)->required()->type_name("MS");
  add(*wan, "state", "how the links are", [&](Output& o) { return run_wan("state", globals, o); });

  static std::string plan;
  CLI::App* relay = add(app, "relay", "", [](Output& o) { return run_relay(plan, o); });
  relay->add_option("file", plan)->required();
  relay->group("");
}

int run(int argc, char** argv) {
  Globals globals;
  Output output{std::cout, std::cerr, false, isatty(STDOUT_FILENO) != 0};
  CLI::App app("Causeway: a key-value store for several regions at once.", "causeway");
  app.footer(help_of_all());
  add_globals(app, globals);
  std::function<int(Output&)> command;
  add_commands(app, globals, command);

  Words words = split_words({argv + 1, argv + argc});
  try {
    // CLI11 takes its arguments in reverse order.
    app.parse(std::vector<std::string>(words.options.rbegin(), words.options.rend()));
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error, std::cout, std::cerr);
    return status == 0 ? ExitStatus::done : ExitStatus::usage;
  }
  output.json = globals.json;
  if (!words.data_command.empty()) return run_data(words.data_command, globals, output);
  if (command) return command(output);
  return run_shell(globals, output);
}

}  // namespace
}  // namespace causeway::cli

int main(int argc, char** argv) { return causeway::cli::run(argc, argv); }
