#include "crdt/register.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {

Result<void> read_register(const ObjectEntries& entries, const Place& place, Siblings& siblings) {
  Result<void> readable;
  CW_TRY_VOID(entries.at(place.key, place.path(Part::value), [&](const EntryView& entry) {
    Reader reader(entry.payload);
    const Hlc hlc{reader.u64()};
    if (!reader.ok()) {
      readable = unreadable(place.key, entry);
      return false;
    }
    Sibling& sibling = siblings.emplace_back();
    sibling.hlc = hlc;
    sibling.actor = entry.dot.actor;
    sibling.value = reader.rest();
    return true;
  }));
  CW_TRY_VOID(readable);
  if (siblings.size() < 2 || planted(Plant::stamps_not_compared)) return {};
  std::sort(siblings.begin(), siblings.end(), [](const Sibling& a, const Sibling& b) {
    return std::tie(a.hlc, a.actor) > std::tie(b.hlc, b.actor);
  });
  return {};
}

Result<void> put_register(const ObjectEntries& entries, const Place& place, Hlc hlc, BytesView value,
                          EventWriter& changes) {
  Dots superseded;
  CW_TRY_VOID(dots_at(entries, place.key, place.path(Part::value), superseded));
  put_register_over(superseded, place, hlc, value, changes);
  return {};
}

void put_register_over(const Dots& superseded, const Place& place, Hlc hlc, BytesView value,
                       EventWriter& changes) {
  std::array<char, sizeof(hlc.value)> stamp;
  std::memcpy(stamp.data(), &hlc.value, sizeof(hlc.value));  // little-endian, as all formats (base/serial.h)
  changes.insert(place.key, place.path(Part::value), superseded, {stamp.data(), stamp.size()}, value);
}

}  // namespace causeway
