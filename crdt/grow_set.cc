#include "crdt/grow_set.h"

namespace causeway {

Result<bool> grow_by(const ObjectEntries& entries, const Place& place, BytesView member,
                     EventWriter& changes) {
  const Path path = place.path(Part::value, member);
  Dots dots;
  CW_TRY_VOID(dots_at(entries, place.key, path, dots));
  if (dots.empty()) changes.insert(place.key, path, {}, {});
  changes.rest_on(dots);
  return dots.empty();
}

}  // namespace causeway
