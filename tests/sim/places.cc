#include "tests/sim/places.h"

#include "base/check.h"

namespace causeway::testing {
namespace {

constexpr auto first_with_fields = static_cast<char>(EntryType::remove_wins_set);

/// Reads `type 'm' field 00 00` at `at`, and moves behind it. Nothing if something else stands there.
std::optional<FieldStep> read_step(BytesView path, std::size_t& at) {
  if (at + 2 > path.size() || path[at] < first_with_fields || path[at + 1] != 'm') return std::nullopt;
  FieldStep step{static_cast<EntryType>(path[at]), {}};
  for (std::size_t i = at + 2; i < path.size(); ++i) {
    if (path[i] != '\0') {
      step.field.push_back(path[i]);
      continue;
    }
    if (++i == path.size()) return std::nullopt;
    if (path[i] == '\0') {
      at = i + 1;
      return step;
    }
    step.field.push_back('\0');
  }
  return std::nullopt;
}

std::vector<FieldStep> read_steps(BytesView path, std::size_t& at) {
  std::vector<FieldStep> steps;
  while (auto step = read_step(path, at)) steps.push_back(std::move(*step));
  return steps;
}

}  // namespace

PathParts parts_of(BytesView path) {
  PathParts parts;
  parts.fields = read_steps(path, parts.base);
  CW_CHECK(path.size() >= parts.base + 2, "a path has a type and a part");
  parts.type = static_cast<EntryType>(path[parts.base]);
  parts.part = static_cast<Part>(path[parts.base + 1]);
  parts.subkey = path.substr(parts.base + 2);
  return parts;
}

std::optional<std::vector<FieldStep>> steps_to(BytesView base) {
  std::size_t at = 0;
  auto steps = read_steps(base, at);
  if (at != base.size()) return std::nullopt;
  return steps;
}

Bytes base_of(BytesView base, EntryType type, BytesView field) {
  Bytes out(base);
  out.push_back(static_cast<char>(type));
  out.push_back('m');
  for (const char letter : field) {
    out.push_back(letter);
    if (letter == '\0') out.push_back('\xFF');
  }
  return out.append(2, '\0');
}

Bytes value_at(EntryType type, BytesView base) { return Bytes(base) + static_cast<char>(type); }

}  // namespace causeway::testing
