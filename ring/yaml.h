// A YAML document as a plain tree with line numbers, from any bytes. Of YAML it takes one document of maps, lists and
// scalars; anchors, aliases and tags are mistakes, so that nothing in it can grow beyond its text.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/bytes.h"
#include "ring/topology.h"

namespace causeway {

struct YamlNode {
  enum class Kind : std::uint8_t { nothing, scalar, list, map };

  Kind kind = Kind::nothing;
  bool quoted = false;          ///< A scalar in quotes, or a block text.
  std::uint32_t line = 1;       ///< Where it stands; for a value in a map, the line of its key.
  std::string key;              ///< Of a value in a map.
  std::string text;             ///< Of a scalar.
  std::vector<YamlNode> items;  ///< Of a list or a map, in the order of the text; keys may repeat.
};

constexpr std::uint32_t yaml_depth_max = 16;
constexpr std::uint32_t yaml_nodes_max = 100'000;

/// The tree, or what is wrong with it as YAML (at least one mistake).
tl::expected<YamlNode, std::vector<Mistake>> parse_yaml(BytesView text);

}  // namespace causeway
