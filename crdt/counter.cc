#include "crdt/counter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr std::size_t id_bytes = 1 + 8 + 8;

/// Big-endian, so that the order of bytes is the order of numbers.
class IdBytes {
 public:
  explicit IdBytes(const CellId& id) {
    bytes_[0] = static_cast<char>(id.sign);
    put(1, id.actor.value);
    put(1 + sizeof(std::uint64_t), id.run);
  }
  operator BytesView() const {
    return {bytes_.data(), bytes_.size()};
  }  // NOLINT(google-explicit-constructor)

 private:
  void put(std::size_t at, std::uint64_t number) {
    number = __builtin_bswap64(number);
    std::memcpy(bytes_.data() + at, &number, sizeof(number));
  }
  std::array<char, id_bytes> bytes_;
};

bool decode_tally(BytesView subkey, const EntryView& entry, Tally& tally) {
  Reader id(subkey);
  tally.id.sign = static_cast<Sign>(id.u8());
  tally.id.actor.value = id.u64_big();
  tally.id.run = id.u64_big();
  Reader payload(entry.payload);
  tally.amount = payload.varint();
  tally.dot = entry.dot;
  const bool known_sign = tally.id.sign == Sign::plus || tally.id.sign == Sign::minus;
  return id.done() && payload.done() && known_sign;
}

/// All tallies whose paths begin with `prefix`; the id starts at `id_at` in the path.
Result<void> read_tallies(const ObjectEntries& entries, BytesView key, BytesView prefix, std::size_t id_at,
                          Tallies& tallies) {
  Result<void> readable;
  CW_TRY_VOID(entries.scan(key, prefix, [&](const EntryView& entry) {
    Tally tally;
    if (!decode_tally(entry.path.substr(id_at), entry, tally)) {
      readable = unreadable(key, entry);
      return false;
    }
    tallies.push_back(tally);
    return true;
  }));
  return readable;
}

Result<void> read_part(const ObjectEntries& entries, const Place& place, Part part, const CellId& id,
                       Tallies& tallies) {
  // An id has a fixed size, so that this prefix is one path.
  const Path path = place.path(part, IdBytes(id));
  return read_tallies(entries, place.key, path, path.size() - id_bytes, tallies);
}

bool id_below(const Tally& tally, const CellId& id) { return tally.id < id; }

std::optional<std::uint64_t> greatest(const Tallies& tallies, const CellId& id) {
  std::optional<std::uint64_t> most;
  for (auto at = std::lower_bound(tallies.begin(), tallies.end(), id, id_below);
       at != tallies.end() && at->id == id; ++at) {
    most = std::max(most.value_or(0), at->amount);
  }
  return most;
}

Dots dots_of(const Tallies& tallies, const CellId& id) {
  Dots dots;
  for (auto at = std::lower_bound(tallies.begin(), tallies.end(), id, id_below);
       at != tallies.end() && at->id == id; ++at) {
    dots.push_back(at->dot);
  }
  return dots;
}

void insert_tally(const Place& place, Part part, const CellId& id, std::uint64_t amount,
                  const Dots& supersedes, EventWriter& changes) {
  std::array<char, RawWriter::varint_bytes_max> payload;
  RawWriter writer(payload.data());
  writer.varint(amount);
  changes.insert(place.key, place.path(part, IdBytes(id)), supersedes,
                 {payload.data(), static_cast<std::size_t>(writer.at() - payload.data())});
}

/// How much of this run is forgotten once its observed cell is removed.
std::uint64_t to_forget(const CounterState& observed, const CellId& id) {
  return std::max(observed.cell(id).value_or(0), observed.forgot(id).value_or(0));
}

/// A cell after an amount was added to it, and by how much it rose.
struct Rise {
  std::uint64_t cumulative = 0;
  std::uint64_t by = 0;
};

/// `add(cell, amount)` gives the Rise, or nothing: the cell has no room, and stays as it is.
template <class Add>
Added add_amount(const CounterState& observed, const Place& place, const Dot& dot, Sign sign,
                 std::uint64_t amount, EventWriter& changes, Add add) {
  Added added{{sign, dot.actor, planted(Plant::runs_merged) ? 1 : dot.counter}, amount, amount};
  for (const Tally& cell : observed.cells) {
    if (cell.id.sign != sign || cell.id.actor != dot.actor) continue;
    // Always the first that has room: else small amounts between large ones would begin ever more runs.
    if (const auto rise = add(cell.amount, amount)) {
      added = {cell.id, rise->cumulative, rise->by};
      break;
    }
  }
  Dots supersedes;
  if (added.id.run != dot.counter) supersedes = dots_of(observed.cells, added.id);
  insert_tally(place, Part::cell, added.id, added.cumulative, supersedes, changes);
  return added;
}

using CellIds = boost::container::small_vector<CellId, 2>;

/// The distinct ids of the tallies, sorted as they are.
CellIds ids_of(const Tallies& tallies) {
  CellIds ids;
  for (const Tally& tally : tallies) {
    if (ids.empty() || ids.back() != tally.id) ids.push_back(tally.id);
  }
  return ids;
}

}  // namespace

std::optional<std::uint64_t> CounterState::cell(const CellId& id) const { return greatest(cells, id); }
std::optional<std::uint64_t> CounterState::forgot(const CellId& id) const { return greatest(forgotten, id); }

std::uint64_t CounterState::cell_paths() const { return ids_of(cells).size(); }

void CounterState::each_count(
    FunctionRef<void(Sign sign, std::uint64_t amount, std::uint64_t forgotten)> visit) const {
  for (auto at = cells.begin(); at != cells.end();) {
    const CellId id = at->id;
    std::uint64_t amount = 0;
    for (; at != cells.end() && at->id == id; ++at) amount = std::max(amount, at->amount);
    const std::uint64_t gone = forgotten.empty() ? 0 : forgot(id).value_or(0);
    if (gone < amount) visit(id.sign, amount, gone);
  }
}

Int128 CounterState::sum() const {
  Int128 total = 0;
  each_count([&total](Sign sign, std::uint64_t amount, std::uint64_t gone) {
    const Int128 left = amount - gone;
    total += sign == Sign::plus ? left : -left;
  });
  return total;
}

Result<void> read_counter(const ObjectEntries& entries, const Place& place, CounterState& state) {
  const Path cells = place.path(Part::cell);
  CW_TRY_VOID(read_tallies(entries, place.key, cells, cells.size(), state.cells));
  if (state.cells.empty()) return {};
  for (const CellId& id : ids_of(state.cells)) {
    CW_TRY_VOID(read_part(entries, place, Part::forgotten, id, state.forgotten));
  }
  return {};
}

Result<void> read_cell(const ObjectEntries& entries, const Place& place, const CellId& id,
                       CounterState& state) {
  CW_TRY_VOID(read_part(entries, place, Part::cell, id, state.cells));
  return read_part(entries, place, Part::forgotten, id, state.forgotten);
}

Result<void> read_whole_counter(const ObjectEntries& entries, const Place& place, CounterState& state) {
  const Path cells = place.path(Part::cell);
  const Path forgotten = place.path(Part::forgotten);
  CW_TRY_VOID(read_tallies(entries, place.key, cells, cells.size(), state.cells));
  CW_TRY_VOID(read_tallies(entries, place.key, forgotten, forgotten.size(), state.forgotten));
  return {};
}

Result<void> add_tally(BytesView key, const PathHead& head, const EntryView& entry, CounterState& state) {
  Tally tally;
  if (!decode_tally(head.subkey, entry, tally)) return unreadable(key, entry);
  (head.part == Part::cell ? state.cells : state.forgotten).push_back(tally);
  return {};
}

Added add_to_counter(const CounterState& observed, const Place& place, const Dot& dot, std::int64_t delta,
                     EventWriter& changes) {
  const auto bits = static_cast<std::uint64_t>(delta);
  const std::uint64_t amount = delta < 0 ? 0 - bits : bits;
  return add_amount(observed, place, dot, delta < 0 ? Sign::minus : Sign::plus, amount, changes,
                    [](std::uint64_t cell, std::uint64_t more) -> std::optional<Rise> {
                      if (cell > std::numeric_limits<std::uint64_t>::max() - more) return std::nullopt;
                      return Rise{cell + more, more};
                    });
}

Added add_to_counter(const CounterState& observed, const Place& place, const Dot& dot, double delta,
                     EventWriter& changes) {
  const auto amount = std::bit_cast<std::uint64_t>(std::abs(delta));
  return add_amount(observed, place, dot, delta < 0 ? Sign::minus : Sign::plus, amount, changes,
                    [](std::uint64_t cell, std::uint64_t more) -> std::optional<Rise> {
                      const auto before = std::bit_cast<double>(cell);
                      const double after = before + std::bit_cast<double>(more);
                      // One that is so much larger that it would not rise, or is infinite, is full.
                      if (!(after > before) || std::isinf(after)) return std::nullopt;
                      return Rise{std::bit_cast<std::uint64_t>(after),
                                  std::bit_cast<std::uint64_t>(after - before)};
                    });
}

void reset_counter(const CounterState& observed, const Place& place, ActorId issuer, EventWriter& changes) {
  for (const CellId& id : ids_of(observed.cells)) {
    changes.remove(place.key, place.path(Part::cell, IdBytes(id)), dots_of(observed.cells, id));
    const Dots records = dots_of(observed.forgotten, id);
    if (id.actor != issuer && !planted(Plant::reset_without_forgotten)) {
      insert_tally(place, Part::forgotten, id, to_forget(observed, id), records, changes);
    } else if (!records.empty()) {
      changes.remove(place.key, place.path(Part::forgotten, IdBytes(id)), records);
    }
  }
}

void keep_forgotten(const CounterState& observed, const Place& place, ActorId issuer, EventWriter& changes) {
  if (planted(Plant::range_without_forgotten)) return;
  CellIds ids = ids_of(observed.cells);
  const CellIds forgotten =
      planted(Plant::range_with_live_cells_only) ? CellIds{} : ids_of(observed.forgotten);
  ids.insert(ids.end(), forgotten.begin(), forgotten.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const CellId& id : ids) {
    if (id.actor == issuer) continue;
    insert_tally(place, Part::forgotten, id, to_forget(observed, id), {}, changes);
  }
}

Result<void> purge_own_forgotten(const ObjectEntries& entries, const CounterState& observed,
                                 const Place& place, ActorId issuer, EventWriter& changes) {
  for (const Sign sign : {Sign::plus, Sign::minus}) {
    Tallies own;
    const Path all = place.path(Part::forgotten);
    const IdBytes id_from({sign, issuer, 0});
    const std::size_t same =
        planted(Plant::forgotten_purged_unsettled) ? 1 : id_bytes - sizeof(std::uint64_t);
    const Path prefix = place.path(Part::forgotten, BytesView(id_from).substr(0, same));
    CW_TRY_VOID(read_tallies(entries, place.key, prefix, all.size(), own));
    for (const CellId& id : ids_of(own)) {
      if (observed.cell(id)) continue;
      changes.remove(place.key, place.path(Part::forgotten, IdBytes(id)), dots_of(own, id));
    }
  }
  return {};
}

Result<Dots> forgettable_records(const ObjectEntries& entries, const Place& place,
                                 std::span<const EntryView> at_path, const SettledFacts& facts) {
  Tallies records;
  const std::size_t id_at = place.path(Part::forgotten).size();
  for (const EntryView& entry : at_path) {
    if (!decode_tally(entry.path.substr(id_at), entry, records.emplace_back()))
      return unreadable(place.key, entry);
  }
  // Of equal ones each replica keeps the same.
  const auto less = [](const Tally& a, const Tally& b) {
    return std::tie(a.amount, a.dot) < std::tie(b.amount, b.dot);
  };
  const auto greatest = std::max_element(records.begin(), records.end(), less);
  const CellId& id = greatest->id;
  Tallies cells;
  CW_TRY_VOID(read_part(entries, place, Part::cell, id, cells));
  const bool ends = id.actor == facts.self || facts.has_seen(id.actor, greatest->dot) ||
                    (facts.clock.covers(greatest->dot) && facts.has_ended(id.actor));
  Dots dots;
  for (auto at = records.begin(); at != records.end(); ++at) {
    if (at != greatest || (cells.empty() && ends)) dots.push_back(at->dot);
  }
  return dots;
}

}  // namespace causeway
