#include "cli/data_command.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <ostream>

#include "causeway/commands.h"
#include "cli/json_text.h"
#include "cli/print_value.h"

namespace causeway::cli {
namespace {

const Command* find(const std::string& name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto all = commands();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Command& each) { return each.name == lower; });
  return found == all.end() ? nullptr : &*found;
}

std::string usage_of(const Command& command) {
  return std::string(command.name) + (command.arguments.empty() ? "" : " ") + std::string(command.arguments);
}

std::string line_of(const Command& command) {
  std::string usage = usage_of(command);
  usage.resize(std::max<std::size_t>(usage.size(), 34), ' ');
  return "  " + usage + "  " + std::string(command.help) + '\n';
}

}  // namespace

bool is_data_command(const std::string& name) { return find(name) != nullptr; }

Result<void> check_data_command(const std::vector<Bytes>& arguments) {
  const auto found = find_command(arguments);
  if (!found) return tl::unexpected(found.error());
  return {};
}

int run_data_command(const Client& client, const std::vector<Bytes>& arguments, Output& output) {
  const auto value = client.execute(arguments);
  if (!value) return report(value.error(), output);
  if (output.json) {
    output.out << json_text(json_of(*value)) << '\n';
  } else if (output.terminal) {
    print_for_reader(*value, output.out);
  } else {
    print_raw(*value, output.out);
  }
  return value->is_nil() ? ExitStatus::refused : ExitStatus::done;
}

std::string help_of(const std::string& name) {
  const Command* command = find(name);
  return command == nullptr ? "" : line_of(*command);
}

std::string help_of_all() {
  std::map<std::string, std::string> by_type;
  for (const Command& each : commands()) by_type[std::string(each.type)] += line_of(each);
  std::string text;
  for (const auto& [type, lines] : by_type) text += "Data commands (" + type + "):\n" + lines;
  return text;
}

}  // namespace causeway::cli
