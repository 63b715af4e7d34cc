// The objects of one partition's state: in memory what changed since the last checkpoint and what was used of late, over
// the state. What an event does is prepared first, with all reads that may fail, and then carried out.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/function_ref.h"
#include "crdt/event.h"
#include "storage/blob_table.h"
#include "storage/object_body.h"
#include "storage/state_store.h"
#include "storage/tier.h"

namespace causeway {

/// The blobs that changed in one generation; once frozen it is shared with the checkpoint.
using BlobList = std::shared_ptr<std::vector<Blob*>>;

/// What a checkpoint takes over of one state: blobs that do not change until it has ended.
struct FrozenTable {
  StateId id;
  std::vector<BlobList> lists;
};

class ObjectTable {
 public:
  using Visitor = EntryReader::Visitor;
  /// Return whether to go on.
  using ObjectVisitor = FunctionRef<bool(BytesView key, const ObjectSummary& summary)>;
  using EntryVisitor = FunctionRef<bool(BytesView key, const EntryView& entry)>;

  ObjectTable(StateId id, const StateStore& state, Tier& tier);
  ObjectTable(const ObjectTable&) = delete;
  ObjectTable& operator=(const ObjectTable&) = delete;
  ~ObjectTable();

  /// Starts from what the state says of the partition. `is_empty`: the state has no object of it.
  void restore(ObjectId next_object, std::vector<ActorId> actors, bool is_empty);

  // Reading. What is visited stays where it is during the visit, in which nothing may change or leave.

  /// The entries of a small object, sorted; none if it does not exist; nothing if it is large. They stay until release().
  Result<std::optional<std::span<const EntryView>>> hold(BytesView key, std::uint64_t hash);
  void release() { --visits_; }

  /// Visits the entries at exactly `path`, in the order of their dots.
  Result<void> at(BytesView key, BytesView path, Visitor visit);
  /// Visits the entries whose path is not below `from` and begins with `prefix`, in the order of (path, dot).
  /// REQUIRES: from >= prefix.
  Result<void> scan(BytesView key, BytesView from, BytesView prefix, Visitor visit);
  Result<void> summary(BytesView key, ObjectSummary& summary);
  /// Visits the objects, from key `from` on, in the order of their keys.
  Result<void> objects(BytesView from, ObjectVisitor visit);
  /// Visits all entries behind a position, or from the first on, in the order of (key, path, dot).
  Result<void> walk(const EntryPosition* behind, EntryVisitor visit);

  /// Asks the memory for an object, in two steps: see BlobTable.
  void prefetch_slot(std::uint64_t hash) const { table_.prefetch_slot(hash); }
  void prefetch_blob(std::uint64_t hash) const { table_.prefetch_blob(hash); }
  /// The first step for the record of a path, if the object is in memory, and large: the hash for the second, or 0.
  std::uint64_t prefetch_entry(BytesView key, std::uint64_t hash, BytesView path);

  // Changing.

  /// What an event adds to the partition's digest and entries.
  struct Effect {
    Hash128 digest;
    std::uint64_t entries = 0;  ///< modulo 2^64
  };
  /// Reads all that the event touches, and computes what becomes of it. `repeated`: part of it may be done already.
  /// Errors: a failed or damaged read; nothing has changed.
  Result<Effect> prepare(const Event& event, bool repeated);
  /// Does what was prepared last.
  void carry_out();
  /// Prepares the insertion of entries of one object, sorted, as by an event each.
  Result<Effect> prepare_take(std::span<const Entry> entries);

  // Checkpoints.

  [[nodiscard]] bool dirty() const { return !changed_.empty() || !changed_spreads_.empty(); }
  [[nodiscard]] ObjectId next_object() const { return next_object_; }
  [[nodiscard]] StateId id() const { return id_; }
  [[nodiscard]] const std::vector<ActorId>& actors() const { return actors_.actors(); }
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

  /// Visits all entries, in order, in one pass over all that is stored; computes what the records of large objects say anew
  /// from them; and, but for during a checkpoint, looks for stored entries of no object. Errors: one differs, or is there; a
  /// failed read.
  Result<void> check(EntryVisitor visit);
  /// Counts what is in memory anew, and adds it up. Errors: the lists of what changed are not what the blobs say.
  struct Tally {
    std::size_t bytes = 0;
    std::size_t dirty_bytes = 0;
    std::size_t slot_bytes = 0;
  };
  Result<void> count(Tally& tally) const;

 private:
  /// What is in memory of the entries of a large object.
  struct Spread {
    std::vector<Blob*> changed;
    BlobList frozen;
    bool complete = false;  ///< no entry has to be looked for in the state
  };
  struct RecordEdit {
    BytesView path;
    std::uint64_t hash = 0;
    Blob* blob = nullptr;
    std::size_t before = 0;        ///< so many entries there were,
    std::size_t bytes_before = 0;  ///< of so many bytes
    EntryList list;
  };
  struct ObjectEdit {
    BytesView key;
    std::uint64_t hash = 0;
    Blob* blob = nullptr;
    bool spread = false;
    EntryList* list = nullptr;       ///< of a small one: its own, or that of the object found last
    ObjectRecord* record = nullptr;  ///< of a large one, likewise
    EntryList own_list;
    ObjectRecord own_record;
    std::vector<std::unique_ptr<RecordEdit>> records;  ///< the first `edited`; the rest is kept for others
    std::size_t edited = 0;
    std::map<BytesView, RecordEdit*> by_path;

    RecordEdit& add(BytesView path, std::uint64_t path_hash);
  };
  using ObjectIds = std::unordered_set<ObjectId>;
  using Change = FunctionRef<void(ObjectEdit& object, EntryList& list)>;
  struct Overlay;

  static RecordName object_name(BytesView key) { return {RecordKind::object, {}, key}; }
  Result<Blob*> find_object(BytesView key);
  Result<Blob*> find_object(BytesView key, std::uint64_t hash);
  /// The entries of a small object: in `list`, or in a list that stays until another object is looked for.
  Result<const EntryList*> list_of(const Blob* object, EntryList& list);
  /// The same for the record of a large one.
  Result<const ObjectRecord*> record_of(const Blob* object, ObjectRecord& record);
  Result<Blob*> find_entry(ObjectId object, BytesView path, std::uint64_t hash);
  Result<Blob*> load(const RecordName& name, std::uint64_t hash, BytesView state_key);
  [[nodiscard]] tl::unexpected<Error> damaged(const RecordName& name) const;

  Result<void> scan_spread(const ObjectRecord& record, BytesView from, BytesView prefix, Visitor visit);
  using BodyVisitor = FunctionRef<Result<bool>(BytesView name, BytesView body)>;
  /// Visits the bodies of records, in the order of their names: what is in memory, over what the state has.
  Result<void> merge_bodies(BytesView head, const Overlay& overlay, BytesView from, BytesView prefix,
                            BodyVisitor visit) const;
  Result<void> bodies(BytesView from, BodyVisitor visit) const;
  Result<void> check_spread(BytesView key, BytesView body, EntryVisitor visit);
  Result<ObjectIds> stored_spreads() const;
  Result<void> find_strays(const ObjectIds& ids) const;
  Result<void> read_stored_entries(const ObjectIds& ids) const;

  Result<ObjectEdit*> edit_object(BytesView key);
  Result<RecordEdit*> edit_record(ObjectEdit& object, BytesView path);
  Result<void> edit_range(const Event& event, const Mutation& mutation, ObjectEdit& object);
  void apply(const Event& event, const Mutation& mutation, bool repeated, EntryList& list);
  void erase_taken(const Event& event, const Mutation& mutation, EntryList& list);
  void insert(BytesView key, const EntryView& entry, bool repeated, EntryList& list);
  void carry_out_whole(ObjectEdit& object);
  void carry_out_spread(ObjectEdit& object);
  /// Gives the record this body; returns where it now stands.
  Blob* put(const RecordName& name, std::uint64_t hash, Blob* old, BytesView body, bool absent,
            std::vector<Blob*>& changed);
  void put_object(ObjectEdit& object, BytesView body, bool absent);
  void begin_edits();
  void end_edits();
  Spread& spread_of(ObjectId object);

  StateId id_;
  const StateStore& state_;
  Tier& tier_;
  ActorTable actors_;
  ObjectId next_object_{1};
  BlobTable table_;
  std::vector<Blob*> changed_;  ///< objects
  BlobList frozen_;
  std::unordered_map<ObjectId, Spread> spreads_;
  std::vector<ObjectId> changed_spreads_;
  std::vector<ObjectId> frozen_spreads_;
  bool complete_ = true;  ///< no object has to be looked for in the state
  // The object that was found last: a command asks for it several times.
  Blob* last_ = nullptr;
  std::uint64_t last_hash_ = 0;
  EntryList last_list_;       ///< its entries, if it is a small one, or
  ObjectRecord last_record_;  ///< its record, and
  bool last_is_read_ = false;
  Blob* last_entry_ = nullptr;  ///< the record of a path that was found last
  int visits_ = 0;              ///< of that list

  // What is being prepared.
  std::deque<ObjectEdit> edits_;
  std::size_t edited_ = 0;
  std::deque<Bytes> edited_paths_;
  Effect effect_;
  bool borrowing_ = false;  ///< an edit has what was read of the object found last
  Scratch body_;
};

}  // namespace causeway
