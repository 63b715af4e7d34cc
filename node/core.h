// One node: its coordinator, its replicas, its links. No thread, socket, clock or sleep inside: messages and the time
// come in by turns, messages go out. The server and the simulator both drive it by run_turn() and nothing else.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "ring/configuration.h"
#include "storage/shard_store.h"
#include "wire/mail.h"

namespace causeway {

struct NodeOptions {
  NodeId self;
  /// The cluster that the data folder belongs to. For an empty folder: the one that it founds, or nothing; then the
  /// node refuses to serve, since it may have been wiped.
  std::optional<std::uint64_t> found;
  std::uint64_t run = 0;  ///< random, new in each process
  Bytes boot_id;          ///< of the kernel
  std::uint64_t seed = 0;
  std::size_t chunk_bytes = std::size_t{512} << 10U;  ///< of a full sync, about
};

class NodeCore {
 public:
  /// Recovers identity and clocks from the store. Errors: a folder of another node or cluster.
  static Result<std::unique_ptr<NodeCore>> open(Configuration configuration, NodeOptions options, ShardStore& store, Now now);
  ~NodeCore();

  /// The turn, in the one order there is: take all that has arrived, run it through the logic, append the events to the
  /// log, make it durable once, and only then give out what the logic wants sent. An error is final: stop the process.
  Result<Outbox> run_turn(Inbox inbox, Now now);
  /// When the next turn is due even if nothing arrives.
  [[nodiscard]] MonoTime wake_at() const;

  /// Clean end: everything durable, with the marker that lets the next start reuse the actor. No turn may follow.
  Result<void> stop(Now now);

  [[nodiscard]] NodeStatus status(Now now) const;
  /// Messages that the driver could not decode, for the status.
  void count_malformed(std::uint64_t messages);

  struct Parts;  ///< node/parts.h

 private:
  explicit NodeCore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace causeway
