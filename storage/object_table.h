// The objects of one partition's state. What holds values is a container (crdt/path.h): an object, or a field of one. A small one
// is *whole*: one record with all its entries. A large one is *spread*: its record says what is known of it as a whole, and each
// of its elements has a record: all entries at one path, or a field, which is whole or spread in turn. What an event does is
// prepared first, with all reads that may fail, and then carried out.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/function_ref.h"
#include "crdt/event.h"
#include "storage/detached.h"
#include "storage/kept_orders.h"
#include "storage/object_body.h"
#include "storage/record_table.h"
#include "storage/state_records.h"

namespace causeway {

class ObjectTable {
 public:
  using Visitor = EntryReader::Visitor;
  /// Return whether to go on.
  using ObjectVisitor = FunctionRef<bool(BytesView key, const ObjectSummary& summary)>;
  using EntryVisitor = FunctionRef<bool(BytesView key, const EntryView& entry)>;

  ObjectTable(StateId id, const StateStore& state, Tier& tier) : records_(id, state, tier), orders_(tier) {}

  /// Starts from what the state says of the partition.
  void restore(const PartitionRecord& record);

  // Reading. What is visited stays where it is during the visit, in which nothing may change or leave; paths of what is in
  // fields only until the visitor returns.

  /// The entries of an object that is whole, sorted; none if it does not exist; nothing if it is spread. They stay until release().
  Result<std::optional<std::span<const EntryView>>> hold(BytesView key, std::uint64_t hash);
  void release() { --visits_; }

  /// Visits the entries at exactly `path`, in the order of their dots.
  Result<void> at(BytesView key, BytesView path, Visitor visit);
  /// Visits the entries whose path is not below `from` and begins with `prefix`, in the order of (path, dot).
  /// REQUIRES: from >= prefix.
  Result<void> scan(BytesView key, BytesView from, BytesView prefix, Visitor visit);
  /// Of the container with this base, into a new one.
  Result<void> summary(BytesView key, BytesView base, ObjectSummary& summary);
  /// The live elements of the value at this place, in its type's order: kept, until something changes, or built into `scratch`.
  Result<const ElementOrder*> order(const Place& place, ElementOrder& scratch);
  /// Visits the objects, from key `from` on, in the order of their keys.
  Result<void> objects(BytesView from, ObjectVisitor visit);
  /// Visits all entries behind a position, or from the first on, in the order of (key, path, dot).
  Result<void> walk(const EntryPosition* behind, EntryVisitor visit);

  /// Asks the memory for an object, in two steps: see BlobTable.
  void prefetch_slot(std::uint64_t hash) const { records_.prefetch_slot(hash); }
  void prefetch_blob(std::uint64_t hash) const { records_.prefetch_blob(hash); }
  /// The first step for the record of an element, if the object is in memory, and spread: the hash for the second, or 0.
  std::uint64_t prefetch_element(BytesView key, std::uint64_t hash, BytesView name);

  // Changing.

  /// Shares in the partition's digest and entries; also differences.
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

  // Checkpoints: as RecordTable has them.

  [[nodiscard]] bool dirty() const { return records_.dirty(); }
  [[nodiscard]] ObjectId next_object() const { return next_object_; }
  [[nodiscard]] StateId id() const { return records_.id(); }
  [[nodiscard]] const std::vector<ActorId>& actors() const { return actors_.actors(); }
  FrozenTable freeze() {
    detached_.freeze();
    return records_.freeze();
  }
  void forget_absent(Blob* blob);
  void settle() {
    detached_.settle();
    records_.settle();
  }
  void thaw() {
    detached_.thaw();
    records_.thaw();
  }
  [[nodiscard]] const Detached& detached() const { return detached_; }
  void forget_detached(ObjectId object) { detached_.erase(object); }

  void sweep(std::size_t slots);
  void sweep_orders() { orders_.sweep(); }
  [[nodiscard]] std::size_t slots() const { return records_.slots(); }
  using Tally = RecordTable::Tally;
  Result<void> count(Tally& tally) const {
    tally.order_bytes += orders_.bytes();
    return records_.count(tally);
  }

  /// Visits all entries, in order, in one pass over all that is stored; gives their digest and number. Computes what the records of
  /// spread containers say anew from them; and, but for during a checkpoint, looks for stored elements of no container. Errors:
  /// one differs, or is there; a failed read.
  Result<Effect> check(EntryVisitor visit);

 private:
  /// What an element is to its container.
  struct Share {
    EntryCounts counts;
    std::uint64_t tallies = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t expiries = 0;
    bool lives = false;
  };
  /// What becomes of one record: of an object, a field, or all entries at one path.
  struct Edit;
  /// Those of the objects, or of the elements of one container, each name's once.
  struct Edits {
    std::vector<Edit*> all;
    std::map<BytesView, Edit*> by_name;  ///< once they are many: until then they are searched one by one

    /// Null: it is none of them.
    [[nodiscard]] Edit* find(BytesView name) const { return all.empty() ? nullptr : find_among(name); }
    void index();
    void clear() {
      if (!all.empty()) all.clear();
      if (!by_name.empty()) by_name.clear();
    }

   private:
    [[nodiscard]] Edit* find_among(BytesView name) const;
  };
  static constexpr std::size_t searched_in_turn_max = 8;
  enum class Form : std::uint8_t { path, whole, spread };
  struct Edit {
    Form form = Form::whole;
    BytesView key;    ///< of the object
    BytesView name;   ///< in its container; of an object: its key
    BytesView base;   ///< what the paths in the list begin with besides
    ObjectId object;  ///< of an element: what it is found under
    Bytes text;       ///< of an element of a spread field: storage/element_name.h
    std::uint64_t hash = 0;
    Blob* blob = nullptr;
    EntryList* list = nullptr;       ///< unless it is spread: its own, or that of the object found last
    SpreadRecord* record = nullptr;  ///< if it is, likewise
    EntryList own_list;
    SpreadRecord own_record;
    std::size_t entries_before = 0;  ///< at a path
    Share before;                    ///< of a field
    Hash128 digest;                  ///< what the changes to the list, or below, are to it
    ObjectId detached;  ///< of an object: what its elements were found under, which it had before
    Edits elements;
    bool is_ordered = false;          ///< an order of the container's elements of its type is kept,
    std::optional<Bytes> key_before;  ///< and in it the element was called so

    [[nodiscard]] bool is_object() const { return object.value == 0; }
    [[nodiscard]] EntryType type() const { return static_cast<EntryType>(name[0]); }  ///< of an element
    [[nodiscard]] RecordName record_name() const {
      if (is_object()) return object_name(key);
      return {RecordKind::entry, object, text.empty() ? name : BytesView(text)};
    }
  };
  /// A container that has a record of its own, as far as it is there.
  struct Container {
    Blob* blob = nullptr;
    std::size_t base = 0;  ///< so many bytes of the path that led to it are its base
    EntryType type{};      ///< of a field: of the value that it is a field of
    ObjectId object;       ///< what the elements of the object are found under, if that is spread
    ObjectId field;        ///< what its own elements are, if it is a field that is spread

    [[nodiscard]] bool is_there() const { return blob != nullptr && !blob->absent(); }
    [[nodiscard]] bool is_spread() const { return causeway::is_spread(blob->body()); }
  };
  class Scan;
  class Check;

  static RecordName object_name(BytesView key) { return {RecordKind::object, {}, key}; }
  Result<Blob*> find_object(BytesView key) {
    if (last_ != nullptr && last_->is_object(key)) return last_;
    return find_another(key, object_name(key).hash());
  }
  Result<Blob*> find_another(BytesView key, std::uint64_t hash);
  Result<Blob*> find_element(const RecordName& name, std::uint64_t& hash);
  /// The deepest container with a record of its own on the way to a path; into a new one.
  Result<void> descend(BytesView key, BytesView path, Container& at);
  /// The entries of an object that is whole: in `list`, or in a list that stays until another object is looked for.
  Result<const EntryList*> list_of(const Blob* object, EntryList& list);
  /// The record of one that is spread, likewise.
  Result<const SpreadRecord*> record_of(const Blob* object, SpreadRecord& record);
  Result<void> at_element(const RecordName& record, BytesView name, BytesView path, Visitor visit);
  Result<void> at_in_field(BytesView key, BytesView path, Visitor visit);
  Result<void> summary_of_field(BytesView key, BytesView base, ObjectSummary& summary);
  /// The entries of any container that is whole, and is there, likewise.
  Result<const EntryList*> entries_of(const Container& container, EntryList& list);
  [[nodiscard]] tl::unexpected<Error> damaged(const RecordName& name) const;
  void forget_last() { last_ = last_element_ = nullptr; }

  Result<void> read_order(const Container& container, const Place& place, ElementOrder& order);
  static std::optional<Bytes> order_key_of(BytesView name, const EntryList& list);
  static std::optional<Bytes> order_key_of(const Edit& element);

  Result<Edit*> edit_object(BytesView key);
  Result<Edit*> edit_element(Edit& container, BytesView path);
  Result<Edit*> edit_path(Edit& object, BytesView path);
  Result<void> edit_range(const Event& event, const Mutation& mutation, Edit& object);
  [[nodiscard]] bool takes_all(const Event& event, const Mutation& range, const Edit& object) const;
  void detach(Edit& object);
  Edit& new_edit(Edits& among, BytesView key, BytesView name);
  Edit& new_element(Edit& container, BytesView name);
  void apply(const Event& event, const Mutation& mutation, bool repeated, Edit& edit);
  void erase_taken(const Event& event, const Mutation& mutation, Edit& edit);
  void insert(const EntryView& entry, bool repeated, Edit& edit);
  Hash128 digest_of(BytesView key, BytesView base, const EntryView& entry) {
    if (!base.empty()) return digest_in_field(key, base, entry);
    return causeway::digest_of(key, entry.path, entry.dot, entry.payload);
  }
  Hash128 digest_in_field(BytesView key, BytesView base, const EntryView& entry);

  void carry_out_elements(Edit& edit);
  Hash128 put_elements(Edit& container);
  void spread_out(Edit& edit);
  [[nodiscard]] bool stays_whole(const Edit& edit) const;
  BytesView body_of(const Edit& edit);
  void put(const Edit& edit);
  void put_object(const Edit& edit, BytesView body, bool is_empty);
  void drop_elements(ObjectId object);
  static Share share_of_path(const std::optional<PathHead>& head, std::size_t entries);
  static Share share_of_field(EntryType type, std::span<const EntryView> entries);
  static Share share_of_spread(const SpreadRecord& record);
  static void add(SpreadRecord& record, EntryType type, const Share& after, const Share& before);
  static void add_path(SpreadRecord& record, const Edit& element);
  static void add_field(SpreadRecord& record, const Edit& element);
  void begin_edits();
  void end_edits();

  RecordTable records_;
  Detached detached_;
  KeptOrders orders_;
  std::uint64_t orders_swept_ = 0;  ///< at this many sweeps
  ActorTable actors_;
  ObjectId next_object_{1};
  // The object that was found last: a command asks for it several times.
  Blob* last_ = nullptr;
  std::uint64_t last_hash_ = 0;
  EntryList last_list_;       ///< its entries, if it is whole, or
  SpreadRecord last_record_;  ///< its record, and
  bool last_is_read_ = false;
  Blob* last_element_ = nullptr;  ///< the record of an element that was found last
  std::uint64_t last_element_hash_ = 0;
  int visits_ = 0;  ///< of the object that was found last

  // What is being prepared.
  std::vector<std::unique_ptr<Edit>> edits_;  ///< the first `edited_`; the rest is kept for others
  std::size_t edited_ = 0;
  Effect effect_;
  Edits objects_;
  std::deque<Bytes> edited_paths_;
  bool borrowing_ = false;  ///< an edit has what was read of the object found last
  Scratch body_;
  Bytes path_;
};

}  // namespace causeway
