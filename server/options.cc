#include "server/options.h"

#include <CLI/CLI.hpp>
#include <charconv>

namespace causeway {
namespace {

constexpr const char* about =
    "causewayd runs one node of a Causeway cluster, until SIGTERM or SIGINT.\n"
    "Exit status: 0 stopped, 2 wrong usage or topology, 3 cannot start, 5 stopped itself to protect the data.";

/// What CLI11 makes of a line that it does not understand, in one line.
std::string one_line(const CLI::App& app, const CLI::ParseError& error) {
  return std::string(error.what()) + "; see " + app.get_name() + " --help";
}

struct Texts {
  std::string found;
  std::vector<std::string> routes;
};

void declare(CLI::App& app, ServerOptions& options, Texts& texts) {
  app.set_version_flag("--version", "causewayd " CAUSEWAY_VERSION);
  auto* check = app.add_option("--check", options.check, "only check this topology file")->type_name("FILE");
  auto* topology = app.add_option("--topology", options.topology, "the topology file")->type_name("FILE");
  auto* node = app.add_option("--node", options.node, "which of its nodes to run")->type_name("NAME");
  app.add_option("--data", options.data, "the data folder (causeway-data/NAME)")->type_name("DIR");
  app.add_option("--found", texts.found, "found this cluster, if the data folder is empty")
      ->type_name("CLUSTER_ID");
  app.add_option("--route", texts.routes, "reach a node at another address, such as a relay's")
      ->type_name("NODE=HOST:PORT");
  check->excludes(topology)->excludes(node);
}

OrExit<void> interpret(const Texts& texts, ServerOptions& options) {
  for (const std::string& text : texts.routes) {
    auto route = parse_route(text);
    if (!route) return exit_with(ExitStatus::usage, "--route: " + route.error());
    options.routes.push_back(std::move(*route));
  }
  if (!texts.found.empty()) {
    const auto id = parse_cluster_id(texts.found);
    if (!id) return exit_with(ExitStatus::usage, "--found: " + id.error());
    options.found = *id;
  }
  if (!options.check.empty()) return {};
  if (options.topology.empty() || options.node.empty()) {
    return exit_with(ExitStatus::usage, "--topology FILE and --node NAME are needed; see causewayd --help");
  }
  if (options.data.empty()) options.data = "causeway-data/" + options.node;
  return {};
}

}  // namespace

tl::expected<ServerOptions::Route, std::string> parse_route(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return tl::unexpected("'" + text + "' is no route: write NODE=HOST:PORT, such as us-1=127.1.0.1:9001");
  }
  auto at = parse_endpoint(BytesView(text).substr(equals + 1));
  if (!at) return tl::unexpected(at.error().sentence);
  return ServerOptions::Route{text.substr(0, equals), std::move(*at)};
}

tl::expected<std::uint64_t, std::string> parse_cluster_id(const std::string& text) {
  std::uint64_t id = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, id, 16);
  if (parsed.ec != std::errc() || parsed.ptr != end || id == 0) {
    return tl::unexpected("'" + text +
                          "' is no cluster id: write 1 to 16 hexadecimal digits that are not all 0");
  }
  return id;
}

OrExit<ServerOptions> parse_options(int argc, const char* const* argv) {
  ServerOptions options;
  Texts texts;
  CLI::App app(about, "causewayd");
  declare(app, options, texts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return exit_with(ExitStatus::stopped, app.help());
  } catch (const CLI::CallForVersion& version) {
    return exit_with(ExitStatus::stopped, std::string(version.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    return exit_with(ExitStatus::usage, one_line(app, error));
  }
  if (auto meant = interpret(texts, options); !meant) return tl::unexpected(meant.error());
  return options;
}

}  // namespace causeway
