#include "crdt/hyperloglog.h"

#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr std::size_t index_bytes = 2;

class IndexBytes {
 public:
  explicit IndexBytes(std::uint16_t index)
      : bytes_{static_cast<char>(index >> 8U), static_cast<char>(index & 0xFFU)} {}
  operator BytesView() const {
    return {bytes_.data(), bytes_.size()};
  }  // NOLINT(google-explicit-constructor)

 private:
  std::array<char, index_bytes> bytes_;
};

std::optional<Raise> decode(const Place& place, const EntryView& entry) {
  Reader subkey(entry.path.substr(place.base.size() + 2));
  Raise raise;
  const unsigned high = subkey.u8();
  raise.index = static_cast<std::uint16_t>(high << 8U | subkey.u8());
  Reader payload(entry.payload);
  raise.rank = payload.u8();
  if (!subkey.done() || !payload.done() || raise.index >= registers || raise.rank > rank_max) {
    return std::nullopt;
  }
  return raise;
}

void insert(const Place& place, const Raise& raise, const Dots& observed, EventWriter& changes) {
  const char rank = static_cast<char>(raise.rank);
  changes.insert(place.key, place.path(Part::value, IndexBytes(raise.index)), observed, {&rank, 1});
}

// The two sums of Ertl's estimate (his section 2.4), added up until they no longer change.

/// x + the sum over k >= 1 of x^(2^k) * 2^(k-1)
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double sum = x;
  for (double factor = 1, last = -1; sum != last; factor *= 2) {
    last = sum;
    x *= x;
    sum += x * factor;
  }
  return sum;
}

/// (1 - x - the sum over k >= 1 of (1 - x^(2^-k))^2 * 2^-k) / 3
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double sum = 1 - x;
  double factor = 1;
  for (double last = -1; sum != last;) {
    last = sum;
    x = std::sqrt(x);
    factor /= 2;
    sum -= (1 - x) * (1 - x) * factor;
  }
  return sum / 3;
}

}  // namespace

Raise raise_of(BytesView element) {
  const std::uint64_t hash = hash64(element);
  const std::uint64_t rest = hash >> register_bits;
  const int zeros = rest == 0 ? 64 - static_cast<int>(register_bits) : std::countr_zero(rest);
  return {static_cast<std::uint16_t>(hash % registers), static_cast<std::uint8_t>(zeros + 1)};
}

std::uint64_t Sketch::estimate() const {
  constexpr auto m = static_cast<double>(registers);
  std::array<double, rank_max + 1> with_rank{};
  for (const std::uint8_t rank : ranks) ++with_rank[rank];
  double sum = m * tau(1 - with_rank[rank_max] / m);
  for (std::size_t rank = rank_max - 1; rank > 0; --rank) sum = (sum + with_rank[rank]) / 2;
  sum += m * sigma(with_rank[0] / m);
  const double alpha = 0.5 / std::log(2.0);
  return static_cast<std::uint64_t>(std::llround(alpha * m * m / sum));
}

Result<void> add_sketch(const ObjectEntries& entries, const Place& place, Sketch& sketch) {
  Result<void> readable;
  CW_TRY_VOID(entries.scan(place.key, place.path(Part::value), [&](const EntryView& entry) {
    const auto raise = decode(place, entry);
    if (!raise) readable = unreadable(place.key, entry);
    if (raise && raise->rank > sketch.ranks[raise->index]) sketch.ranks[raise->index] = raise->rank;
    return readable.has_value();
  }));
  return readable;
}

Result<bool> raise_register(const ObjectEntries& entries, const Place& place, const Raise& raise,
                            EventWriter& changes) {
  Result<void> readable;
  Dots observed;
  bool is_below = true;
  CW_TRY_VOID(
      entries.at(place.key, place.path(Part::value, IndexBytes(raise.index)), [&](const EntryView& entry) {
        const auto known = decode(place, entry);
        if (!known) readable = unreadable(place.key, entry);
        is_below = known && known->rank < raise.rank;
        observed.push_back(entry.dot);
        return is_below;
      }));
  CW_TRY_VOID(readable);
  if (is_below) {
    insert(place, raise, observed, changes);
  } else {
    changes.rest_on(observed);
  }
  return is_below;
}

Result<bool> raise_registers(const ObjectEntries& entries, const Place& place, const Sketch& sketch,
                             EventWriter& changes) {
  Result<void> readable;
  Sketch known;
  std::vector<std::pair<std::uint16_t, Dot>> observed;  // sorted, as they are visited
  CW_TRY_VOID(entries.scan(place.key, place.path(Part::value), [&](const EntryView& entry) {
    const auto raise = decode(place, entry);
    if (!raise) {
      readable = unreadable(place.key, entry);
      return false;
    }
    if (raise->rank > known.ranks[raise->index]) known.ranks[raise->index] = raise->rank;
    observed.emplace_back(raise->index, entry.dot);
    return true;
  }));
  CW_TRY_VOID(readable);
  bool any = false;
  auto at = observed.begin();
  for (std::size_t index = 0; index < registers; ++index) {
    Dots dots;
    for (; at != observed.end() && at->first == index; ++at) dots.push_back(at->second);
    if (sketch.ranks[index] <= known.ranks[index]) {
      if (sketch.ranks[index] > 0) changes.rest_on(dots);
      continue;
    }
    insert(place, {static_cast<std::uint16_t>(index), sketch.ranks[index]}, dots, changes);
    any = true;
  }
  return any;
}

void create_sketch(const Place& place, EventWriter& changes) { insert(place, {}, {}, changes); }

}  // namespace causeway
