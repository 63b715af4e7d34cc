#include "crdt/counter.h"

#include <algorithm>
#include <limits>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr std::size_t id_bytes = 1 + 8 + 8;

Bytes encode_id(const CellId& id) {
  Bytes subkey;
  subkey.reserve(id_bytes);
  Writer writer(subkey);
  writer.u8(static_cast<std::uint8_t>(id.sign));
  writer.u64_big(id.actor.value);
  writer.u64_big(id.run);
  return subkey;
}

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
Result<void> read_tallies(const EntryReader& entries, BytesView key, BytesView prefix, std::size_t id_at,
                          std::vector<Tally>& tallies) {
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

bool id_below(const Tally& tally, const CellId& id) { return tally.id < id; }

std::optional<std::uint64_t> greatest(const std::vector<Tally>& tallies, const CellId& id) {
  std::optional<std::uint64_t> most;
  for (auto at = std::lower_bound(tallies.begin(), tallies.end(), id, id_below);
       at != tallies.end() && at->id == id; ++at) {
    most = std::max(most.value_or(0), at->amount);
  }
  return most;
}

std::vector<Dot> dots_of(const std::vector<Tally>& tallies, const CellId& id) {
  std::vector<Dot> dots;
  for (auto at = std::lower_bound(tallies.begin(), tallies.end(), id, id_below);
       at != tallies.end() && at->id == id; ++at) {
    dots.push_back(at->dot);
  }
  return dots;
}

Update insert_tally(const Place& place, Part part, const CellId& id, std::uint64_t amount) {
  Bytes payload;
  Writer(payload).varint(amount);
  return {Bytes(place.key), place.path(part, encode_id(id)), std::move(payload), {}};
}

/// How much of this run is forgotten once its observed cell is removed.
std::uint64_t to_forget(const CounterState& observed, const CellId& id) {
  return std::max(observed.cell(id).value_or(0), observed.forgot(id).value_or(0));
}

/// The distinct ids of the tallies, sorted as they are.
std::vector<CellId> ids_of(const std::vector<Tally>& tallies) {
  std::vector<CellId> ids;
  for (const Tally& tally : tallies) {
    if (ids.empty() || ids.back() != tally.id) ids.push_back(tally.id);
  }
  return ids;
}

}  // namespace

std::optional<std::uint64_t> CounterState::cell(const CellId& id) const { return greatest(cells, id); }
std::optional<std::uint64_t> CounterState::forgot(const CellId& id) const { return greatest(forgotten, id); }

Int128 CounterState::sum() const {
  Int128 total = 0;
  for (const CellId& id : ids_of(cells)) {
    const std::uint64_t amount = cell(id).value_or(0);
    const std::uint64_t gone = std::min(amount, forgot(id).value_or(0));
    const Int128 left = amount - gone;
    total += id.sign == Sign::plus ? left : -left;
  }
  return total;
}

Result<CounterState> read_counter(const EntryReader& entries, const Place& place) {
  CounterState state;
  const Bytes cells = place.path(Part::cell);
  CW_TRY_VOID(read_tallies(entries, place.key, cells, cells.size(), state.cells));
  for (const CellId& id : ids_of(state.cells)) {
    // An id has a fixed size, so that this prefix is one path.
    const Bytes path = place.path(Part::forgotten, encode_id(id));
    CW_TRY_VOID(read_tallies(entries, place.key, path, path.size() - id_bytes, state.forgotten));
  }
  return state;
}

Result<CounterState> read_whole_counter(const EntryReader& entries, const Place& place) {
  CounterState state;
  const Bytes cells = place.path(Part::cell);
  const Bytes forgotten = place.path(Part::forgotten);
  CW_TRY_VOID(read_tallies(entries, place.key, cells, cells.size(), state.cells));
  CW_TRY_VOID(read_tallies(entries, place.key, forgotten, forgotten.size(), state.forgotten));
  return state;
}

Added add_to_counter(const CounterState& observed, const Place& place, const Dot& dot, std::int64_t delta) {
  Added added;
  const auto bits = static_cast<std::uint64_t>(delta);
  added.delta = delta < 0 ? 0 - bits : bits;
  added.cumulative = added.delta;
  added.id = {delta < 0 ? Sign::minus : Sign::plus, dot.actor, planted(Plant::runs_merged) ? 1 : dot.counter};
  std::vector<Dot> supersedes;
  for (const Tally& cell : observed.cells) {
    const bool own = cell.id.sign == added.id.sign && cell.id.actor == dot.actor;
    // A full cell stays as it is, and a new run begins. Runs are in order: the last that has room is taken.
    if (!own || cell.amount > std::numeric_limits<std::uint64_t>::max() - added.delta) continue;
    added.id.run = cell.id.run;
    added.cumulative = cell.amount + added.delta;
  }
  if (added.id.run != dot.counter) supersedes = dots_of(observed.cells, added.id);
  added.update = insert_tally(place, Part::cell, added.id, added.cumulative);
  added.update.supersedes = std::move(supersedes);
  return added;
}

void reset_counter(const CounterState& observed, const Place& place, ActorId issuer,
                   std::vector<Mutation>& mutations) {
  for (const CellId& id : ids_of(observed.cells)) {
    mutations.emplace_back(Update{Bytes(place.key), place.path(Part::cell, encode_id(id)), std::nullopt,
                                  dots_of(observed.cells, id)});
    Update record = insert_tally(place, Part::forgotten, id, to_forget(observed, id));
    record.supersedes = dots_of(observed.forgotten, id);
    if (id.actor == issuer || planted(Plant::reset_without_forgotten)) record.payload.reset();
    if (record.payload || !record.supersedes.empty()) mutations.emplace_back(std::move(record));
  }
}

void keep_forgotten(const CounterState& observed, const Place& place, ActorId issuer,
                    std::vector<Mutation>& mutations) {
  if (planted(Plant::range_without_forgotten)) return;
  std::vector<CellId> ids = ids_of(observed.cells);
  const std::vector<CellId> forgotten =
      planted(Plant::range_with_live_cells_only) ? std::vector<CellId>{} : ids_of(observed.forgotten);
  ids.insert(ids.end(), forgotten.begin(), forgotten.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const CellId& id : ids) {
    if (id.actor == issuer) continue;
    mutations.emplace_back(insert_tally(place, Part::forgotten, id, to_forget(observed, id)));
  }
}

Result<void> purge_own_forgotten(const EntryReader& entries, const CounterState& observed, const Place& place,
                                 ActorId issuer, std::vector<Mutation>& mutations) {
  for (const Sign sign : {Sign::plus, Sign::minus}) {
    std::vector<Tally> own;
    const Bytes all = place.path(Part::forgotten);
    Bytes actor = encode_id({sign, issuer, 0});
    actor.resize(id_bytes - sizeof(std::uint64_t));
    if (planted(Plant::forgotten_purged_unsettled)) actor.resize(1);
    CW_TRY_VOID(read_tallies(entries, place.key, all + actor, all.size(), own));
    for (const CellId& id : ids_of(own)) {
      if (observed.cell(id)) continue;
      mutations.emplace_back(Update{Bytes(place.key), place.path(Part::forgotten, encode_id(id)),
                                    std::nullopt, dots_of(own, id)});
    }
  }
  return {};
}

}  // namespace causeway
