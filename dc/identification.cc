#include "dc/identification.h"

#include <algorithm>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr Micros repeat_every = 150ms;
/// How long members that have not been heard of are waited for.
constexpr Micros grace = 600ms;

constexpr BytesView claim_prefix = "claim/";

constexpr const char* what_follows =
    ": it takes a new identity, and serves once it has caught up with the others";

Bytes claim_note(NodeId node) {
  Bytes name(claim_prefix);
  Writer(name).u64(node.value);
  return name;
}

Claimed read_claim(BytesView note) {
  Reader reader(note);
  Claimed claim;
  claim.incarnation = Incarnation{reader.u64()};
  claim.actor = ActorId{reader.u64()};
  return claim;
}

}  // namespace

Identification::Identification(Site& site, Start start, MonoTime now)
    : site_(site), start_(std::move(start)), begun_(now), next_send_(now) {
  claimed_ = {start_.last.incarnation, start_.last.actor};
  known_ = start_.last.incarnation;
  reason_ = "asking the other members what they know of this node";
  if (start_.loss == Loss::none) return;
  const std::string why = start_.loss == Loss::wiped
                              ? "its data folder is empty, and it was not told to found a cluster"
                              : "the machine stopped before a sync, or amid a recovery";
  reason_ = why + ": " + reason_;
  site_.post.note(why + what_follows);
}

Result<void> Identification::load() {
  return site_.store.notes(claim_prefix, [this](BytesView name, BytesView value) {
    site_.clocks.claimed(NodeId{Reader(name.substr(claim_prefix.size())).u64()}, read_claim(value).actor);
  });
}

void Identification::refuse(std::string reason) {
  if (stage_ == Stage::refused) return;
  stage_ = Stage::refused;
  reason_ = std::move(reason);
  site_.post.note("refuses to serve: " + reason_);
}

void Identification::lost(Loss loss, const std::string& why) {
  if (start_.loss >= loss) return;
  if (planted(Plant::restored_not_noticed) || (planted(Plant::actor_reused) && loss == Loss::events)) return;
  start_.loss = loss;
  site_.post.note(why + what_follows);
}

bool Identification::lost_own(const std::string& why) {
  if (stage_ != Stage::asking && (stage_ != Stage::claiming || start_.loss != Loss::none)) return false;
  lost(Loss::events, why);
  stage_ = Stage::asking;
  return true;
}

void Identification::on(NodeId from, const HelloReply& reply) {
  if (stage_ != Stage::asking) return;
  known_ = std::max(known_, reply.incarnation);
  if (start_.founding && reply.incarnation.value > 0) {
    lost(Loss::wiped, "the cluster knows this node, but its data folder is empty");
  } else if (reply.incarnation > start_.last.incarnation) {
    lost(Loss::restored, "the cluster knows incarnation " + std::to_string(reply.incarnation.value) +
                             " of this node, its folder has " +
                             std::to_string(start_.last.incarnation.value) + ": the folder is an older copy");
  }
  for (const Counter& known : reply.counters) {
    if (!site_.store.holds(known.partition)) continue;
    const std::uint64_t own = site_.store.partition(known.partition).clock().counter(start_.last.actor);
    if (known.counter > own && !planted(Plant::actor_reused)) {
      lost(Loss::events, "a member has event " + std::to_string(known.counter) +
                             " of this node in partition " + std::to_string(known.partition.value) +
                             ", its folder has only " + std::to_string(own));
    }
  }
  for (const Heard& heard : reply.heard) {
    if (!site_.store.holds(heard.partition) ||
        site_.store.partition(heard.partition).clock().covers(heard.clock))
      continue;
    lost(Loss::events, "this node acknowledged events of partition " + std::to_string(heard.partition.value) +
                           " that its folder does not have");
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
  if (!all && (now - begun_ < grace || !std::all_of(nodes.begin(), nodes.end(), answered_or_dead)))
    return false;
  return start_.loss == Loss::none ? vouched_enough() : asked_enough_after_loss();
}

/// Of those who recorded the last claim, a majority of the datacenter with this node's machine among them, one has answered
/// that does not lose what this node loses; and the cluster is known.
bool Identification::asked_enough_after_loss() const {
  const auto nodes = site_.configuration.first_shards_of(site_.home);
  const auto answered = std::count_if(nodes.begin(), nodes.end(), [&](NodeId node) {
    return answered_.contains(node) && !site_.configuration.share_a_machine(node, site_.self);
  });
  const std::size_t majority = nodes.size() / 2 + 1;
  return start_.last.cluster != 0 &&
         static_cast<std::size_t>(answered) >= std::min(nodes.size() - majority + 1, nodes.size() - 1);
}

/// N - W + 1 members of the datacenter that lost nothing, this one among them: with the W that acknowledged an event they
/// share one. Where too many lost something all have answered: more cannot be known. Where a cluster is founded all of the
/// datacenter have: one of them may know that this node was wiped.
bool Identification::vouched_enough() const {
  const auto nodes = site_.configuration.first_shards_of(site_.home);
  const auto silent = [&](NodeId node) { return node != site_.self && !answered_.contains(node); };
  if (start_.founding && std::any_of(nodes.begin(), nodes.end(), silent)) return false;
  for (const PartitionId partition : site_.store.partitions()) {
    const auto replicas = site_.placement.replicas(partition, site_.home);
    if (std::none_of(replicas.begin(), replicas.end(), silent)) continue;
    const auto vouched = std::count_if(replicas.begin(), replicas.end(), [&](NodeId node) {
      return node == site_.self || vouched_.contains(node);
    });
    const std::size_t write_quorum = replicas.size() / 2 + 1;
    if (static_cast<std::size_t>(vouched) < replicas.size() - write_quorum + 1) return false;
  }
  return true;
}

Result<void> Identification::claim_again() {
  claimed_.incarnation = Incarnation{known_.value + 1};
  recorded_.clear();
  next_send_ = MonoTime();
  auto stored = site_.store.set_note_now(identity_note, encode_identity(record(false)));
  claims_again_ = !stored && stored.error().code == ErrorCode::storage_full;
  return claims_again_ ? Result<void>() : stored;
}

Result<void> Identification::claim() {
  const Claimed before = claimed_;
  claimed_.incarnation = Incarnation{std::max(known_, claimed_.incarnation).value + 1};
  if (start_.loss != Loss::none || unproven()) claimed_.actor = start_.fresh_actor;
  if (auto stored = site_.store.set_note_now(identity_note, encode_identity(record(false))); !stored) {
    if (stored.error().code != ErrorCode::storage_full) return stored;
    claimed_ = before;
    reason_ = "the disk is full, and its claim cannot be stored: free or grant space";
    return {};
  }
  CW_TRY_VOID(site_.store.forget_torn());
  site_.clocks.claimed(site_.self, claimed_.actor);
  recorded_.clear();
  stage_ = Stage::claiming;
  reason_ = "waiting until a quorum of its datacenter has recorded incarnation " +
            std::to_string(claimed_.incarnation.value);
  go_on_if_recorded();
  return {};
}

bool Identification::unproven() const {
  if (start_.founding) return false;
  // A bit that flips in the newest record looks like a write that was cut short: it may have been acknowledged.
  if (site_.store.was_torn()) return true;
  const auto& held = site_.store.partitions();
  return std::any_of(held.begin(), held.end(), [this](PartitionId id) {
    const auto local = site_.placement.replicas(id, site_.home);
    const auto vouched = [this](NodeId node) { return vouched_.contains(node) || node == site_.self; };
    if (local.size() > 1) return std::count_if(local.begin(), local.end(), vouched) == 1;
    // Which of the others has heard most of this node cannot be known.
    const auto all = site_.placement.all_replicas(id);
    return !std::all_of(all.begin(), all.end(), vouched);
  });
}

Identity Identification::record(bool clean) const {
  Identity identity = start_.last;
  identity.incarnation = claimed_.incarnation;
  identity.actor = claimed_.actor;
  identity.durable_sync = start_.durable_sync;
  identity.boot_id = start_.boot_id;
  identity.clean = clean;
  identity.complete = start_.loss == Loss::none || stage_ == Stage::serving;
  return identity;
}

bool Identification::recorded_enough() const {
  const auto nodes = site_.configuration.first_shards_of(site_.home);
  const auto recorded = std::count_if(nodes.begin(), nodes.end(), [&](NodeId node) {
    return node == site_.self || recorded_.contains(node);
  });
  return static_cast<std::size_t>(recorded) >= nodes.size() / 2 + 1;
}

void Identification::go_on_if_recorded() {
  if (stage_ != Stage::claiming || !recorded_enough()) return;
  const bool at_once = start_.loss == Loss::none || planted(Plant::served_before_caught_up);
  stage_ = at_once ? Stage::serving : Stage::recovering;
  reason_.clear();
  if (stage_ == Stage::recovering) reason_ = "it catches up with the other replicas after a loss";
  site_.liveness.announce();
  const std::string incarnation = ", incarnation " + std::to_string(claimed_.incarnation.value);
  site_.post.note((serving() ? "serves" : "recovers") + incarnation);
}

Result<void> Identification::recovered() {
  stage_ = Stage::serving;
  if (auto stored = site_.store.set_note_now(identity_note, encode_identity(record(false))); !stored) {
    stage_ = Stage::recovering;
    return stored.error().code == ErrorCode::storage_full ? Result<void>() : stored;
  }
  start_.loss = Loss::none;
  reason_.clear();
  site_.liveness.announce();
  site_.post.note("has caught up after a loss, and serves");
  return {};
}

void Identification::on(NodeId from, const ClaimReply& reply) {
  if (stage_ == Stage::asking || recorded_.contains(from)) return;  // nothing was asked
  if (reply.incarnation > claimed_.incarnation) {
    // Who knows it may not have been heard before: where the datacenter has no other node, nobody had to be.
    known_ = reply.incarnation;
    const std::string why =
        "a member has recorded a later incarnation of this node: its folder is an older copy";
    const bool took_new_actor = claimed_.actor == start_.fresh_actor;
    if (stage_ == Stage::serving && !took_new_actor)
      refuse("ALARM: " + why + "; start it again, so that it recovers");
    if (stage_ == Stage::serving) claims_again_ = true;  // all that it lacks is its number
    if (stage_ != Stage::claiming && stage_ != Stage::recovering) return;
    lost(Loss::restored, why);
    stage_ = Stage::asking;
    return;
  }
  if (reply.incarnation != claimed_.incarnation) return;
  recorded_.insert(from);
  go_on_if_recorded();
}

Claimed Identification::recorded_claim(NodeId node) const {
  const auto note = site_.store.note(claim_note(node));
  return note && *note ? read_claim(**note) : Claimed();
}

Claimed Identification::known_claim(NodeId node) const {
  Claimed known = recorded_claim(node);
  for (const PartitionId partition : site_.store.partitions()) {
    const MemberClock* clock = site_.clocks.of(partition, node);
    if (clock != nullptr && clock->incarnation > known.incarnation)
      known = {clock->incarnation, clock->actor};
  }
  return known;
}

void Identification::on(NodeId from, const Hello& hello) {
  const Claimed known = known_claim(from);
  const bool complete = stage_ != Stage::refused && (start_.loss == Loss::none || stage_ == Stage::serving);
  HelloReply reply{known.incarnation, known.actor, {}, {}, complete};
  for (const PartitionId partition : site_.store.partitions()) {
    const std::uint64_t counter = std::max(site_.store.partition(partition).clock().counter(hello.actor),
                                           site_.replicas.at(partition).buffer().highest(hello.actor));
    if (counter > 0) reply.counters.push_back({partition, counter});
    // Another shard of its machine may have held the partition before.
    VersionVector heard;
    site_.clocks.each_of(partition, [&](const MemberClock& known_clock) {
      if (site_.configuration.share_a_machine(known_clock.node, from)) heard.join(known_clock.clock);
    });
    if (!heard.empty()) reply.heard.push_back({partition, std::move(heard)});
  }
  site_.post.send(from, std::move(reply));
}

Result<bool> Identification::on(NodeId from, const Claim& claim) {
  const Claimed known = known_claim(from);
  const bool same = claim.incarnation == known.incarnation && claim.actor == known.actor;
  if (claim.incarnation <= known.incarnation && !same) {
    site_.post.send(from,
                    ClaimReply{Incarnation{std::max(known.incarnation.value, claim.incarnation.value + 1)}});
    return false;
  }
  const Claimed recorded = recorded_claim(from);  // its clocks may have told before its claim does
  if (recorded.incarnation != claim.incarnation || recorded.actor != claim.actor) {
    Bytes value;
    Writer writer(value);
    writer.u64(claim.incarnation.value);
    writer.u64(claim.actor.value);
    if (auto stored = site_.store.set_note_now(claim_note(from), value); !stored) {
      // On a full disk it is not recorded, and not answered: the claimant asks again.
      if (stored.error().code != ErrorCode::storage_full) return tl::unexpected(stored.error());
      return false;
    }
    recorded_.erase(from);  // it may have been wiped: then it no longer knows this node's claim
  }
  const auto before = site_.clocks.claim_of(from);
  site_.clocks.claimed(from, claim.actor);
  site_.post.send(from, ClaimReply{claim.incarnation});
  const bool known_otherwise = known.incarnation.value > 0 && claim.actor != known.actor;
  return known_otherwise || (before && *before != claim.actor);
}

Result<void> Identification::tick(MonoTime now) {
  if (claims_again_ && stage_ == Stage::serving) CW_TRY_VOID(claim_again());
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
