#include "crdt/register.h"

#include <algorithm>
#include <tuple>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {

Result<std::vector<Sibling>> read_register(const EntryReader& entries, const Place& place) {
  std::vector<Sibling> siblings;
  Result<void> readable;
  CW_TRY_VOID(scan_exact(entries, place.key, place.path(Part::value), [&](const EntryView& entry) {
    Reader reader(entry.payload);
    const Hlc hlc{reader.u64()};
    if (!reader.ok()) {
      readable = unreadable(place.key, entry);
      return;
    }
    siblings.push_back({hlc, entry.dot.actor, Bytes(reader.rest())});
  }));
  CW_TRY_VOID(readable);
  if (planted(Plant::stamps_not_compared)) return siblings;
  std::sort(siblings.begin(), siblings.end(), [](const Sibling& a, const Sibling& b) {
    return std::tie(a.hlc, a.actor) > std::tie(b.hlc, b.actor);
  });
  return siblings;
}

Result<Update> put_register(const EntryReader& entries, const Place& place, Hlc hlc, BytesView value) {
  Update put = new_register(place, hlc, value);
  CW_TRY(put.supersedes, dots_at(entries, place.key, put.path));
  return put;
}

Update new_register(const Place& place, Hlc hlc, BytesView value) {
  Bytes payload;
  payload.reserve(sizeof(hlc.value) + value.size());
  Writer writer(payload);
  writer.u64(hlc.value);
  writer.raw(value);
  return {Bytes(place.key), place.path(Part::value), std::move(payload), {}};
}

}  // namespace causeway
