#include "wire/level.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace causeway {
namespace {

constexpr std::array<std::pair<BytesView, Level::Kind>, 8> names{{
    {"ONE", Level::Kind::one},
    {"TWO", Level::Kind::two},
    {"THREE", Level::Kind::three},
    {"QUORUM", Level::Kind::quorum},
    {"LOCAL_ONE", Level::Kind::local_one},
    {"LOCAL_QUORUM", Level::Kind::local_quorum},
    {"EACH_QUORUM", Level::Kind::each_quorum},
    {"ALL", Level::Kind::all},
}};

}  // namespace

Result<Level> parse_level(BytesView text) {
  Bytes upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  for (const auto& [name, kind] : names) {
    if (upper == name) return Level{kind, 0};
  }
  std::uint32_t replicas = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), replicas);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && replicas > 0) {
    return Level{Level::Kind::count, replicas};
  }
  return fail(ErrorCode::invalid, "unknown level '" + Bytes(text.substr(0, 64)) +
                                      "': use ONE, TWO, THREE, QUORUM, LOCAL_ONE, LOCAL_QUORUM, EACH_QUORUM, ALL, "
                                      "or a number of replicas from 1 on");
}

std::string to_string(const Level& level) {
  for (const auto& [name, kind] : names) {
    if (level.kind == kind) return std::string(name);
  }
  return std::to_string(level.replicas);
}

}  // namespace causeway
