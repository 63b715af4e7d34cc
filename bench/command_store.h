// Commands, executed on a store on real files as their coordinator would: prepared, applied, and appended to the log. No node, no
// replication, no network.
#pragma once

#include <memory>
#include <string>

#include "crdt/codec.h"
#include "crdt/command.h"
#include "crdt/hlc.h"
#include "server/disk.h"

namespace causeway::bench {

class CommandStore {
 public:
  /// The folder is empty, or not there yet.
  CommandStore(const std::string& folder, const Limits& limits, ActorId actor = ActorId{0x9A3B5C7D11223344});

  /// REQUIRES: it succeeds.
  Value execute(Arguments arguments);
  /// What the last command that changed something issued: its bytes stay until the next one.
  [[nodiscard]] BytesView event() const { return event_.bytes; }
  /// Applies what another store issued, as it would come from another replica. REQUIRES: the events before it are here.
  void take(BytesView event);
  /// The end of a turn: what was executed is written to the log, and a checkpoint goes on, or begins when it is due.
  void turn();
  /// Brings everything into the state.
  void checkpoint();

  [[nodiscard]] Partition& partition() { return store().partition(only); }
  [[nodiscard]] ShardStore& store() { return disk_->store(); }
  /// Of all events so far.
  [[nodiscard]] std::uint64_t event_bytes() const { return event_bytes_; }

 private:
  static constexpr PartitionId only{0};

  Result<void> try_execute(Arguments arguments, Value& reply);

  ActorId actor_;
  std::size_t value_bytes_max_;
  std::unique_ptr<Disk> disk_;
  HlcClock hlc_;
  EventWriter changes_;
  Event event_;
  std::uint64_t event_bytes_ = 0;
};

}  // namespace causeway::bench
