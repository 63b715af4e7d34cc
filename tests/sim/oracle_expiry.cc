// Expiries: each stands on values; of a value the longest that no later one saw counts, and the object ends with the last of its values.
#include "tests/sim/oracle_expiry.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/serial.h"

namespace causeway::testing {
namespace {

constexpr std::uint64_t never_ms = std::numeric_limits<std::uint64_t>::max();

std::vector<const Touch*> touches_of(const Container& object, EntryType type) {
  const auto story = object.stories.find(type);
  return story == object.stories.end() ? std::vector<const Touch*>() : of_part(story->second, Part::value);
}

std::vector<const Touch*> standing(const Container& object, EntryType type, const Who& clears) {
  return unseen(touches_of(object, type), clears);
}

/// An expiry takes the place of those that it saw, and a removal may take only those that say nothing any more.
std::vector<SetExpiry> expiries_of(const Container& object, const Who& clears) {
  const auto touches = touches_of(object, EntryType::expiry);
  Who setters;
  for (const Touch* touch : touches) {
    if (touch->inserts()) setters.push_back(touch->by);
  }
  const auto is_removed = [&](const Dot& dot) {
    return std::any_of(touches.begin(), touches.end(), [&](const Touch* touch) {
      const auto& gone = touch->update->supersedes;
      return !touch->inserts() && std::find(gone.begin(), gone.end(), dot) != gone.end();
    });
  };
  std::vector<SetExpiry> expiries;
  for (const Touch* touch : touches) {
    const bool stands = touch->inserts() && !saw(setters, *touch->by) && !saw(clears, *touch->by);
    if (stands && !is_removed(touch->by->event.dot)) expiries.push_back(expiry_of(touch->payload()));
  }
  return expiries;
}

/// What expiries stand on.
std::vector<Dot> values_of(const Container& object, EntryType type, const Who& clears) {
  std::vector<const Touch*> values;
  if (type == EntryType::string || type == EntryType::reg) values = standing(object, type, clears);
  if (values.empty()) values = standing(object, EntryType::marker, clears);
  std::vector<Dot> dots;
  for (const Touch* value : values) dots.push_back(value->by->event.dot);
  return dots;
}

}  // namespace

SetExpiry expiry_of(BytesView payload) {
  Reader reader(payload);
  SetExpiry expiry{reader.u64(), {}};
  while (!reader.done()) {
    const ActorId actor{reader.u64()};
    expiry.on.push_back({actor, reader.varint()});
    CW_CHECK(reader.ok(), "an expiry says what it is set on");
  }
  return expiry;
}

Ending ending_of(const Container& object, EntryType type, const Who& clears) {
  const std::vector<SetExpiry> expiries = expiries_of(object, clears);
  Ending ending;
  ending.entries = expiries.size();
  ending.values = values_of(object, type, clears);
  std::uint64_t latest = ending.values.empty() ? never_ms : 0;
  for (const Dot& value : ending.values) {
    std::optional<std::uint64_t> longest;
    for (const SetExpiry& expiry : expiries) {
      if (std::find(expiry.on.begin(), expiry.on.end(), value) == expiry.on.end()) continue;
      longest = std::max(longest.value_or(0), expiry.at_ms);
    }
    latest = std::max(latest, longest.value_or(never_ms));
  }
  if (latest != never_ms) ending.at_ms = latest;
  return ending;
}

}  // namespace causeway::testing
