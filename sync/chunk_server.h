// The serving half of a full sync (rule 5): a partition's entries, chunk by chunk, each with the clock of its own moment.
// Nothing is held open between two chunks; only the log is kept from the first one on, so that the receiver can follow.
#pragma once

#include <map>
#include <utility>

#include "base/time.h"
#include "storage/shard_store.h"
#include "wire/mail.h"

namespace causeway {

struct ChunkLimits {
  std::size_t bytes_max = std::size_t{512} << 10U;  ///< of a chunk, unless one path alone has more
  Micros pin = 30s;                                 ///< so long the log is kept for a receiver that is silent
};

class ChunkServer {
 public:
  ChunkServer(ShardStore& store, const ChunkLimits& limits) : store_(store), limits_(limits) {}

  /// Answers with a chunk; with EndTransfer if the state here cannot be read.
  void serve(NodeId to, const AskChunk& asked, Incarnation incarnation, MonoTime now, Post& post);
  void end(NodeId to, const EndTransfer& ended);
  /// The peer restarted: it has forgotten its transfers.
  void forget(NodeId peer);
  void tick(MonoTime now);

 private:
  struct Pin {
    std::uint64_t transfer;
    Sequence from;
    MonoTime until;
  };

  void pin_log();

  ShardStore& store_;
  ChunkLimits limits_;
  std::map<std::pair<PartitionId, NodeId>, Pin> pins_;
};

}  // namespace causeway
