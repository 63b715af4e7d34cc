#include "server/resp_commands.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "base/check.h"

namespace causeway {
namespace {

constexpr std::size_t name_bytes_max = 32;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::size_t hash(BytesView lower_name) {
  std::size_t sum = lower_name.size();
  for (const char c : lower_name) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return sum ^ (sum >> 29U);
}

}  // namespace

Bytes lower(BytesView text) {
  Bytes made(text);
  for (char& c : made) c = lower(c);
  return made;
}

bool RespCommand::takes(std::size_t arguments) const {
  const auto wanted = static_cast<std::size_t>(std::abs(arity()));
  return arity() < 0 ? arguments >= wanted : arguments == wanted;
}

RespCommands::RespCommands() {
  for (const Command& each : commands()) {
    all_.push_back({each.redis ? Bytes(each.name) : "cw." + Bytes(each.name), &each, nullptr});
  }
  for (const SessionCommand& each : session_commands()) all_.push_back({Bytes(each.name), nullptr, &each});
  std::sort(all_.begin(), all_.end(),
            [](const RespCommand& a, const RespCommand& b) { return a.name < b.name; });
  places_.resize(std::bit_ceil(4 * all_.size()));
  for (const RespCommand& each : all_) {
    CW_CHECK(each.name.size() <= name_bytes_max && find(each.name) == nullptr,
             "names are short, and have one meaning");
    std::size_t at = hash(each.name);
    while (places_[at & (places_.size() - 1)] != nullptr) ++at;
    places_[at & (places_.size() - 1)] = &each;
  }
}

const RespCommand* RespCommands::find(BytesView name) const {
  if (name.size() > name_bytes_max) return nullptr;
  std::array<char, name_bytes_max> text;  // NOLINT: written below, as far as it is read
  std::transform(name.begin(), name.end(), text.begin(), [](char c) { return lower(c); });
  const BytesView wanted(text.data(), name.size());
  for (std::size_t at = hash(wanted);; ++at) {
    const RespCommand* found = places_[at & (places_.size() - 1)];
    if (found == nullptr || found->name == wanted) return found;
  }
}

}  // namespace causeway
