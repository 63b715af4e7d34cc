// The records of one state of a partition: in memory what changed since the last checkpoint and what was used of late, over the
// state. Knows names and bodies, and not what they mean.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/function_ref.h"
#include "storage/blob_table.h"
#include "storage/changes.h"
#include "storage/state_store.h"
#include "storage/tier.h"

namespace causeway {

/// What a checkpoint takes over of one state: blobs that do not change until it has ended.
struct FrozenTable {
  StateId id;
  std::vector<std::shared_ptr<Changes>> lists;
};

class RecordTable {
 public:
  RecordTable(StateId id, const StateStore& state, Tier& tier);
  RecordTable(const RecordTable&) = delete;
  RecordTable& operator=(const RecordTable&) = delete;
  ~RecordTable();

  /// Starts on what the state has; `is_empty`: nothing.
  void restore(bool is_empty) { objects_.complete = is_empty; }

  // Reading. A hash is always that of the name.

  /// Null: there is none. One that is absent() is none either. Errors: a failed or damaged read.
  Result<Blob*> find(const RecordName& name, std::uint64_t hash) {
    if (Blob* const blob = table_.find(name, hash)) return blob;
    return load(name, hash);
  }
  /// The same, if it is in memory.
  [[nodiscard]] const Blob* find_here(const RecordName& name, std::uint64_t hash) {
    return table_.find(name, hash);
  }

  using Visitor = FunctionRef<Result<bool>(BytesView name, BytesView body)>;
  /// Visits the records of objects, in the order of their keys, from `from` on; until the visitor says no. Costs what is visited, and
  /// what has changed since the last visit.
  Result<void> visit_objects(BytesView from, Visitor visit);
  /// The same of an object's elements whose names are not below `from` and begin with `prefix`. REQUIRES: from >= prefix.
  Result<void> visit_elements(ObjectId object, BytesView from, BytesView prefix, Visitor visit);

  /// Asks the memory for a record, in two steps: see BlobTable.
  void prefetch_slot(std::uint64_t hash) const { table_.prefetch_slot(hash); }
  void prefetch_blob(std::uint64_t hash) const { table_.prefetch_blob(hash); }

  // Changing.

  /// Gives the record this body; returns where it now stands: if that is not `old`, `old` may be gone. `old`: as find() gave it.
  Blob* put(const RecordName& name, std::uint64_t hash, Blob* old, BytesView body, bool absent);
  /// An object's first element is about to be put: none is in the state.
  void begin_elements(ObjectId object) { groups_[object].complete = true; }
  /// Nothing will be asked of them any more.
  void end_elements(ObjectId object);

  // Checkpoints.

  [[nodiscard]] bool dirty() const { return !objects_.changed.empty() || !changed_groups_.empty(); }
  [[nodiscard]] StateId id() const { return id_; }
  [[nodiscard]] Tier& tier() const { return tier_; }
  [[nodiscard]] const StateStore& state() const { return state_; }
  /// Hands over what changed. REQUIRES: nothing is frozen.
  FrozenTable freeze();
  /// What was frozen is stored: what is absent is forgotten, unless it changed since. The blob stays until settle().
  void forget_absent(Blob* blob);
  /// The checkpoint has ended.
  void settle();
  /// It has failed: what was frozen is changed, and not stored.
  void thaw();

  /// Looks at so many slots for clean blobs to let go.
  void sweep(std::size_t slots);
  [[nodiscard]] std::size_t slots() const { return table_.slots(); }
  /// How often sweeps have come by all of them.
  [[nodiscard]] std::uint64_t sweeps() const { return table_.rounds(); }

  /// Counts what is in memory anew, and adds it up. Errors: the lists of what changed are not what the blobs say.
  struct Tally {
    std::size_t bytes = 0;
    std::size_t dirty_bytes = 0;
    std::size_t slot_bytes = 0;
    std::size_t order_bytes = 0;
  };
  Result<void> count(Tally& tally) const;

 private:
  /// Records that are read in order together: the objects, or the elements of one object.
  struct Group {
    Changes changed;
    std::shared_ptr<Changes> frozen;
    bool complete = false;  ///< none has to be looked for in the state
  };
  using Groups = std::unordered_map<ObjectId, Group>;
  class Newest;

  Result<Blob*> load(const RecordName& name, std::uint64_t hash);
  /// Null: nothing is known of it.
  [[nodiscard]] const Group* group_of(const RecordName& name) const;
  Group& change_group(const RecordName& name);
  Result<void> visit(BytesView head, Group* group, BytesView from, BytesView prefix, Visitor visit);
  void freeze(Group& group, FrozenTable& out);
  void forget_if_silent(Groups::iterator at);

  StateId id_;
  const StateStore& state_;
  Tier& tier_;
  BlobTable table_;
  Group objects_{{}, {}, true};
  Groups groups_;
  std::vector<ObjectId> changed_groups_;
  std::vector<ObjectId> frozen_groups_;
};

}  // namespace causeway
