#include "server/topology_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace causeway {
namespace {

OrExit<std::string> read_text(const std::string& path) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) {
    const char* why = file ? "it is a folder" : std::strerror(errno);
    return exit_with(ExitStatus::usage,
                     "cannot read the topology file " + path + ": " + why + "; name a file that is there");
  }
  std::string text(topology_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > topology_bytes_max) {
    return exit_with(ExitStatus::usage, "the topology file " + path + " is larger than " +
                                            std::to_string(topology_bytes_max) +
                                            " bytes; is it the right file?");
  }
  return text;
}

}  // namespace

OrExit<Topology> load_topology(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  auto topology = parse_topology(*text);
  if (!topology) {
    const std::size_t count = topology.error().size();
    return exit_with(ExitStatus::usage, path + " has " +
                                            (count == 1 ? "a mistake" : std::to_string(count) + " mistakes") +
                                            ":\n" + to_string(topology.error(), path));
  }
  return std::move(*topology);
}

}  // namespace causeway
