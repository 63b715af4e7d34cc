#include "tests/sim/model.h"

#include "crdt/entry.h"
#include "tests/crdt/event_draft.h"
#include "tests/sim/places.h"

namespace causeway::testing {

Model::Object::iterator Model::erase(Object& object, Object::iterator at) {
  digest_ -= at->second;
  --entries_;
  return object.erase(at);
}

void Model::insert(Object& object, const Update& update, const Dot& dot) {
  const Hash128 hash = digest_of(update.key, update.path, dot, *update.payload);
  if (!object.emplace(Place{update.path, dot}, hash).second) return;
  digest_ += hash;
  ++entries_;
}

/// All below the prefix that the removal has seen goes, but for executed requests, wherever they stand.
void Model::remove_range(Object& object, const RangeRemoval& removal) {
  for (auto at = object.lower_bound({removal.prefix, Dot{}}); at != object.end();) {
    const auto& [path, dot] = at->first;
    if (!path.starts_with(removal.prefix)) break;
    const bool is_request = parts_of(path).part == Part::request;
    at = !is_request && removal.observed.covers(dot) ? erase(object, at) : std::next(at);
  }
}

void Model::apply(const EventDraft& event) {
  // Removals first: an event does not remove what it inserts.
  for (const Drafted& mutation : event.mutations) {
    if (const auto* update = std::get_if<Update>(&mutation)) {
      auto& object = objects_[update->key];
      for (const Dot& dot : update->supersedes) {
        if (const auto at = object.find({update->path, dot}); at != object.end()) erase(object, at);
      }
    } else {
      const auto& removal = std::get<RangeRemoval>(mutation);
      remove_range(objects_[removal.key], removal);
    }
  }
  for (const Drafted& mutation : event.mutations) {
    const auto* update = std::get_if<Update>(&mutation);
    if (update != nullptr && update->payload) insert(objects_[update->key], *update, event.dot);
  }
  clock_.raise(event.dot);
}

}  // namespace causeway::testing
