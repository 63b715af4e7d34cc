// What events did: for finding what clients were told.
#pragma once

#include <compare>
#include <map>

#include "tests/sim/history.h"
#include "tests/sim/oracle.h"

namespace causeway::testing {

/// What an event inserted: a name, where in the object at the key.
struct Said {
  Bytes key;
  Bytes where;  ///< as Meaning has it
  Bytes name;

  friend auto operator<=>(const Said&, const Said&) = default;
};

struct Deeds {
  std::map<RequestId, Who> requests;
  std::map<Said, Who> said;
  std::map<Said, Who> anonymous;                   ///< increments without an id: the name is the amount
  std::map<std::pair<Bytes, Bytes>, Who> cleared;  ///< by key and base
};

/// Adds what all known events did, covered or not.
void add_deeds(EventBook& book, Deeds& deeds);

/// Those at this key; none if it has none.
template <class Map>
const Who& at(const Map& map, const typename Map::key_type& key) {
  static const Who none;
  const auto found = map.find(key);
  return found == map.end() ? none : found->second;
}

/// The events that may be this operation's; if it is recognisable, that can only be. REQUIRES: either holds
const Who& events_of(const Done& done, const Deeds& deeds);
/// Those that make what it asked for hold: its own, and of one that reaches a number all that reach as far. REQUIRES: as above
Who makers_of(const Done& done, const Deeds& deeds);
/// Whether its events can be told from all others.
bool is_recognisable(const Done& done);
/// Whether some event inserts what it names.
bool inserts(const Done& done);
/// All events that took away what stood at `where`, as a whole.
Who clears_of(const Done& read, const Deeds& deeds);

}  // namespace causeway::testing
