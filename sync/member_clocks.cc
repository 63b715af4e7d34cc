#include "sync/member_clocks.h"

#include "base/serial.h"
#include "crdt/codec.h"
#include "sync/settled.h"

namespace causeway {
namespace {

constexpr BytesView note_prefix = "clock/";

Bytes note_name(PartitionId partition, NodeId node) {
  Bytes name(note_prefix);
  Writer writer(name);
  writer.u32(partition.value);
  writer.u64(node.value);
  return name;
}

Bytes note_value(const MemberClock& clock) {
  Bytes value;
  Writer writer(value);
  writer.u64(clock.incarnation.value);
  writer.u64(clock.actor.value);
  writer.u64(clock.digest.low);
  writer.u64(clock.digest.high);
  writer.u64(clock.wall_ms);
  writer.u64(clock.peers);
  encode_vector(clock.clock, value);
  return value;
}

std::optional<MemberClock> read_note(BytesView name, BytesView value) {
  Reader place(name.substr(note_prefix.size()));
  Reader reader(value);
  MemberClock clock;
  clock.partition = PartitionId{place.u32()};
  clock.node = NodeId{place.u64()};
  clock.incarnation = Incarnation{reader.u64()};
  clock.actor = ActorId{reader.u64()};
  clock.digest.low = reader.u64();
  clock.digest.high = reader.u64();
  clock.wall_ms = reader.u64();
  clock.peers = reader.u64();
  clock.clock = decode_vector(reader);
  if (!place.done() || !reader.done()) return std::nullopt;
  return clock;
}

}  // namespace

MemberClocks::News MemberClocks::learn(const MemberClock& said) {
  const Place place{said.partition, said.node};
  auto [at, is_new] = clocks_.try_emplace(place, said);
  MemberClock& known = at->second;
  if (!is_new) {
    if (said.incarnation < known.incarnation) return News::stale;
    if (said.incarnation == known.incarnation) {
      if (said.clock == known.clock) return learn_later(said, known);
      if (!said.clock.covers(known.clock)) return News::stale;
    }
    known = said;
  }
  owners_[said.actor] = said.node;
  unsaved_[place] = true;
  return News::moved;
}

/// What brings nothing but another time is not worth a note. Which of two sums is the later one cannot be seen, but none is said again
/// once a member has another actor.
MemberClocks::News MemberClocks::learn_later(const MemberClock& said, MemberClock& known) {
  if (said.wall_ms < known.wall_ms) return News::same;
  const bool heard = said.peers != known.peers;
  const bool later = said.wall_ms > known.wall_ms;
  known.wall_ms = said.wall_ms;
  known.peers = said.peers;
  if (heard) return News::heard;
  return later ? News::later : News::same;
}

const MemberClock* MemberClocks::of(PartitionId partition, NodeId node) const {
  const auto at = clocks_.find({partition, node});
  return at == clocks_.end() ? nullptr : &at->second;
}

void MemberClocks::each_of(PartitionId partition, FunctionRef<void(const MemberClock&)> visit) const {
  for (auto at = clocks_.lower_bound({partition, NodeId{0}});
       at != clocks_.end() && at->first.first == partition; ++at) {
    visit(at->second);
  }
}

void MemberClocks::claimed(NodeId node, ActorId actor) {
  owners_[actor] = node;
  ActorId& known = claims_[node];
  if (known == actor) return;
  known = actor;
  ++claims_version_;
}

std::optional<ActorId> MemberClocks::claim_of(NodeId node) const {
  const auto at = claims_.find(node);
  return at == claims_.end() ? std::nullopt : std::optional(at->second);
}

std::uint64_t MemberClocks::peers(std::span<const NodeId> members) const {
  std::uint64_t sum = 0;
  for (const NodeId node : members) {
    if (const auto actor = claim_of(node)) sum += peer_mark(node, *actor);
  }
  return sum;
}

std::optional<NodeId> MemberClocks::owner(ActorId actor) const {
  const auto at = owners_.find(actor);
  if (at == owners_.end()) return std::nullopt;
  return at->second;
}

std::optional<PartitionId> MemberClocks::partition_of_note(BytesView name) {
  if (!name.starts_with(note_prefix)) return std::nullopt;
  return PartitionId{Reader(name.substr(note_prefix.size())).u32()};
}

void MemberClocks::save(ShardStore& store) {
  for (const auto& [place, moved] : unsaved_) {
    store.set_note(note_name(place.first, place.second), note_value(clocks_.at(place)));
  }
  unsaved_.clear();
}

Result<void> MemberClocks::load(const ShardStore& store) {
  bool readable = true;
  CW_TRY_VOID(store.notes(note_prefix, [&](BytesView name, BytesView value) {
    if (auto clock = read_note(name, value)) {
      owners_[clock->actor] = clock->node;
      clocks_[{clock->partition, clock->node}] = std::move(*clock);
    } else {
      readable = false;
    }
  }));
  if (!readable)
    return fail(ErrorCode::internal, "a stored member clock cannot be read: the state is damaged");
  return {};
}

}  // namespace causeway
