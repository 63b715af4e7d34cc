// The relay process, and steering it while the cluster runs.
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <ostream>

#include "cli/commands.h"
#include "cli/deployment.h"
#include "cli/json_text.h"
#include "cli/table.h"
#include "cli/wan_plan.h"

namespace causeway::cli {
namespace {

void print_links(const Json& links, std::ostream& out) {
  Table table({"between", "state", "delay ms", "jitter ms", "connections", "held bytes"});
  for (const Json& link : links) {
    const Json& between = link.at("between");
    table.add({between.at(0).get<std::string>() + " - " + between.at(1).get<std::string>(),
               link.at("cut").get<bool>() ? "cut" : "open",
               std::to_string(link.at("delay_ms").get<std::uint64_t>()),
               std::to_string(link.at("jitter_ms").get<std::uint64_t>()),
               std::to_string(link.at("connections").get<std::uint64_t>()),
               std::to_string(link.at("held_bytes").get<std::uint64_t>())});
  }
  table.print(out);
}

}  // namespace

int run_wan(const std::string& command, const Globals& globals, Output& output) {
  const auto deployment = find_deployment(globals.topology);
  if (!deployment) return report_call(deployment.error(), output);
  if (!deployment->relay) {
    return report_usage(deployment->cluster + " has no emulated network: start it with `causeway up --wan`",
                        output);
  }
  const auto control = parse_endpoint(deployment->relay_control);
  if (!control) return report(control.error(), output);
  const auto answer = ask_relay(*control, command);
  if (!answer) return report(answer.error(), output);
  const Json json = Json::parse(*answer, nullptr, false);
  if (json.is_object() && json.contains("error"))
    return report_usage(json["error"].get<std::string>(), output);
  if (!json.is_object() || !json.contains("links")) {
    return report({ErrorCode::internal, ErrorTag::fatal, "the relay answered " + *answer, 0, 0}, output);
  }
  if (output.json) {
    output.out << json_text(json) << '\n';
  } else {
    print_links(json["links"], output.out);
  }
  return ExitStatus::done;
}

int run_relay(const std::string& file, Output& output) {
  const auto text = read_file(file);
  if (!text) return report(text.error(), output);
  auto options = relay_options(*text);
  if (!options) return report(options.error(), output);

  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  const int stop_fd = signalfd(-1, &stop, SFD_CLOEXEC);
  auto relay = Relay::open(std::move(*options));
  if (!relay) {
    report(relay.error(), output);
    return ExitStatus::unavailable;
  }
  (*relay)->run(stop_fd);
  close(stop_fd);
  return ExitStatus::done;
}

}  // namespace causeway::cli
