// The parts of a node core and how they hang together; private to node/.
#pragma once

#include <map>
#include <set>

#include "bridge/links.h"
#include "crdt/hlc.h"
#include "dc/coordinator.h"
#include "dc/identification.h"
#include "dc/janitor.h"
#include "dc/liveness.h"
#include "dc/recovery.h"
#include "dc/replication.h"
#include "dc/site.h"
#include "node/core.h"
#include "sync/chunk_server.h"
#include "sync/feeds.h"
#include "sync/full_sync.h"
#include "sync/member_clocks.h"
#include "sync/puller.h"
#include "sync/replica.h"

namespace causeway {

struct CoreLimits {
  Micros behind_local = 100ms;   ///< what a local peer has and this replica lacks is pulled after so long
  Micros stuck_remote = 600ms;   ///< an event that came too early over a link waits so long for its causes
  Micros stuck_dropped = 30s;    ///< … and is dropped after so long
  Micros look_every = 100ms;     ///< what is lacking, while something is
  Micros links_every = 500ms;    ///< who holds which link
  Micros measure_every = 500ms;  ///< lag, trim, checkpoint
};

struct NodeCore::Parts {
  Parts(Configuration given, NodeOptions node_options, ShardStore& shard_store, std::uint64_t cluster,
        Identification::Start start, Now now);

  // One handler a message; each is called in the turn in which it arrived.
  void handle(NodeId from, const Heartbeat& message);
  void handle(NodeId from, const Hello& message) { identification.on(from, message); }
  void handle(NodeId from, const HelloReply& message) { identification.on(from, message); }
  void handle(NodeId from, const Claim& message);
  void handle(NodeId from, const ClaimReply& message) { identification.on(from, message); }
  void handle(NodeId from, Replicate& message);
  void handle(NodeId from, const Clocks& message);
  void handle(NodeId from, const AskClock& message);
  void handle(NodeId from, const ClockAnswer& message);
  void handle(NodeId from, const Subscribe& message);
  void handle(NodeId from, Run& message);
  void handle(NodeId from, const Credit& message) { feeds.credit(from, message, post); }
  void handle(NodeId from, const Unsubscribe& message);
  void handle(NodeId from, const NeedFullSync& message);
  void handle(NodeId from, const AskChunk& message);
  void handle(NodeId from, Chunk& message);
  void handle(NodeId from, const EndTransfer& message);
  void handle(NodeId from, Forward& message);
  void handle(NodeId from, ForwardReply& message) { coordinator.on(from, std::move(message), now.mono); }

  void handle(ClientId from, Requests& message);
  /// Executes requests in windows: first the memory is asked for all that a window needs.
  void serve_requests();
  void handle(ClientId from, const AskTopology& message);
  void handle(ClientId from, const AskStatus& message);
  template <class Other>
  void handle(ClientId /*from*/, const Other& /*message*/) {
    drop("client messages that only nodes send");
  }

  void receive(Envelope& envelope);
  /// Counts what is not to be acted on, and says it once.
  void drop(BytesView what, std::uint64_t count = 1);
  /// Whether an event may stand in this partition: its keys belong there.
  [[nodiscard]] bool acceptable(PartitionId id, const Event& event) const;
  /// A node has lost something, and its actor of before has ended (rule 2).
  void end_actors(NodeId node, const Claim& claim);
  /// False if a member has more of this node's own events than this node, which then must issue no more.
  bool check_own(PartitionId id, std::uint64_t counter, NodeId member);
  /// Applies events and passes on what was applied. True if the store took no more.
  bool deliver(PartitionId partition, std::vector<Bytes> events, NodeId from, Want want);
  /// A member's clock, from itself or relayed.
  void learn(const MemberClock& said, NodeId from, bool urgent);
  void compare_digests(const MemberClock& said);

  /// In which datacenter the actor issues; nothing if that is not known here.
  [[nodiscard]] std::optional<DcId> origin_of(ActorId actor) const;
  /// Whether the source is known to have events of these origins that are missing here.
  [[nodiscard]] bool lacks(PartitionId id, NodeId source, const std::vector<DcId>& origins) const;

  /// What time brings: who is up, what is lacking, what has waited too long.
  void tick();
  void look();
  /// False once nothing is known to be lacking in the partition.
  bool look_at(PartitionId id);
  bool look_at_peers(PartitionId id);
  /// The rows of actors of this datacenter, or of nobody that is known.
  [[nodiscard]] VersionVector issued_at_home(const VersionVector& clock) const;
  /// What is damaged is repaired from a peer (rule 6).
  void look_for_damage();
  [[nodiscard]] std::optional<NodeId> next_source(PartitionId id);
  /// After a loss: serves once it has caught up.
  Result<void> recover();
  void note_transfers();
  /// How many events that `datacenter` issued are in `clock` and missing here.
  [[nodiscard]] std::uint64_t missing(PartitionId id, const VersionVector& clock, DcId datacenter) const;
  void measure();
  void measure_missing();
  void note_stage();
  /// The turn's messages that depend on all it did.
  void flush();
  /// Group commit: one write, one sync, before anything leaves.
  Result<void> commit();
  Result<void> settle(Micros sync_interval);
  /// A checkpoint has ended: a later time can be told.
  void note_checkpoint();
  /// A full disk is waited out, and noted once; other errors pass.
  Result<void> unless_full(Result<void> stored);
  [[nodiscard]] bool takes_part() const { return identification.stage() != Identification::Stage::refused; }
  /// It has an identity: what it says of its clocks can be trusted.
  [[nodiscard]] bool identified() const {
    return identification.serving() || identification.stage() == Identification::Stage::recovering;
  }

  NodeCore* core = nullptr;
  Configuration configuration;
  std::uint64_t topology_fingerprint;
  Placement placement;
  NodeOptions options;
  ShardStore& store;
  Post post;
  HlcClock hlc;
  MemberClocks clocks;
  Liveness liveness;
  SubscriptionIds subscription_ids;
  Puller puller;
  std::map<PartitionId, Replica> replicas;
  std::set<PartitionId> unfit;
  ToldTime told;
  Site site;
  Feeds feeds;
  ChunkServer chunks;
  FullSync full_sync;
  Replication replication;
  Identification identification;
  Recovery recovery;
  Coordinator coordinator;
  Janitor janitor;
  Links links;

  struct Asked {
    Origin from;
    Request* request;
    PartitionId id;
    std::uint64_t hash;
    const Partition* partition;
    Call call;
    std::uint64_t entry_hash;  ///< of the member that it names; 0: none, or its object is small
  };
  std::vector<Asked> asked;  ///< in this turn

  CoreLimits limits;
  Now now;
  bool was_serving = false;
  bool was_recovering = false;
  bool was_full = false;
  bool room = true;   ///< for what others replicate
  bool took = false;  ///< what others replicate, at the last tick
  MonoTime last_sync;
  MonoTime next_look;
  MonoTime next_links;
  MonoTime next_measure;
  bool measured = false;                             ///< in this turn: then a checkpoint is looked for, too
  std::set<PartitionId> watched;                     ///< where something may be lacking
  bool clocks_moved = true;                          ///< of members, since the last measurement
  bool own_clock_moved = false;                      ///< in some partition, likewise
  std::map<PartitionId, VersionVector> seen_behind;  ///< of a local peer, at the last look
  std::map<DcId, MonoTime> level_with;               ///< when nothing issued there was last missing here
  std::map<DcId, std::uint64_t> missing_from;
  std::map<PartitionId, NodeId> repaired_from;  ///< who was asked last for what is damaged here
  std::set<PartitionId> diverged;
  std::set<Bytes> said_dropped;
  std::set<NodeId> other_topology;  ///< peers whose topology file differs
  std::uint64_t divergences = 0;
  std::uint64_t dropped = 0;
  std::optional<Error> fatal;
};

}  // namespace causeway
