#include "crdt/path.h"

namespace causeway {

BytesView name_of(EntryType type) {
  switch (type) {
    case EntryType::marker: return "marker";
    case EntryType::reg: return "register";
    case EntryType::string: return "string";
    case EntryType::counter: return "counter";
    case EntryType::set: return "set";
  }
  return "unknown";
}

std::optional<PathHead> parse_path(BytesView path) {
  if (path.size() < 2) return std::nullopt;
  const auto type = static_cast<EntryType>(path[0]);
  const auto part = static_cast<Part>(path[1]);
  if (name_of(type) == "unknown") return std::nullopt;
  switch (part) {
    case Part::value:
    case Part::cell:
    case Part::forgotten:
    case Part::request: return PathHead{type, part, path.substr(2)};
  }
  return std::nullopt;
}

Bytes make_path(EntryType type, Part part, BytesView subkey) {
  Bytes path;
  path.reserve(2 + subkey.size());
  path.push_back(static_cast<char>(type));
  path.push_back(static_cast<char>(part));
  return path.append(subkey);
}

Path Place::path(Part part, BytesView subkey) const {
  Path path;
  path.append(prefix);
  path.push_back(static_cast<char>(part));
  path.append(subkey);
  return path;
}

Place place_of(BytesView key, EntryType type) { return {key, Bytes(1, static_cast<char>(type))}; }

bool is_live(const PathHead& head) {
  return head.type != EntryType::marker && (head.part == Part::value || head.part == Part::cell);
}

}  // namespace causeway
