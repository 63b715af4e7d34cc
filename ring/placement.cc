#include "ring/placement.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/hash.h"
#include "ring/assignment.h"
#include "ring/shards.h"
#include "ring/shares.h"

namespace causeway {
namespace {

/// How far above its fair share a node may be loaded. Measured over random datacenters with 64 to 1,024 partitions, a node
/// that joins moves 1.3 times what it must at 0, 1.1 at 10, 1.05 at 20.
constexpr std::uint64_t overload_percent = 10;
/// How far below: only to keep every node of use, as this bound moves much when it is close.
constexpr std::uint64_t underload_percent = 50;

LoadBounds bounds_for(std::uint64_t share, std::uint32_t partitions) {
  const std::uint64_t unit = share_unit * 100;
  const std::uint64_t least = share * (100 - underload_percent) / unit;
  const std::uint64_t most = (share * (100 + overload_percent) + unit - 1) / unit;
  return {static_cast<std::uint32_t>(std::max<std::uint64_t>(least, share >= share_unit ? 1 : 0)),
          static_cast<std::uint32_t>(std::min<std::uint64_t>(most, partitions))};
}

}  // namespace

BytesView hash_tag(BytesView key) {
  const std::size_t open = key.find('{');
  if (open == BytesView::npos) return key;
  const std::size_t close = key.find('}', open + 1);
  if (close == BytesView::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

PartitionId partition_of(BytesView key, std::uint32_t partitions) {
  return partition_of(key, hash64(key), partitions);
}

PartitionId partition_of(BytesView key, std::uint64_t key_hash, std::uint32_t partitions) {
  CW_CHECK(std::has_single_bit(partitions) && partitions <= partitions_max, "partitions is a power of two");
  if (partitions == 1) return PartitionId{0};
  const auto bits = static_cast<unsigned>(std::countr_zero(partitions));
  const BytesView tag = hash_tag(key);
  const std::uint64_t hash = tag.size() == key.size() ? key_hash : hash64(tag);
  return PartitionId{static_cast<std::uint32_t>(hash >> (64 - bits))};
}

Placement Placement::compute(const Configuration& configuration) {
  const Topology& topology = configuration.topology();
  CW_CHECK(std::has_single_bit(topology.partitions) && topology.partitions <= partitions_max,
           "partitions is a power of two");
  Placement placement;
  placement.partitions_ = topology.partitions;
  std::vector<const Datacenter*> datacenters;
  for (const Datacenter& dc : topology.datacenters) datacenters.push_back(&dc);
  std::ranges::sort(datacenters, {}, [](const Datacenter* dc) -> const std::string& { return dc->name; });
  for (const Datacenter* dc : datacenters) {
    CW_CHECK(dc->replicas >= 1 && dc->replicas <= dc->nodes.size(),
             "a datacenter has 1 replica to one per node");
    placement.columns_[dc->id] = {placement.width_, dc->replicas};
    placement.width_ += dc->replicas;
  }
  placement.table_.resize(placement.width_ * topology.partitions);

  for (const Datacenter* dc : datacenters) {
    const Room room = room_of(*dc);
    const std::vector<std::uint64_t> shares = fair_shares(room, topology.partitions);
    std::vector<LoadBounds> bounds;
    for (const std::uint64_t share : shares) bounds.push_back(bounds_for(share, topology.partitions));
    Assignment assignment = assign_replicas(room, topology.partitions, bounds);
    spread_leaders(room, assignment);

    std::vector<std::vector<NodeId>> shards(room.members.size());
    for (std::size_t i = 0; i < room.members.size(); ++i) {
      const Node& machine = *std::ranges::find(dc->nodes, room.members[i].id, &Node::id);
      for (std::uint32_t k = 0; k < machine.shards; ++k) {
        shards[i].push_back(shard_of(machine, k).id);
        placement.loads_[shards[i].back()].fair_share =
            static_cast<double>(shares[i]) / static_cast<double>(share_unit) / machine.shards;
      }
    }
    const auto holder = [&](MemberIndex member, std::uint32_t p) {
      return shards[member][shard_at(PartitionId{p}, static_cast<std::uint32_t>(shards[member].size()))];
    };
    for (std::uint32_t p = 0; p < topology.partitions; ++p) {
      std::size_t cell = p * placement.width_ + placement.columns_[dc->id].first;
      ++placement.loads_[holder(assignment[p].front(), p)].led;
      for (const MemberIndex member : assignment[p]) {
        const NodeId id = holder(member, p);
        placement.table_[cell++] = id;
        placement.loads_[id].partitions.push_back(PartitionId{p});
      }
    }
  }
  return placement;
}

std::span<const NodeId> Placement::replicas(PartitionId partition, DcId datacenter) const& {
  const auto columns = columns_.find(datacenter);
  if (columns == columns_.end()) return {};
  const std::span<const NodeId> row = all_replicas(partition);
  return row.empty() ? row : row.subspan(columns->second.first, columns->second.count);
}

std::span<const NodeId> Placement::all_replicas(PartitionId partition) const& {
  if (partition.value >= partitions_) return {};
  return std::span(table_).subspan(partition.value * width_, width_);
}

bool Placement::is_replica(PartitionId partition, NodeId node) const {
  const std::span<const NodeId> all = all_replicas(partition);
  return std::ranges::find(all, node) != all.end();
}

std::span<const PartitionId> Placement::partitions_of(NodeId node) const& {
  const auto load = loads_.find(node);
  return load == loads_.end() ? std::span<const PartitionId>{} : load->second.partitions;
}

std::uint32_t Placement::led_by(NodeId node) const {
  const auto load = loads_.find(node);
  return load == loads_.end() ? 0 : load->second.led;
}

double Placement::fair_share(NodeId node) const {
  const auto load = loads_.find(node);
  return load == loads_.end() ? 0 : load->second.fair_share;
}

}  // namespace causeway
