// What events did, place by place: the events alone, sorted by where they did something. A type's oracle (oracle_*.cc) reads
// the story of a value; containers nest as they do in paths.
#pragma once

#include <map>
#include <vector>

#include "tests/sim/event_book.h"
#include "tests/sim/places.h"

namespace causeway::testing {

using Who = std::vector<const KnownEvent*>;

/// Whether one of them had seen the event.
bool saw(const Who& later, const KnownEvent& event);

/// What one event did at one path. Its views live as long as the event.
struct Touch {
  const KnownEvent* by;
  const Update* update;
  Part part;
  BytesView subkey;

  [[nodiscard]] bool inserts() const { return update->payload.has_value(); }
  [[nodiscard]] BytesView payload() const {
    return update->payload ? BytesView(*update->payload) : BytesView();
  }
};

struct Container;

/// All that happened to a value of one type.
struct Story {
  std::vector<Touch> touches;         ///< in an order that respects what each issuer did
  std::map<Bytes, Container> fields;  ///< of a type that has some
};

/// An object, or what a field holds.
struct Container {
  Who clears;  ///< removals of all of it
  std::map<EntryType, Story> stories;
};

/// The objects by key, of the events that `clock` covers.
std::map<Bytes, Container> stories_of(EventBook& book, const VersionVector& clock);

// What the oracles of several types need.

/// Touches of one part of a value.
std::vector<const Touch*> of_part(const Story& story, Part part);
/// The events of these.
Who events_of(const std::vector<const Touch*>& touches);
/// The insertions that no other of these touches, and no clear, has seen.
std::vector<const Touch*> unseen(const std::vector<const Touch*>& touches, const Who& clears);
/// The later first, in the order of last-writer-wins.
void sort_newest_first(std::vector<const Touch*>& touches);

}  // namespace causeway::testing
