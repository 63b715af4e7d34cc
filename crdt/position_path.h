// The byte form of a list's positions (crdt/position.h says what they are for). No byte of it is 00, and the order of bytes is the order of the
// items.
//
//   position := step+
//   step     := actor count                       a waypoint: the items that an actor puts into one gap; and one item of it
//   actor    := 01                                further items of the event that issued the item of the step before
//             | 02 + k                            the k-th of the actors that are named in full before, k < 250
//             | (FC | FD) digit{8}                in full: its highest digit is 0 or 1
//   count    := head digit*                       of 2 n + side: n is the counter of the item's dot, or its number (1, 2 …) in its event
//   digit    := 01 … FF                           0 to 254, to the base of 255; the highest first
//
// A list with nothing in it is one *gap*, and each item has a gap before it and one behind it: there the bytes go on behind a
// count, the lowest bit of which says which: before the item, or (1) behind it. A position ends behind its item. In a gap stand
// *waypoints*, one after the other. In a waypoint stand first the items of its rising run, then those of its falling run:
//
//     1 2 5 8 … 9 4 3        a new item comes behind the rising ones, or before the falling ones
//
// A head of 01 to 7E is of a rising item; it says how many digits follow, and has the highest part of the number. Of a falling item the
// lowest bit is turned over, and each byte taken from 256, so that the greatest comes first.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/ids.h"

namespace causeway {

/// On which side of an item its run goes on.
enum class Growth : std::uint8_t { rising, falling };

/// An item of a waypoint, and, where the position goes on, in which of its gaps.
struct PositionCount {
  std::uint64_t number = 0;
  Growth run = Growth::rising;
  bool is_behind = true;  ///< or it is the item itself
};

struct PositionStep {
  ActorId actor;  ///< 0: of the same event as the step before
  PositionCount count;
  std::size_t begin = 0;     ///< where it begins
  std::size_t count_at = 0;  ///< where its count begins
  std::size_t known = 0;     ///< how many actors are named in full before it
};

/// A position, taken apart; or nothing, for an end of the list.
struct PositionPath {
  BytesView bytes;
  boost::container::small_vector<PositionStep, 8> steps;
  boost::container::small_vector<ActorId, 4>
      known;  ///< the actors in the order in which they are named in full

  /// The step that names the event which issued the item. REQUIRES: not empty
  [[nodiscard]] std::size_t issuing_step() const;
  /// Whether there is an item, issued by this actor.
  [[nodiscard]] bool is_of(ActorId actor) const;
  /// The counter of its dot. REQUIRES: not empty
  [[nodiscard]] std::uint64_t issued() const { return steps[issuing_step()].count.number; }
  /// Those that are named before the step at this depth, or before what follows the last.
  [[nodiscard]] std::span<const ActorId> known_at(std::size_t depth) const {
    return {known.data(), depth < steps.size() ? steps[depth].known : known.size()};
  }
  /// The bytes in front of the gap before the item. REQUIRES: not empty
  [[nodiscard]] Bytes gap_before() const;
};

/// Nothing if the bytes are no position.
std::optional<PositionPath> read_position(BytesView bytes);

void append_position_actor(Bytes& out, std::span<const ActorId> known, ActorId actor);
void append_same_event(Bytes& out);
/// REQUIRES: the number is below 2^62.
void append_position_count(Bytes& out, const PositionCount& count);

}  // namespace causeway
