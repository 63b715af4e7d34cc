#include "dc/identification.h"

#include <algorithm>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr Micros repeat_every = 150ms;
/// How long members that have not been heard of are waited for.
constexpr Micros grace = 600ms;

Bytes claim_note(NodeId node) {
  Bytes name("claim/");
  Writer(name).u64(node.value);
  return name;
}

}  // namespace

Identification::Identification(Site& site, Start start, MonoTime now)
    : site_(site), start_(std::move(start)), begun_(now), next_send_(now) {
  claimed_ = {start_.last.incarnation, start_.last.actor};
  reason_ = "asking the other members what they know of this node";
  if (!start_.refusal.empty()) refuse(start_.refusal);
}

void Identification::refuse(std::string reason) {
  if (stage_ == Stage::refused) return;
  stage_ = Stage::refused;
  reason_ = std::move(reason);
  site_.post.note("refuses to serve: " + reason_);
}

void Identification::on(NodeId from, const HelloReply& reply) {
  if (stage_ != Stage::asking) return;
  if (start_.founding && reply.incarnation.value > 0) {
    refuse("the cluster knows this node, but its data folder is empty: it was wiped, and must not found anew");
    return;
  }
  if (reply.incarnation > start_.last.incarnation) {
    refuse("the cluster knows incarnation " + std::to_string(reply.incarnation.value) + " of this node, its folder has " +
           std::to_string(start_.last.incarnation.value) + ": the folder is an older copy, and full sync is needed");
    return;
  }
  for (const Counter& known : reply.counters) {
    if (!site_.store.holds(known.partition)) continue;
    const std::uint64_t own = site_.store.partition(known.partition).clock().counter(start_.last.actor);
    if (known.counter > own && !planted(Plant::actor_reused)) {
      refuse("a member has event " + std::to_string(known.counter) + " of this node in partition " +
             std::to_string(known.partition.value) + ", its folder has only " + std::to_string(own) +
             ": events were lost, and full sync is needed");
      return;
    }
  }
  answered_.insert(from);
  if (reply.complete) vouched_.insert(from);
}

bool Identification::asked_enough(MonoTime now) const {
  const auto& nodes = site_.configuration.nodes();
  const auto answered_or_dead = [&](NodeId node) {
    return node == site_.self || answered_.contains(node) || !site_.liveness.alive(node);
  };
  const bool all = answered_.size() + 1 >= nodes.size();
  if (!all && (now - begun_ < grace || !std::all_of(nodes.begin(), nodes.end(), answered_or_dead))) return false;
  // N - W + 1 members of the datacenter, this one among them: with the W that acknowledged an event they share one.
  for (const PartitionId partition : site_.store.partitions()) {
    const auto replicas = site_.placement.replicas(partition, site_.home);
    const auto vouched = std::count_if(replicas.begin(), replicas.end(), [&](NodeId node) {
      return node == site_.self || vouched_.contains(node);
    });
    const std::size_t write_quorum = replicas.size() / 2 + 1;
    if (static_cast<std::size_t>(vouched) < replicas.size() - write_quorum + 1) return false;
  }
  return true;
}

Result<void> Identification::claim() {
  claimed_.incarnation = Incarnation{start_.last.incarnation.value + 1};
  if (auto stored = site_.store.set_note_now(identity_note, encode_identity(record(false))); !stored) {
    if (stored.error().code != ErrorCode::storage_full) return stored;
    claimed_.incarnation = start_.last.incarnation;
    reason_ = "the disk is full, and its claim cannot be stored: free or grant space";
    return {};
  }
  site_.clocks.name_owner(claimed_.actor, site_.self);
  stage_ = Stage::claiming;
  reason_ = "waiting until a quorum of its datacenter has recorded incarnation " +
            std::to_string(claimed_.incarnation.value);
  serve_if_recorded();
  return {};
}

Identity Identification::record(bool clean) const {
  Identity identity = start_.last;
  identity.incarnation = claimed_.incarnation;
  identity.actor = claimed_.actor;
  identity.durable_sync = start_.durable_sync;
  identity.boot_id = start_.boot_id;
  identity.clean = clean;
  return identity;
}

bool Identification::recorded_enough() const {
  const auto nodes = site_.configuration.nodes_of(site_.home);
  const auto recorded = std::count_if(nodes.begin(), nodes.end(), [&](NodeId node) {
    return node == site_.self || recorded_.contains(node);
  });
  return static_cast<std::size_t>(recorded) >= (planted(Plant::incarnation_not_recorded) ? 1 : nodes.size() / 2 + 1);
}

void Identification::serve_if_recorded() {
  if (stage_ != Stage::claiming || !recorded_enough()) return;
  stage_ = Stage::serving;
  reason_.clear();
  site_.liveness.announce();
  site_.post.note("serves, incarnation " + std::to_string(claimed_.incarnation.value));
}

void Identification::on(NodeId from, const ClaimReply& reply) {
  if (stage_ == Stage::asking || reply.incarnation != claimed_.incarnation) return;
  recorded_.insert(from);
  serve_if_recorded();
}

Claimed Identification::known_claim(NodeId node) const {
  Claimed known;
  if (const auto note = site_.store.note(claim_note(node)); note && *note) {
    Reader reader(**note);
    known.incarnation = Incarnation{reader.u64()};
    known.actor = ActorId{reader.u64()};
  }
  for (const PartitionId partition : site_.store.partitions()) {
    const MemberClock* clock = site_.clocks.of(partition, node);
    if (clock != nullptr && clock->incarnation > known.incarnation) known = {clock->incarnation, clock->actor};
  }
  return known;
}

void Identification::on(NodeId from, const Hello& hello) {
  const Claimed known = known_claim(from);
  HelloReply reply{known.incarnation, known.actor, {}, stage_ != Stage::refused};
  for (const PartitionId partition : site_.store.partitions()) {
    const std::uint64_t counter = std::max(site_.store.partition(partition).clock().counter(hello.actor),
                                           site_.replicas.at(partition).buffer().highest(hello.actor));
    if (counter > 0) reply.counters.push_back({partition, counter});
  }
  site_.post.send(from, std::move(reply));
}

Result<void> Identification::on(NodeId from, const Claim& claim) {
  const Claimed known = known_claim(from);
  const bool same = claim.incarnation == known.incarnation;
  if (claim.incarnation < known.incarnation || (same && claim.actor != known.actor)) return {};
  if (claim.incarnation > known.incarnation && !planted(Plant::incarnation_not_recorded)) {
    Bytes value;
    Writer writer(value);
    writer.u64(claim.incarnation.value);
    writer.u64(claim.actor.value);
    if (auto stored = site_.store.set_note_now(claim_note(from), value); !stored) {
      // On a full disk it is not recorded, and not answered: the claimant asks again.
      return stored.error().code == ErrorCode::storage_full ? Result<void>() : stored;
    }
  }
  site_.clocks.name_owner(claim.actor, from);
  site_.post.send(from, ClaimReply{claim.incarnation});
  return {};
}

Result<void> Identification::tick(MonoTime now) {
  if (stage_ == Stage::asking && asked_enough(now)) CW_TRY_VOID(claim());
  if (stage_ == Stage::refused || now < next_send_) return {};
  next_send_ = now + repeat_every;
  for (const NodeId node : site_.configuration.nodes()) {
    if (node == site_.self) continue;
    if (stage_ == Stage::asking && !answered_.contains(node)) {
      site_.post.send(node, Hello{start_.last.incarnation, start_.last.actor});
    } else if (stage_ != Stage::asking && !recorded_.contains(node) && site_.liveness.alive(node)) {
      site_.post.send(node, Claim{claimed_.incarnation, claimed_.actor});
    }
  }
  return {};
}

std::optional<MonoTime> Identification::wake_at() const {
  const bool all_recorded = recorded_.size() + 1 >= site_.configuration.nodes().size();
  if (stage_ == Stage::refused || (stage_ == Stage::serving && all_recorded)) return std::nullopt;
  return next_send_;
}

}  // namespace causeway
