// The objects of one partition: in memory what changed since the last checkpoint and what was read of late, over the state.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "storage/actor_table.h"
#include "storage/object.h"
#include "storage/state_store.h"

namespace causeway {

/// What all partitions of a shard count and bound together.
struct TierBudget {
  explicit TierBudget(std::size_t cache_bytes_max) : clean(cache_bytes_max) {}

  /// Whether there is room for more changes: not for clients' once the state's disk was found full, and not for
  /// replication's either once twice the limit waits for that disk.
  [[nodiscard]] bool has_room(bool reserved) const {
    return !state_full || (reserved && dirty_bytes < 2 * dirty_bytes_max);
  }

  ObjectLru clean;
  std::size_t dirty_bytes = 0;
  std::size_t dirty_bytes_max = 0;
  std::uint64_t whole_entries_max = 0;  ///< see StoreLimits
  std::uint64_t whole_bytes_max = 0;
  bool state_full = false;  ///< the last checkpoint found no room
};

class ObjectTable {
 public:
  using Visitor = EntryReader::Visitor;
  /// Returns whether to go on.
  using ObjectVisitor = std::function<bool(BytesView key, const ObjectRecord& record)>;

  ObjectTable(StateId id, const StateStore& state, TierBudget& budget);
  ObjectTable(const ObjectTable&) = delete;
  ObjectTable& operator=(const ObjectTable&) = delete;
  ~ObjectTable();

  /// Starts from what the state says of the partition.
  void restore(ObjectId next_object, std::vector<ActorId> actors);

  /// The object, read if need be; one without entries if there is none. Errors: a failed or damaged read.
  Result<ObjectPin> load(BytesView key);
  /// Visits the entries whose path is not below `from` and begins with `prefix`, in the order of (path, dot).
  /// REQUIRES: from >= prefix.
  Result<void> scan(BytesView key, BytesView from, BytesView prefix, const Visitor& visit);
  /// Visits the objects that have entries, from key `from` on, in the order of their keys.
  Result<void> objects(BytesView from, const ObjectVisitor& visit);

  /// The entry is there and goes. REQUIRES: nobody visits the object.
  void erase(Object& object, BytesView path, const Dot& dot, BytesView payload);
  /// The entry is new. REQUIRES: nobody visits the object.
  void insert(Object& object, BytesView path, const Dot& dot, BytesView payload);
  void add_duplicate_requests(Object& object, std::int64_t more);

  /// Reads all that is stored, and looks for entries of no object. Errors: such an entry, a failed or damaged read.
  Result<void> find_strays() const;

  [[nodiscard]] bool dirty() const { return !dirty_.empty(); }
  [[nodiscard]] ObjectId next_object() const { return next_object_; }
  [[nodiscard]] StateId id() const { return id_; }
  [[nodiscard]] const std::vector<ActorId>& actors() const { return actors_.actors(); }

  /// Appends the writes that bring the state to what is in memory.
  void collect(std::vector<StateWrite>& writes);
  /// The state has taken what was collected.
  void settle();
  /// Drops a clean object from memory.
  void forget(Object& object);

 private:
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(BytesView key) const { return std::hash<BytesView>{}(key); }
  };

  Result<void> read_object(BytesView key, Object& object) const;
  Result<void> read_whole(Object& object) const;
  Result<void> scan_stored(const Object& object, BytesView from, BytesView prefix, const Visitor& visit) const;
  Result<void> scan_state(ObjectId object, BytesView from, BytesView prefix, const Visitor& visit) const;
  void make_dirty(Object& object);
  void count(Object& object, BytesView path, std::size_t payload_bytes, bool inserted);
  void change_bytes(Object& object, std::size_t added, std::size_t taken);
  void collect_object(const Object& object, std::vector<StateWrite>& writes);
  void settle_object(Object& object);

  StateId id_;
  const StateStore& state_;
  TierBudget& budget_;
  ActorTable actors_;
  ObjectId next_object_{1};
  std::unordered_map<Bytes, Object, KeyHash, std::equal_to<>> objects_;
  std::map<BytesView, Object*> dirty_;
};

}  // namespace causeway
