#include "node/reshard.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "storage/identity.h"
#include "sync/member_clocks.h"

namespace causeway {
namespace {

/// What the shards of the last run prove, put together: the worst of each.
struct Proof {
  std::optional<Identity> last;
  bool lost_nothing = true;

  void add(const Identity& identity, bool may_go_on) {
    if (!last) last = identity;
    // The greatest, so that none of the new ones is taken for an older copy of one that had its name.
    last->incarnation = std::max(last->incarnation, identity.incarnation);
    lost_nothing = lost_nothing && may_go_on;
  }
};

/// Brings all that the log has into the state.
Result<void> settle(const ShardFiles& shard, BytesView boot_id, Proof& proof) {
  CW_TRY(const auto store, ShardStore::open(shard.log, shard.state, {}, StoreLimits{}));
  CW_TRY_VOID(store->verify());
  CW_TRY(const auto note, store->note(identity_note));
  if (note) {
    CW_TRY(const Identity identity, decode_identity(*note));
    proof.add(identity, may_reuse_actor(identity, boot_id) && !store->was_torn());
  } else {
    proof.lost_nothing = false;  // it had not come so far as to know what it lacks
  }
  return store->checkpoint(MonoTime{});
}

}  // namespace

Result<void> reshard_node(std::span<const ShardFiles> old, std::span<const NewShard> now, BytesView boot_id,
                          std::uint64_t seed) {
  Proof proof;
  for (const ShardFiles& shard : old) CW_TRY_VOID(settle(shard, boot_id, proof));
  std::vector<ShardFiles> files;
  for (const NewShard& shard : now) {
    CW_TRY_VOID(shard.files.log.recover(Sequence{0}));
    files.push_back(shard.files);
  }
  const auto home = [&](PartitionId id) -> std::size_t {
    return shard_at(id, static_cast<std::uint32_t>(now.size()));
  };
  const auto about = [](BytesView note) { return MemberClocks::partition_of_note(note); };
  const ReshardPlan plan{home, about};
  CW_TRY_VOID(reshard(old, files, plan));
  if (!proof.last) return {};  // it never had an identity
  Random random(seed);
  for (const NewShard& shard : now) {
    Identity identity = *proof.last;
    identity.node = shard.id;
    identity.actor = ActorId{random.next() | 1U};
    identity.boot_id = boot_id;
    identity.clean = proof.lost_nothing;
    identity.complete = proof.lost_nothing;
    const StateWrite write = Notes::write_of(identity_note, encode_identity(identity));
    CW_TRY_VOID(shard.files.state.commit({write}));
  }
  return {};
}

}  // namespace causeway
