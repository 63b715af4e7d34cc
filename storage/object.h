// One object in memory: what changed since the last checkpoint and, for small objects, all that is stored of it.
#pragma once

#include <compare>
#include <list>
#include <map>

#include "crdt/entry.h"
#include "storage/state_records.h"

namespace causeway {

class ObjectTable;

struct EntryName {
  Bytes path;
  Dot dot;

  friend auto operator<=>(const EntryName&, const EntryName&) = default;
};

/// The order of entries: by path, then by dot.
struct EntryOrder {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    const int paths = BytesView(a.path).compare(BytesView(b.path));
    return paths != 0 ? paths < 0 : a.dot < b.dot;
  }
};

struct Slot {
  Bytes payload;
  bool removed = false;  ///< it is stored, and the next checkpoint removes it
};
using Slots = std::map<EntryName, Slot, EntryOrder>;

struct Object {
  ObjectTable* table = nullptr;
  const Bytes* key = nullptr;          ///< the table's own copy
  ObjectRecord record;                 ///< as of now; its id is 0 while the object has no entry
  Slots stored;                        ///< all that the state has, if `whole`
  Slots changed;                       ///< over what the state has
  bool whole = false;                  ///< the state need not be asked for its entries
  bool in_state = false;               ///< the state has a record of it
  bool dirty = false;                  ///< its record or entries differ from the state's
  std::uint32_t pins = 0;              ///< who holds a pointer to it: it stays
  std::size_t bytes = 0;               ///< what it costs in memory
  std::list<Object*>::iterator place;  ///< in the list of clean objects, unless dirty
};

/// What an entry costs in memory, about.
std::size_t slot_bytes(const EntryName& name, const Slot& slot);
/// What an object without entries costs, about.
std::size_t object_bytes(BytesView key);

/// Keeps an object in memory as long as it lives.
class ObjectPin {
 public:
  explicit ObjectPin(Object& object) : object_(&object) { ++object_->pins; }
  ObjectPin(ObjectPin&& other) noexcept : object_(other.object_) { other.object_ = nullptr; }
  ObjectPin(const ObjectPin&) = delete;
  ObjectPin& operator=(const ObjectPin&) = delete;
  ObjectPin& operator=(ObjectPin&&) = delete;
  ~ObjectPin() {
    if (object_ != nullptr) --object_->pins;
  }
  Object& operator*() const { return *object_; }
  Object* operator->() const { return object_; }

 private:
  Object* object_;
};

/// The clean objects of a shard, least recently used first, bounded in bytes.
class ObjectLru {
 public:
  explicit ObjectLru(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// The object has become clean, or was just read.
  void enter(Object& object);
  /// It becomes dirty, or goes.
  void leave(Object& object);
  void touch(Object& object);
  /// Forgets objects until the limit is kept; those that are pinned stay.
  void shrink();
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<Object*> objects_;
};

}  // namespace causeway
