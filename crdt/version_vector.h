// Which events a replica has applied: actor -> highest counter. Because delivery is causal it is always a
// prefix of each actor's events, never a set with holes. (Parker et al., 1983.)
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "crdt/dot.h"

namespace causeway {

class VersionVector {
 public:
  using Row = std::pair<ActorId, std::uint64_t>;  ///< actor, counter > 0

  VersionVector() = default;
  VersionVector(std::initializer_list<Row> rows);

  /// The highest counter of `actor`, 0 if none.
  [[nodiscard]] std::uint64_t counter(ActorId actor) const;
  [[nodiscard]] bool covers(const Dot& dot) const { return counter(dot.actor) >= dot.counter; }
  [[nodiscard]] bool covers(const VersionVector& other) const;

  /// Raises the counter of the dot's actor to the dot's, if it is lower.
  void raise(const Dot& dot);
  /// The least vector that covers both.
  void join(const VersionVector& other);
  /// The greatest vector that both cover.
  void meet(const VersionVector& other);

  /// Sorted by actor, no counter is 0.
  [[nodiscard]] const std::vector<Row>& rows() const& { return rows_; }
  const std::vector<Row>& rows() const&& = delete;  // a loop over a temporary's rows would outlive them
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// The sum of the counters: how many events it covers.
  [[nodiscard]] std::uint64_t events() const;

  friend bool operator==(const VersionVector&, const VersionVector&) = default;

 private:
  std::vector<Row> rows_;
};

/// One event that `wanted` covers and `have` does not; nothing if there is none.
std::optional<Dot> lacking(const VersionVector& have, const VersionVector& wanted);

/// The rows of `now` that are higher than in `before`, but for one actor's: what an event of this actor depends on.
VersionVector moved_since(const VersionVector& now, const VersionVector& before, ActorId but = {});

}  // namespace causeway
