// Counter. Concurrent increments and decrements all count; a reset forgets exactly the ones that it saw, so that
// a concurrent increment survives it with exactly its own amount. Each actor adds up in a cell of its own, per
// sign; a reset removes the cells that it saw and records how far each had come, since the cell may have gone
// on meanwhile. Value: the sum of max(0, cell - the most that was forgotten of it).
// Source: the PN-counter of Shapiro et al. (2011); the reset is rule 10 of this store's design.
//
// Amounts are whole numbers, or doubles. A double that is not negative is stored as its bits, which are in the same order as
// doubles: only adding up is different (add_to_counter, each_count).
#pragma once

#include <compare>
#include <optional>
#include <vector>

#include "base/function_ref.h"
#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/forget.h"
#include "crdt/integer.h"
#include "crdt/path.h"

namespace causeway {

enum class Sign : std::uint8_t { plus = '+', minus = '-' };

/// A cell stands at [type][cell][sign][actor][run], what was forgotten of it at [type][forgotten][sign][actor][run]
/// (numbers big-endian); both payloads are the amount:varint.
struct CellId {
  Sign sign = Sign::plus;
  ActorId actor;
  std::uint64_t run = 0;  ///< the counter of its first dot

  friend auto operator<=>(const CellId&, const CellId&) = default;
};

/// One entry: a cell with its cumulative amount, or a forgotten record with the amount that it forgets.
struct Tally {
  CellId id;
  std::uint64_t amount = 0;
  Dot dot;
};

using Tallies = boost::container::small_vector<Tally, 2>;

/// The observed entries of one counter, both sorted by (id, dot).
struct CounterState {
  Tallies cells;
  Tallies forgotten;

  /// The greatest amount among the cells, or among the forgotten records, of this id; nothing if there is none.
  [[nodiscard]] std::optional<std::uint64_t> cell(const CellId& id) const;
  [[nodiscard]] std::optional<std::uint64_t> forgot(const CellId& id) const;
  /// At how many paths there are cells.
  [[nodiscard]] std::uint64_t cell_paths() const;
  /// Visits what counts: the amount of each cell, and how much of it is forgotten, which is less. Requests that were executed
  /// twice are not yet set right (crdt/request.h).
  void each_count(FunctionRef<void(Sign sign, std::uint64_t amount, std::uint64_t forgotten)> visit) const;
  /// What it adds up to, of whole numbers.
  [[nodiscard]] Int128 sum() const;
};

/// Into a new state: the cells, and what was forgotten of them: point reads for each cell, not a scan of all forgotten records.
/// Errors: a failed read; internal if an entry cannot be read.
Result<void> read_counter(const ObjectEntries& entries, const Place& place, CounterState& state);
/// Appends the cell of one id, and what was forgotten of it.
Result<void> read_cell(const ObjectEntries& entries, const Place& place, const CellId& id,
                       CounterState& state);
/// The cells and all forgotten records.
Result<void> read_whole_counter(const ObjectEntries& entries, const Place& place, CounterState& state);

/// Adds an entry that is a tally (is_tally) to the counter that it belongs to; they come sorted. Errors: it cannot be read.
Result<void> add_tally(BytesView key, const PathHead& head, const EntryView& entry, CounterState& state);

/// Where an increment went.
struct Added {
  CellId id;
  std::uint64_t cumulative = 0;  ///< of the cell, after it
  std::uint64_t delta = 0;       ///< by which it rose, without sign
};

/// Adds `delta` (or subtracts, below 0) under the issuer's `dot`, in a cell of its own that has room, or a new run. The cell
/// rises, if delta is not 0: of a reset that has not seen it, nobody can think that it had.
Added add_to_counter(const CounterState& observed, const Place& place, const Dot& dot, std::int64_t delta,
                     EventWriter& changes);
/// The same to a counter of doubles. Within one cell their sum is rounded. REQUIRES: a number.
Added add_to_counter(const CounterState& observed, const Place& place, const Dot& dot, double delta,
                     EventWriter& changes);

/// Resets the counter: all observed cells go, and what they held is forgotten. Of the issuer's own cells no record is
/// needed: they cannot have gone on meanwhile. REQUIRES: from read_counter or read_whole_counter.
void reset_counter(const CounterState& observed, const Place& place, ActorId issuer, EventWriter& changes);

/// What a range removal over the counter must keep (rule 11).
/// REQUIRES: from read_whole_counter; the removal, of the same event, covers all observed entries.
void keep_forgotten(const CounterState& observed, const Place& place, ActorId issuer, EventWriter& changes);

/// Removes the issuer's forgotten records whose cells are gone: no event can bring those back, since the issuer alone
/// writes them (rule 10). To be called where the issuer begins a run. One short scan per sign.
Result<void> purge_own_forgotten(const ObjectEntries& entries, const CounterState& observed,
                                 const Place& place, ActorId issuer, EventWriter& changes);

/// Of the forgotten records of one id, which are all the entries at one path, those that may go (rule 10): all but the
/// greatest, and that one too where the cell is gone and nobody can go on with it: the actor has seen the record, or has
/// ended. Errors: a failed read; internal if an entry cannot be read.
Result<Dots> forgettable_records(const ObjectEntries& entries, const Place& place,
                                 std::span<const EntryView> at_path, const SettledFacts& facts);

}  // namespace causeway
