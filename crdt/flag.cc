#include "crdt/flag.h"

namespace causeway {

Result<void> read_flag(const ObjectEntries& entries, const Place& place, FlagState& state) {
  Result<void> readable;
  CW_TRY_VOID(entries.at(place.key, place.path(Part::value), [&](const EntryView& entry) {
    if (!state.add(entry.payload)) readable = unreadable(place.key, entry);
    return readable.has_value();
  }));
  return readable;
}

Result<void> change_flag(const ObjectEntries& entries, const Place& place, bool enable,
                         EventWriter& changes) {
  const Path path = place.path(Part::value);
  Dots observed;
  CW_TRY_VOID(dots_at(entries, place.key, path, observed));
  changes.insert(place.key, path, observed, enable ? enabling : disabling);
  return {};
}

}  // namespace causeway
