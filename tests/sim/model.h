// What a replica must be: the entries that its events make, by the rule of the design said anew, in the plainest way there
// is. It shares with the product only the hash of an entry.
#pragma once

#include <map>
#include <set>

#include "base/hash.h"
#include "crdt/event.h"
#include "tests/crdt/event_draft.h"

namespace causeway::testing {

class Model {
 public:
  /// REQUIRES: it has all that the event depends on, and not the event.
  void apply(const EventDraft& event);
  void clear() { *this = Model(); }

  [[nodiscard]] const VersionVector& clock() const { return clock_; }
  [[nodiscard]] const Hash128& digest() const { return digest_; }
  [[nodiscard]] std::uint64_t entries() const { return entries_; }

 private:
  using Place = std::pair<Bytes, Dot>;  ///< path, dot
  using Object = std::map<Place, Hash128>;

  void insert(Object& object, const Update& update, const Dot& dot);
  Object::iterator erase(Object& object, Object::iterator at);
  void remove_range(Object& object, const RangeRemoval& removal);

  VersionVector clock_;
  Hash128 digest_;
  std::uint64_t entries_ = 0;
  std::map<Bytes, Object> objects_;
};

}  // namespace causeway::testing
