#include "ring/shards.h"

namespace causeway {

std::string shard_name(BytesView node, std::uint32_t shard) {
  return shard == 0 ? std::string(node) : std::string(node) + "/" + std::to_string(shard);
}

Node shard_of(const Node& node, std::uint32_t shard) {
  Node one = node;
  one.name = shard_name(node.name, shard);
  one.id = node_id(one.name);
  const auto beyond = static_cast<std::uint16_t>(shard * shard_port_stride);
  for (std::uint16_t* const port : {&one.ports.client, &one.ports.peer, &one.ports.bridge}) {
    *port = static_cast<std::uint16_t>(*port + beyond);
  }
  return one;
}

}  // namespace causeway
