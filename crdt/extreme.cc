#include "crdt/extreme.h"

#include <array>

#include "base/serial.h"

namespace causeway {
namespace {

bool is_beyond(EntryType type, std::int64_t number, const std::optional<std::int64_t>& value) {
  if (!value) return true;
  return type == EntryType::maximum ? number > *value : number < *value;
}

}  // namespace

Result<void> read_extreme(const ObjectEntries& entries, const Place& place, ExtremeState& state) {
  Result<void> readable;
  CW_TRY_VOID(entries.at(place.key, place.path(Part::value), [&](const EntryView& entry) {
    Reader reader(entry.payload);
    const auto number = static_cast<std::int64_t>(reader.u64());
    if (!reader.done()) {
      readable = unreadable(place.key, entry);
      return false;
    }
    if (is_beyond(place.type, number, state.value)) state.value = number;
    state.dots.push_back(entry.dot);
    return true;
  }));
  return readable;
}

Result<std::int64_t> reach_extreme(const ObjectEntries& entries, const Place& place, std::int64_t number,
                                   EventWriter& changes) {
  ExtremeState state;
  CW_TRY_VOID(read_extreme(entries, place, state));
  if (!is_beyond(place.type, number, state.value)) {
    changes.rest_on(state.dots);
    return *state.value;
  }
  std::array<char, sizeof(std::uint64_t)> payload;
  RawWriter(payload.data()).u64(static_cast<std::uint64_t>(number));
  changes.insert(place.key, place.path(Part::value), state.dots, {payload.data(), payload.size()});
  return number;
}

}  // namespace causeway
