// What parties say to each other: one small struct a message. wire/codec.h gives their MessagePack form.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/ids.h"
#include "base/result.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/value.h"
#include "crdt/version_vector.h"
#include "wire/argument_list.h"
#include "wire/level.h"

namespace causeway {

// ---- Between clients and nodes -------------------------------------------------------------------------------

/// One command. Requests of one message are independent; their responses come in any order.
struct Request {
  std::uint64_t id = 0;    ///< chosen by the client, echoed in the response
  ArgumentList arguments;  ///< name, key, …
  Level read_level;
  Level write_level;
  std::uint32_t timeout_ms = 0;  ///< 0: the node's default
  std::optional<RequestId> request_id;
  /// What the client's session depends on in the key's partition: it is executed by a replica that covers this.
  std::optional<VersionVector> session{};
};

struct Response {
  std::uint64_t id = 0;
  std::variant<Value, Error> result;
  /// Present iff the request had one: what the session depends on from now on.
  std::optional<VersionVector> session{};
};

struct Requests {
  std::vector<Request> requests;
  Epoch epoch{};  ///< of the configuration that the client goes by, 0 for none
  /// Where the arguments stand if the requests borrow them: a request that outlives this message calls own() first.
  std::shared_ptr<const void> memory{};
};
struct Responses {
  std::vector<Response> responses;
  Epoch epoch{};  ///< of the node's configuration: a client that goes by an older one asks for the topology
};

/// Asks for the configuration, so that the client knows the ring.
struct AskTopology {};
struct TopologyReply {
  Epoch epoch;
  Bytes topology;  ///< the YAML document
};

struct AskStatus {};
/// How far behind this node is with what another datacenter issued.
struct Lag {
  std::string from;          ///< the datacenter
  std::uint64_t events = 0;  ///< known there and not yet applied here, over this node's partitions
  std::uint64_t micros =
      0;  ///< age of the newest state known of it: 0 when nothing is missing and it is heard
};
struct PeerStatus {
  std::string node;
  bool alive = false;
  bool serving = false;
};
struct NodeStatus {
  std::string node;
  std::string datacenter;
  std::string cluster_id;  ///< 16 hexadecimal digits
  bool serving = false;
  bool ready = false;  ///< serving, and reaches a local quorum for each of its partitions
  std::string reason;  ///< why it does not serve, else empty
  Epoch epoch;
  Incarnation incarnation;
  std::uint64_t partitions = 0;
  std::uint64_t entries = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t state_bytes = 0;
  std::uint64_t divergences = 0;  ///< digests that differed at equal clocks: must be 0
  std::uint64_t dropped = 0;      ///< malformed or foreign messages
  std::uint64_t operations = 0;   ///< commands coordinated since the start
  std::vector<PeerStatus> peers;
  std::vector<Lag> lags;
};

using ClientMessage = std::variant<Requests, Responses, AskTopology, TopologyReply, AskStatus, NodeStatus>;

// ---- Between nodes -------------------------------------------------------------------------------------------

/// "I am alive." Sent all the time; liveness orders preferences and decides nothing that could lose data.
struct Heartbeat {
  bool serving = false;
  std::uint64_t fingerprint = 0;  ///< of the sender's topology file
};

/// A starting node asks what is known of it (architecture.md, Identity).
struct Hello {
  Incarnation incarnation;  ///< the last that its folder knows, 0 for an empty folder
  ActorId actor;
};
struct Counter {
  PartitionId partition;
  std::uint64_t counter = 0;
};
/// The last clock that was heard of the asking node: what it acknowledged.
struct Heard {
  PartitionId partition;
  VersionVector clock;
};
struct HelloReply {
  Incarnation incarnation;  ///< the last recorded of the asking node, 0 if none
  ActorId actor;
  std::vector<Counter> counters;  ///< of the actor in Hello, in each partition held here
  std::vector<Heard> heard;
  bool complete = true;  ///< false: this node may have lost events itself, and its counters prove nothing
};
/// A starting node claims an actor; it serves once a quorum of its datacenter has recorded the claim durably.
struct Claim {
  Incarnation incarnation;
  ActorId actor;
};
struct ClaimReply {
  Incarnation incarnation;  ///< the last recorded: a later one than was claimed refuses the claim
};

/// How urgently clocks are wanted back, because a write waits for them.
enum class Want : std::uint8_t { nothing = 0, local = 1, everywhere = 2 };

/// Events of one partition that the sender applied, in its log order.
struct Batch {
  PartitionId partition;
  Want want = Want::nothing;
  std::vector<Bytes> events;
};
/// All that one turn has for one peer.
struct Replicate {
  std::vector<Batch> batches;
};

/// The clock of one member, as the sender last knew it: an acknowledgement of all that it covers.
struct MemberClock {
  PartitionId partition;
  NodeId node;
  Incarnation incarnation;
  ActorId actor;
  VersionVector clock;
  Hash128 digest;
  std::uint64_t wall_ms =
      0;  ///< since 1970: what the member issues later, it issues as if it were no earlier than this
  std::uint64_t peers = 0;  ///< which actors it knew as those of the members (MemberClocks::peers)
};
struct Clocks {
  bool urgent = false;  ///< a write waits: relay at once
  std::vector<MemberClock> clocks;
};
/// For a read, or after a loss: the clock of now, answered by ClockAnswer.
struct AskClock {
  PartitionId partition;
  std::uint64_t round = 0;
};
struct ClockAnswer {
  std::uint64_t round = 0;
  bool complete = true;  ///< false: it may have lost events itself, and acknowledges nothing
  MemberClock clock;
};

/// The one sync: "here is my clock: send me what I lack, in order".
struct Subscribe {
  PartitionId partition;
  std::uint64_t subscription =
      0;                     ///< chosen by the subscriber; a new one replaces its older one of the same kind
  bool standing = false;     ///< false: ends once caught up
  std::uint64_t credit = 0;  ///< bytes that may be sent before more is granted
  VersionVector clock;
  std::vector<DcId> origins;  ///< only events issued there; none: all
};
struct Run {
  PartitionId partition;
  std::uint64_t subscription = 0;
  std::uint64_t number = 0;  ///< 1, 2, 3 …: a gap means that a message was lost
  bool caught_up = false;
  Want want = Want::nothing;
  std::vector<Bytes> events;
};
struct Credit {
  PartitionId partition;
  std::uint64_t subscription = 0;
  std::uint64_t bytes = 0;
};
/// The subscriber wants no more of it.
struct Unsubscribe {
  PartitionId partition;
  std::uint64_t subscription = 0;
};
/// The log no longer holds what the subscriber lacks (rule 3).
struct NeedFullSync {
  PartitionId partition;
  std::uint64_t subscription = 0;
  VersionVector clock;  ///< of the source
};

/// Full sync (rule 5): the entries of a partition, chunk by chunk in their order. The log is kept for the receiver from
/// the first chunk on.
struct AskChunk {
  PartitionId partition;
  std::uint64_t transfer = 0;           ///< chosen by the receiver
  std::optional<EntryPosition> behind;  ///< nothing: from the first entry on
  std::optional<EntryPosition> upto;    ///< no further; nothing: to the last
};
struct Chunk {
  PartitionId partition;
  std::uint64_t transfer = 0;
  std::optional<EntryPosition> behind;  ///< as asked
  std::optional<EntryPosition> upto;    ///< so far it reaches; nothing: to the last entry
  Incarnation incarnation;              ///< of the source: a transfer does not outlive it
  VersionVector clock;                  ///< of the source, at the moment of this chunk
  Hlc hlc;                              ///< the highest stamp that it has applied
  std::vector<Entry> entries;           ///< all of them there, sorted
};
/// Either side ends the transfer.
struct EndTransfer {
  PartitionId partition;
  std::uint64_t transfer = 0;
};

/// Requests handed to a replica of their keys, and the answers, each all of a turn; their numbers are the sender's.
struct Forward {
  std::vector<Request> requests;
};
struct ForwardReply {
  std::vector<Response> responses;
};

using PeerMessage = std::variant<Heartbeat, Hello, HelloReply, Claim, ClaimReply, Replicate, Clocks, AskClock,
                                 ClockAnswer, Subscribe, Run, Credit, Unsubscribe, NeedFullSync, Forward,
                                 ForwardReply, AskChunk, Chunk, EndTransfer>;

/// Who speaks. A message of another cluster or epoch is refused.
struct Envelope {
  std::uint64_t cluster = 0;
  NodeId from;
  std::uint64_t run = 0;  ///< random, one a process: after a change the peer has forgotten what it was told
  Epoch epoch;
  PeerMessage message;
};

}  // namespace causeway
