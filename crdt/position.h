// Positions of a list: byte strings whose order is the order of the items. Between any two there is always another, and no two items
// ever have the same. Source: Weidner, Gentle and Kleppmann, "The Art of the Fugue" (2023), whose tree is written here as strings. There
// the nodes of removed items are kept; here nothing is: a new position follows from the two neighbours that are present.
//
// crdt/position_path.h has the words *gap* and *waypoint*. The *territory* of an item with the count n is all that its waypoint has from n on, in
// both runs, with what stands in the gaps of these items. What holds, whatever has been removed, and wherever:
//
// 1. Order. Between two neighbours there is room. Behind the left one is its gap, and all in there is before the right one, unless that itself
//    stands in there; but then what stands in the gap before the right one is behind the left one.
// 2. Uniqueness. The last step of a position, with the step of the event before it if it is a further item, names actor and counter of
//    the event, and what number the item has there. A dot is issued once, and one event puts its items into one waypoint.
// 3. A territory is an interval of the order: a rising run from n to its end, and next to that a falling run down to n.
// 4. Whoever puts an item into a territory has seen the item that it belongs to. For the new one stands either in the same waypoint: then
//    its actor is the same, which has seen what it issued. Or in a gap of the territory: such a gap is considered only if a neighbour, on whose path
//    it is, stands in the territory too. Who issued that neighbour had seen the item, by induction; and delivery is causal.
// 5. A new item goes into the territory of a neighbour: of its actor's own, the later one if both are; else of either, unless its position
//    would be longer than `comfortable_bytes`.
//
// By 3 to 5 concurrent runs do not interleave. Take a run of one actor, forward, backward or both: each item was put next to one before. All
// of it stands in the territory of its first item, and so does what came of any later one in that one's. What has not seen that item is outside,
// by 4: before all of it, or behind all of it. (With several actors in turn the same holds up to `comfortable_bytes`; longer chains are cut into
// pieces that hold together, so that positions at the ends of a list that many push to stay short.)
//
// A run of one actor adds counts to one waypoint: its positions grow with the logarithm of the counter. So does the place between
// its last two items, if it puts one there again and again: on one side the rising run goes on, on the other the falling one. Where
// several actors in turn do that, each item costs a step of three or four bytes more than the one before.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crdt/dot.h"
#include "crdt/position_path.h"

namespace causeway {

/// Where to put items: between two that are present and next to each other. Empty: the list begins, or ends, there.
struct ListGap {
  BytesView left;
  BytesView right;
};

inline constexpr std::size_t comfortable_bytes = 48;
inline constexpr std::size_t position_bytes_max = std::size_t{32} * 1024;

/// So many positions in the gap for the items of the event with this dot, in rising or in falling order. `growth` is besides where the
/// next item is expected. REQUIRES: number > 0; the actor has seen both neighbours; no other call for this dot and this gap.
/// Errors: internal if the neighbours are no positions in this order; too_large if one would have more than position_bytes_max.
Result<std::vector<Bytes>> make_positions(const ListGap& gap, const Dot& dot, Growth growth,
                                          std::size_t number);

/// Whether these bytes are a position.
bool is_position(BytesView bytes);

}  // namespace causeway
