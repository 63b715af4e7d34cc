// Forgets what is settled: executed requests that have expired, what resets forgot of counter cells, and objects whose time has
// come (crdt/forget.h). It
// visits the objects that the store lists as due, a few in each turn, and issues events that remove what may go. The first
// replica that serves does it for its partition; should things stay, the next ones do, for doing it twice does no harm.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "crdt/forget.h"
#include "dc/coordinator.h"
#include "storage/due_index.h"
#include "sync/settled.h"

namespace causeway {

struct JanitorLimits {
  Micros every = 500ms;                ///< it looks for what is due
  std::size_t entries_in_turn = 1024;  ///< that it reads, about
  std::size_t removals_max = 128;      ///< of entries, by one event, about
  std::uint64_t patience_ms = 30'000;  ///< for each replica that would come first
  unsigned tries_max = 10;             ///< after each visit in vain it waits twice as long, so many times
  std::uint64_t entries_in_ms = 50;    ///< large objects are read no more often than this allows
  Micros walk_every = 60s;             ///< at most, over all objects of a partition
  std::uint64_t lead_ms =
      60'000;  ///< who has told so much later a time than the others need tell no later one yet
};

class Janitor {
 public:
  Janitor(Site& site, Coordinator& coordinator, const JanitorLimits& limits)
      : site_(site), coordinator_(coordinator), limits_(limits) {}

  /// Does what may be done in this turn. REQUIRES: this node serves under this claim.
  void tick(const Claimed& claimed, Now now);
  /// Something waits in the partition for members to tell a later time, or may soon.
  [[nodiscard]] bool waits(PartitionId partition) const;
  /// As of the last look, this node should tell a later time.
  [[nodiscard]] bool wants_to_tell() const { return wants_to_tell_; }
  /// When it goes on with what it could not do at once; nothing if there is nothing.
  [[nodiscard]] std::optional<MonoTime> wake_at() const;

 private:
  struct Room {
    Settled settled;
    std::optional<DueIndex::Row> visit;   ///< the object that is visited: it may take several turns
    bool walks = false;                   ///< or all objects are
    EntryPosition behind;                 ///< both go on behind this
    std::uint64_t read = 0;               ///< entries, so far
    std::optional<std::uint64_t> due_ms;  ///< when the first of what has to stay is due
    bool is_blocked = false;              ///< something is due, and has to stay all the same
    bool expiry_only = true;              ///< nothing but expiries has to stay
    MonoTime next_walk;

    [[nodiscard]] bool idle() const { return !visit && !walks; }
  };
  /// All entries at one path that may be forgotten some time.
  struct Group {
    Bytes key;
    bool is_expiry = false;
    std::vector<Entry> entries;
  };

  void look_at(PartitionId id, const Claimed& claimed);
  /// How many replicas come before this one.
  [[nodiscard]] std::uint64_t rank(PartitionId id) const;
  /// Finds something to visit that is due by then. False: nothing is.
  bool begin(DueIndex& due, std::uint64_t now_ms, Room& room) const;
  /// Reads on, and forgets what may go of it. True once all of it was read.
  Result<bool> go_on(PartitionId id, Room& room);
  Result<bool> read(const Partition& partition, Room& room, std::vector<Group>& groups);
  Result<void> forget(const Context& context, const std::vector<Group>& groups, DueIndex& due,
                      Room& room) const;
  void leave(DueIndex& due, Room& room) const;

  Site& site_;
  Coordinator& coordinator_;
  JanitorLimits limits_;
  Now now_;
  MonoTime next_look_;
  std::size_t entries_left_ = 0;  ///< of this turn
  std::size_t first_ = 0;         ///< the partition whose turn it is
  bool wants_to_tell_ = false;
  bool has_more_ = false;
  std::map<PartitionId, Room> rooms_;
};

}  // namespace causeway
