#include "node/core.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/plant.h"
#include "base/random.h"
#include "node/parts.h"

namespace causeway {
namespace {

std::vector<NodeId> peers_of(const Configuration& configuration, NodeId self) {
  std::vector<NodeId> peers = configuration.nodes();
  std::erase(peers, self);
  return peers;
}

}  // namespace

NodeCore::Parts::Parts(Configuration given, NodeOptions node_options, ShardStore& shard_store, std::uint64_t cluster,
                       Identification::Start start, Now at)
    : configuration(std::move(given)),
      topology_fingerprint(fingerprint(configuration.topology())),
      placement(Placement::compute(configuration)),
      options(std::move(node_options)),
      store(shard_store),
      post(cluster, options.self, options.run, configuration.epoch()),
      liveness(peers_of(configuration, options.self), LivenessLimits{}),
      subscription_ids(options.run),
      puller([this](PartitionId id) -> const VersionVector& { return store.partition(id).clock(); }, subscription_ids,
             PullLimits{}),
      site{options.self, configuration.datacenter_of(options.self)->id, configuration, placement, store, clocks, liveness,
           puller, post, hlc, replicas, unfit, told},
      feeds(store, [this](ActorId actor) { return origin_of(actor); }, FeedLimits{}),
      chunks(store, ChunkLimits{.bytes_max = options.chunk_bytes}),
      full_sync(
          store, puller,
          [this](BytesView key, PartitionId id) { return partition_of(key, configuration.partitions()) == id; },
          subscription_ids, FullSyncLimits{.chunk_bytes = options.chunk_bytes}),
      replication(site, feeds, GossipLimits{}, at.mono),
      identification(site, std::move(start), at.mono),
      recovery(site),
      coordinator(site, replication, CoordinatorLimits{}),
      janitor(site, coordinator, JanitorLimits{}),
      links(
          options.self, configuration, placement, [this](NodeId node) { return liveness.serving(node); },
          [this](PartitionId id) -> const VersionVector& { return store.partition(id).clock(); },
          [this](PartitionId id, NodeId source, const std::vector<DcId>& origins) { return lacks(id, source, origins); },
          subscription_ids, LinkLimits{}),
      now(at),
      last_sync(at.mono),
      next_look(at.mono),
      next_links(at.mono),
      next_measure(at.mono) {
  liveness.observe(at.mono);
  liveness.announce();
  for (const PartitionId id : store.partitions()) {
    replicas.try_emplace(id, store.partition(id), ReplicaLimits{}, [this, id](const Event& event) { return acceptable(id, event); });
  }
}

Result<std::unique_ptr<NodeCore>> NodeCore::open(Configuration configuration, NodeOptions options, ShardStore& store,
                                                 Now now) {
  CW_CHECK(configuration.node(options.self) != nullptr, "the topology names this node");
  Identification::Start start;
  Random random(options.seed);
  CW_TRY(const auto note, store.note(identity_note));
  if (note) {
    CW_TRY(start.last, decode_identity(*note));
    if (start.last.node != options.self) {
      return fail(ErrorCode::invalid, "the data folder belongs to another node: give each node a folder of its own");
    }
    if (options.found && *options.found != start.last.cluster) {
      return fail(ErrorCode::invalid, "the data folder belongs to another cluster: move it away, or do not found anew");
    }
    if (!may_reuse_actor(start.last, options.boot_id)) start.loss = Identification::Loss::events;
  } else {
    start.founding = options.found.has_value();
    start.last.cluster = options.found.value_or(0);
    start.last.node = options.self;
    start.last.actor = ActorId{random.next() | 1U};
    if (!options.found) start.loss = Identification::Loss::wiped;
  }
  start.fresh_actor = ActorId{random.next() | 1U};
  start.durable_sync = configuration.topology().durability.is_sync();
  start.boot_id = options.boot_id;
  const std::uint64_t cluster = start.last.cluster;
  auto parts = std::make_unique<Parts>(std::move(configuration), std::move(options), store, cluster, std::move(start), now);
  CW_TRY_VOID(parts->clocks.load(store));
  CW_TRY_VOID(parts->told.load(store));
  CW_TRY_VOID(parts->identification.load());
  for (const PartitionId id : store.partitions()) parts->hlc.observe(store.partition(id).hlc());
  return std::unique_ptr<NodeCore>(new NodeCore(std::move(parts)));
}

NodeCore::NodeCore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) { parts_->core = this; }
NodeCore::~NodeCore() = default;

std::optional<DcId> NodeCore::Parts::origin_of(ActorId actor) const {
  const auto node = clocks.owner(actor);
  const Datacenter* datacenter = node ? configuration.datacenter_of(*node) : nullptr;
  return datacenter == nullptr ? std::nullopt : std::optional(datacenter->id);
}

bool NodeCore::Parts::lacks(PartitionId id, NodeId source, const std::vector<DcId>& origins) const {
  const MemberClock* known = clocks.of(id, source);
  if (known == nullptr) return false;
  const auto& rows = known->clock.rows();
  return std::any_of(rows.begin(), rows.end(), [&](const VersionVector::Row& row) {
    if (store.partition(id).clock().counter(row.first) >= row.second) return false;
    const auto origin = origin_of(row.first);
    return !origin || std::find(origins.begin(), origins.end(), *origin) != origins.end();
  });
}

void NodeCore::Parts::note_stage() {
  const bool serving = identification.serving();
  if (serving && !was_serving) {
    replication.refresh(now.mono);
    next_links = now.mono;
  }
  was_serving = serving;
  coordinator.serve(serving ? &identification.claimed() : nullptr, identification.reason());
}

bool NodeCore::Parts::look_at(PartitionId id) {
  Replica& replica = replicas.at(id);
  replica.drop_older(now.mono - limits.stuck_dropped);
  if (const auto from = replica.stuck_since(now.mono - limits.stuck_remote)) {
    if (const MemberClock* known = clocks.of(id, *from)) puller.lack(id, known->clock, *from, now.mono);
  }
  const bool behind = !planted(Plant::hand_over_lost) && look_at_peers(id);
  return behind || replica.buffer().bytes() > 0 || full_sync.wants(id) || full_sync.running(id);
}

void NodeCore::Parts::look() {
  std::erase_if(watched, [this](PartitionId id) { return !look_at(id); });
}

/// Local peers whose clock was not covered at the last look and still is not: what they have did not come by itself. Nor
/// does a link bring back what was issued in this datacenter, and lost here.
bool NodeCore::Parts::look_at_peers(PartitionId id) {
  const VersionVector& own = store.partition(id).clock();
  const bool overdue = !own.covers(std::exchange(seen_behind[id], {}));
  bool behind = false;
  for (const NodeId peer : placement.all_replicas(id)) {
    const MemberClock* known = clocks.of(id, peer);
    if (peer == options.self || known == nullptr || own.covers(known->clock)) continue;
    const VersionVector owed = site.is_local(peer) ? known->clock : issued_at_home(known->clock);
    if (own.covers(owed)) continue;
    behind = true;
    seen_behind[id].join(owed);
    if (overdue && liveness.serving(peer)) puller.lack(id, owed, peer, now.mono);
  }
  return behind;
}

VersionVector NodeCore::Parts::issued_at_home(const VersionVector& clock) const {
  VersionVector rows;
  for (const auto& [actor, counter] : clock.rows()) {
    const auto origin = origin_of(actor);
    if (!origin || *origin == site.home) rows.raise({actor, counter});
  }
  return rows;
}

void NodeCore::Parts::tick() {
  if (auto done = identification.tick(now.mono); !done) fatal = std::move(done).error();
  if (auto done = recover(); !done) fatal = std::move(done).error();
  note_stage();
  room = store.has_room(true);
  // Without room for what others replicate it can take in and acknowledge nothing: others hold its links.
  const bool takes = identification.serving() && room;
  if (std::exchange(took, takes) != takes) liveness.announce();
  liveness.tick(Heartbeat{takes, topology_fingerprint}, post);
  coordinator.tick(now);
  if (!takes_part()) return;
  if (now.mono >= next_look) {
    next_look = now.mono + limits.look_every;
    look_for_damage();
    look();
  }
  if (now.mono >= next_links) {
    next_links = now.mono + limits.links_every;
    links.tick(now.mono, room, post);
  }
  if (now.mono >= next_measure) {
    next_measure = now.mono + limits.measure_every;
    measured = true;
    measure();
  }
  if (identification.serving()) janitor.tick(identification.claimed(), now);
  chunks.tick(now.mono);
  full_sync.tick(now.mono, room, post);
  note_transfers();
  puller.tick(now.mono, room, post);
}

void NodeCore::Parts::flush() {
  coordinator.flush();
  if (!takes_part()) return;
  if (auto pumped = feeds.pump(post); !pumped) post.note("a feed stopped: " + to_string(pumped.error()));
  replication.flush(identification.serving() ? &identification.claimed() : nullptr, now.mono);
}

Result<void> NodeCore::Parts::commit() {
  if (fatal) return tl::unexpected(*fatal);
  CW_TRY_VOID(store.write());
  own_clock_moved = own_clock_moved || store.unsynced();
  const Durability& durability = configuration.topology().durability;
  if (durability.is_sync()) {
    if (store.unsynced() && !planted(Plant::acknowledge_unsynced)) CW_TRY_VOID(store.sync());
  } else {
    CW_TRY_VOID(settle(durability.sync_interval));
  }
  const bool look = std::exchange(measured, false) || store.is_behind();
  if (look && store.checkpoint_due(now.mono)) {
    clocks.save(store);
    told.save(store, now.wall);
    store.begin_checkpoint(now.mono);
  }
  const auto ended = store.advance_checkpoint();
  if (!ended) return unless_full(tl::unexpected<Error>(ended.error()));
  if (*ended) note_checkpoint();
  return {};
}

void NodeCore::Parts::note_checkpoint() {
  was_full = false;
  if (!told.stored()) return;
  for (const PartitionId id : store.partitions()) {
    if (janitor.waits(id)) replication.tell(id);
  }
}

/// Beside the turns: what is written is durable after the interval, and the time that the disk takes.
Result<void> NodeCore::Parts::settle(Micros sync_interval) {
  CW_TRY_VOID(store.settle());
  const bool due = store.unsynced() && now.mono - last_sync >= sync_interval && !planted(Plant::sync_not_begun);
  if (!due || store.syncing()) return {};
  last_sync = now.mono;
  return store.start_sync();
}

Result<void> NodeCore::Parts::unless_full(Result<void> stored) {
  const bool full = !stored && stored.error().code == ErrorCode::storage_full;
  if (full && !was_full) post.note("the disk is full: writes are refused until there is room; " + to_string(stored.error()));
  was_full = full;
  return full ? Result<void>() : std::move(stored);
}

Result<Outbox> NodeCore::run_turn(Inbox inbox, Now now) {
  Parts& parts = *parts_;
  parts.now = now;
  parts.liveness.observe(now.mono);
  parts.coordinator.observe(now);
  if (planted(Plant::acknowledge_before_commit)) CW_TRY_VOID(parts.commit());
  for (Envelope& envelope : inbox.peers) parts.receive(envelope);
  for (auto& [client, message] : inbox.clients) {
    std::visit([&, from = client](auto& held) { parts.handle(from, held); }, message);
  }
  parts.serve_requests();
  parts.tick();
  parts.flush();
  if (!planted(Plant::acknowledge_before_commit)) CW_TRY_VOID(parts.commit());
  return parts.post.take();
}

MonoTime NodeCore::wake_at() const {
  const Parts& parts = *parts_;
  MonoTime first = parts.liveness.wake_at();
  const auto sooner = [&first](const std::optional<MonoTime>& at) {
    if (at) first = std::min(first, *at);
  };
  sooner(parts.identification.wake_at());
  sooner(parts.coordinator.wake_at());
  if (parts.takes_part()) {
    if (!parts.watched.empty()) sooner(parts.next_look);
    sooner(parts.replication.wake_at());
    sooner(parts.puller.wake_at());
    sooner(parts.full_sync.wake_at());
    sooner(parts.recovery.wake_at());
    if (parts.identification.serving()) sooner(parts.janitor.wake_at());
  }
  const Durability& durability = parts.configuration.topology().durability;
  if (parts.store.unsynced() && !parts.store.syncing()) sooner(parts.last_sync + durability.sync_interval);
  return first;
}

Result<void> NodeCore::stop(Now now) {
  Parts& parts = *parts_;
  CW_TRY_VOID(parts.store.write());
  CW_TRY_VOID(parts.store.sync());
  parts.clocks.save(parts.store);
  parts.told.save(parts.store, now.wall);
  CW_TRY_VOID(parts.store.checkpoint(now.mono));
  // A node that refuses, or was still asking, has proven nothing: its folder keeps the mark of the run before.
  if (!parts.identification.serving()) return {};
  return parts.store.set_note_now(identity_note, encode_identity(parts.identification.record(true)));
}

void NodeCore::count_malformed(std::uint64_t messages) { parts_->dropped += messages; }

}  // namespace causeway
