// Sorted set. Of concurrent ZADDs of a member the last writer wins (hlc, actor), and concurrent ZINCRBYs all count. A ZADD
// resets the increments that it saw, so that one concurrent with it adds to what was set. A removal takes the ZADDs and the
// increments that it saw: a concurrent ZADD survives it, and a concurrent increment with exactly its own amount. A member is
// present if it was set or incremented and that was not taken back.
// Source: a register (crdt/register.h) and a counter of doubles (crdt/counter.h) under one type, in a field of each member.
#pragma once

#include <optional>

#include "crdt/command.h"
#include "crdt/counter.h"
#include "crdt/real.h"
#include "crdt/register.h"

namespace causeway {

// A score is never -0 and always a number. It is what was set and what cells hold, added up exactly and rounded once
// (crdt/real.h): the same on every replica. A sum that is too large is infinite, and comes back; a ZADD or ZINCRBY of infinity
// makes the score infinite until it is taken back, or until a concurrent one of the other infinity joins it: both cancel out.

/// A member of the sorted set at a place: where its score stands. Its register's payload is hlc:u64 and the double's bits:u64,
/// its cells' amounts are bits of doubles.
class MemberPlace {
 public:
  /// `set`: its views must outlive this.
  MemberPlace(const Place& set, BytesView member) : base_(set.base_in(member)), key_(set.key) {}
  [[nodiscard]] Place score() const { return {key_, base_, EntryType::score}; }

 private:
  Bytes base_;
  BytesView key_;
};

/// What is observed of one member.
struct ScoreState {
  Siblings sets;  ///< the winner first
  CounterState counter;
  ExactSum sum;  ///< of what was set and what cells hold, each request once

  [[nodiscard]] bool exists() const { return !sets.empty() || !counter.cells.empty(); }
  /// 0 if it does not exist.
  [[nodiscard]] double score() const { return sum.value(); }
};

/// Into a new state. Errors: a failed read; internal if an entry cannot be read.
Result<void> read_score(const ObjectEntries& entries, const Place& score, ScoreState& state);

// REQUIRES, of all that follow: a number, and a state from read_score.

/// A ZADD: in the place of all that is observed.
Result<void> set_score(const Context& context, const Place& score, const ScoreState& observed, double value);
/// A ZREM: all that is observed goes.
Result<void> remove_score(const Context& context, const Place& score, const ScoreState& observed);
/// A ZINCRBY; what the score is after it. REQUIRES: its request, if it has one, is not executed.
Result<double> add_to_score(const Context& context, const Place& score, const ScoreState& observed,
                            double delta);

// The order of members is by score, and by their bytes where scores are equal. So a member's order key (crdt/container.h) is
// the score in 8 bytes, in whose order doubles are, and the member as in its path.

inline constexpr std::size_t score_key_bytes = 8;

/// REQUIRES: a number. 0 and -0 have the same.
Bytes score_key(double score);
/// Above all members with this score, and below those with a higher one.
Bytes score_key_above(double score);
/// The order key of a member with this score.
Bytes member_key(double score, BytesView member);
/// REQUIRES: order keys of a sorted set.
double score_in(BytesView order_key);
Bytes member_in(BytesView order_key);

/// The score of a live member, from all its entries; 0 if they cannot be read.
double score_of(std::span<const EntryView> member, BytesView base);

}  // namespace causeway
