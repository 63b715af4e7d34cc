// The shards of a node. To the ring, to the clocks and to all messages each is a node of its own: with its own name, ports,
// identity and storage. What they share is the machine: a partition has one replica on a node, in one of its shards.
#pragma once

#include "ring/topology.h"

namespace causeway {

constexpr std::uint32_t shards_max = 32;
/// From the ports of a shard to those of the next.
constexpr std::uint16_t shard_port_stride = 10;

/// The first shard has the name of its node, and is there whatever their number; shard 3 of eu-1 is "eu-1/3".
std::string shard_name(BytesView node, std::uint32_t shard);

/// A shard as a node: its name and its ports for clients, peers and bridges; RESP and HTTP have one port for all.
Node shard_of(const Node& node, std::uint32_t shard);

/// Which of so many shards holds a partition that the node holds. Independent of what else it holds, so that nothing moves
/// between shards when nodes come and go.
constexpr std::uint32_t shard_at(PartitionId partition, std::uint32_t shards) {
  return partition.value % shards;
}

}  // namespace causeway
