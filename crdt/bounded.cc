#include "crdt/bounded.h"

#include <algorithm>
#include <map>

#include "base/serial.h"

namespace causeway {
namespace {

bool read_gift(BytesView subkey, BytesView payload, Gift& gift) {
  Reader actors(subkey);
  gift.from.value = actors.u64_big();
  gift.to.value = actors.u64_big();
  Reader reader(payload);
  gift.amount = reader.varint();
  return actors.done() && reader.done();
}

/// What each actor's own cells hold: what it added less what it subtracted.
std::map<ActorId, Int128> own_sums(const CounterState& counter) {
  std::map<ActorId, CounterState> by_actor;
  for (const Tally& cell : counter.cells) by_actor[cell.id.actor].cells.push_back(cell);
  for (const Tally& record : counter.forgotten) by_actor[record.id.actor].forgotten.push_back(record);
  std::map<ActorId, Int128> sums;
  for (const auto& [actor, own] : by_actor) sums[actor] = own.sum();
  return sums;
}

std::map<ActorId, Int128> all_rights(const BoundedState& state) {
  std::map<ActorId, Int128> rights = own_sums(state.counter);
  for (const Gift& gift : state.gifts) {
    rights[gift.from] -= gift.amount;
    rights[gift.to] += gift.amount;
  }
  return rights;
}

}  // namespace

Int128 BoundedState::rights(ActorId actor) const {
  const auto all = all_rights(*this);
  const auto at = all.find(actor);
  return at == all.end() ? 0 : at->second;
}

std::vector<std::pair<ActorId, Int128>> BoundedState::holders() const {
  std::vector<std::pair<ActorId, Int128>> held;
  for (const auto& row : all_rights(*this)) {
    if (row.second > 0) held.push_back(row);
  }
  std::stable_sort(held.begin(), held.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return held;
}

Result<void> read_bounded(const ObjectEntries& entries, const Place& place, BoundedState& state) {
  CW_TRY_VOID(read_counter(entries, place, state.counter));
  const Path gifts = place.path(Part::right);
  Result<void> readable;
  CW_TRY_VOID(entries.scan(place.key, gifts, [&](const EntryView& entry) {
    Gift& gift = state.gifts.emplace_back();
    if (!read_gift(entry.path.substr(gifts.size()), entry.payload, gift)) {
      readable = unreadable(place.key, entry);
    }
    return readable.has_value();
  }));
  return readable;
}

void give_rights(const Place& place, const Gift& gift, EventWriter& changes) {
  Bytes subkey;
  Writer actors(subkey);
  actors.u64_big(gift.from.value);
  actors.u64_big(gift.to.value);
  Bytes payload;
  Writer writer(payload);
  writer.varint(gift.amount);
  changes.insert(place.key, place.path(Part::right, subkey), {}, payload);
}

}  // namespace causeway
