// Strong ids: numbers that cannot be mixed up.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace causeway {

template <class Tag, class Rep>
struct StrongId {
  Rep value{};

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep v) : value(v) {}
  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;
};

/// The identity under which one replica issues events: random, minted by rule, never 0.
using ActorId = StrongId<struct ActorTag, std::uint64_t>;
/// A slice of the hash ring, 0 to Q - 1.
using PartitionId = StrongId<struct PartitionTag, std::uint32_t>;
/// A node for ever: the hash of its name (ring/topology.h refuses two names with one hash).
using NodeId = StrongId<struct NodeTag, std::uint64_t>;
/// A datacenter for ever: the hash of its name.
using DcId = StrongId<struct DcTag, std::uint64_t>;
/// The version of the configuration; one line of epochs per cluster.
using Epoch = StrongId<struct EpochTag, std::uint64_t>;
/// One uninterrupted claim of a node to an actor; counts up with each start.
using Incarnation = StrongId<struct IncarnationTag, std::uint64_t>;
/// The position of a record in a shard's log: 1, 2, 3 … without a gap; 0 is before the first.
using Sequence = StrongId<struct SequenceTag, std::uint64_t>;

}  // namespace causeway

template <class Tag, class Rep>
struct std::hash<causeway::StrongId<Tag, Rep>> {
  std::size_t operator()(const causeway::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
