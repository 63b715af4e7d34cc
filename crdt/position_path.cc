#include "crdt/position_path.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace causeway {
namespace {

// ---- Numbers ---------------------------------------------------------------------------------------------------

constexpr std::uint64_t base = 255;
/// How many heads announce so many digits: most counters are small.
constexpr std::array<std::uint64_t, 9> heads{32, 32, 32, 16, 8, 2, 2, 1, 1};
constexpr std::uint64_t number_max = std::uint64_t{1} << 63U;

constexpr std::uint64_t power(std::size_t digits) {
  std::uint64_t value = 1;
  while (digits-- > 0) value *= base;
  return value;
}

constexpr std::array<std::uint64_t, 9> powers{power(0), power(1), power(2), power(3), power(4),
                                              power(5), power(6), power(7), power(8)};

char flipped(char byte) { return static_cast<char>(256 - static_cast<unsigned char>(byte)); }

/// `digits` of them, the highest first.
void append_digits(Bytes& out, std::uint64_t value, std::size_t digits) {
  while (digits-- > 0) {
    out.push_back(static_cast<char>(value / powers[digits] + 1));
    value %= powers[digits];
  }
}

std::optional<std::uint64_t> read_digits(BytesView in) {
  std::uint64_t value = 0;
  for (const char digit : in) {
    if (digit == '\0') return std::nullopt;
    value = value * base + static_cast<unsigned char>(digit) - 1;
  }
  return value;
}

/// Reads the count at `at`, and moves `at` behind it.
std::optional<PositionCount> read_count(BytesView in, std::size_t& at) {
  if (at >= in.size()) return std::nullopt;
  const bool falls = static_cast<unsigned char>(in[at]) > 128;
  std::uint64_t head = static_cast<unsigned char>(falls ? flipped(in[at]) : in[at]);
  if (head == 0 || head > 126) return std::nullopt;
  --head;
  std::uint64_t below = 0;
  std::size_t digits = 0;
  while (head >= heads[digits]) {
    head -= heads[digits];
    below += heads[digits] * powers[digits];
    ++digits;
  }
  if (in.size() - at - 1 < digits) return std::nullopt;
  std::array<char, 8> copy{};
  for (std::size_t i = 0; i < digits; ++i) copy[i] = falls ? flipped(in[at + 1 + i]) : in[at + 1 + i];
  const auto low = read_digits({copy.data(), digits});
  if (!low) return std::nullopt;
  at += 1 + digits;
  const std::uint64_t value = below + head * powers[digits] + *low;
  return PositionCount{value / 2, falls ? Growth::falling : Growth::rising, (value % 2 == 1) != falls};
}

// ---- Steps -----------------------------------------------------------------------------------------------------

constexpr char same_event = '\x01';
constexpr unsigned first_known = 2;
constexpr std::size_t known_max = 250;
constexpr unsigned in_full = first_known + known_max;
constexpr std::size_t actor_digits = 8;

using Actors = boost::container::small_vector<ActorId, 4>;

/// Reads the actor at `at`, and moves `at` behind it. 0: of the same event.
std::optional<ActorId> read_actor(BytesView in, std::size_t& at, Actors& known) {
  const unsigned head = static_cast<unsigned char>(in[at++]);
  if (head == same_event) return ActorId{};
  if (head < first_known || head > in_full + 1U) return std::nullopt;
  if (head < in_full) {
    if (head - first_known >= known.size()) return std::nullopt;
    return known[head - first_known];
  }
  if (in.size() - at < actor_digits) return std::nullopt;
  const auto low = read_digits(in.substr(at, actor_digits));
  if (!low) return std::nullopt;
  at += actor_digits;
  const std::uint64_t high = (head - in_full) * powers[actor_digits];
  if (*low > ~high || high + *low == 0) return std::nullopt;
  known.emplace_back(high + *low);
  return known.back();
}

}  // namespace

void append_position_count(Bytes& out, const PositionCount& count) {
  CW_CHECK(count.number < number_max / 2, "a counter does not come that far");
  const bool falls = count.run == Growth::falling;
  std::uint64_t value = 2 * count.number + (count.is_behind != falls ? 1 : 0);
  std::uint64_t head = 1;
  std::size_t digits = 0;
  while (value >= heads[digits] * powers[digits]) {
    value -= heads[digits] * powers[digits];
    head += heads[digits++];
  }
  const std::size_t at = out.size();
  out.push_back(static_cast<char>(head + value / powers[digits]));
  append_digits(out, value % powers[digits], digits);
  if (falls)
    std::transform(out.begin() + static_cast<std::ptrdiff_t>(at), out.end(),
                   out.begin() + static_cast<std::ptrdiff_t>(at), flipped);
}

void append_position_actor(Bytes& out, std::span<const ActorId> known, ActorId actor) {
  known = known.first(std::min(known.size(), known_max));
  const auto at = std::find(known.begin(), known.end(), actor);
  if (at != known.end()) {
    out.push_back(static_cast<char>(first_known + static_cast<unsigned>(at - known.begin())));
    return;
  }
  out.push_back(static_cast<char>(in_full + actor.value / powers[actor_digits]));
  append_digits(out, actor.value % powers[actor_digits], actor_digits);
}

void append_same_event(Bytes& out) { out.push_back(same_event); }

std::size_t PositionPath::issuing_step() const {
  std::size_t at = steps.size() - 1;
  while (steps[at].actor == ActorId{}) --at;
  return at;
}

bool PositionPath::is_of(ActorId actor) const {
  return !steps.empty() && steps[issuing_step()].actor == actor;
}

Bytes PositionPath::gap_before() const {
  Bytes prefix(bytes.substr(0, steps.back().count_at));
  PositionCount before = steps.back().count;
  before.is_behind = false;
  append_position_count(prefix, before);
  return prefix;
}

std::optional<PositionPath> read_position(BytesView bytes) {
  PositionPath path{bytes, {}, {}};
  for (std::size_t at = 0; at < bytes.size();) {
    PositionStep step;
    step.begin = at;
    step.known = path.known.size();
    const auto actor = read_actor(bytes, at, path.known);
    if (!actor || (*actor == ActorId{} && path.steps.empty())) return std::nullopt;
    step.actor = *actor;
    step.count_at = at;
    const auto count = read_count(bytes, at);
    if (!count) return std::nullopt;
    step.count = *count;
    path.steps.push_back(step);
  }
  if (!path.steps.empty() && !path.steps.back().count.is_behind) return std::nullopt;
  return path;
}

}  // namespace causeway
