// The history of the process that is killed: each event is a function of the clock before it, so that whoever knows the
// clock knows the state.
#pragma once

#include "crdt/event.h"
#include "crdt/path.h"
#include "storage/event_log.h"
#include "tests/crdt/event_draft.h"

namespace causeway::testing {

inline constexpr PartitionId kill_partition{3};
inline constexpr LogLimits kill_log_limits{std::uint64_t{64} << 10U, std::uint64_t{1} << 30U, 4096, 4096};

/// Adds to sets, counts in counters, and now and then removes a whole object.
inline EventDraft kill_event(const VersionVector& clock) {
  const std::uint64_t number = clock.events() + 1;
  EventDraft event;
  const ActorId actor{100 + number * 7 % 3};
  event.dot = {actor, clock.counter(actor) + 1};
  event.hlc.value = number;
  const Bytes key = "key " + std::to_string(number * 31 % 17);
  if (number % 50 == 0) {
    event.mutations.push_back(RangeRemoval{key, {}, clock});
    return event;
  }
  const Bytes subkey =
      number % 11 == 0 ? Bytes(470, 'p') + std::to_string(number) : std::to_string(number * 13 % 101);
  Update update{key,
                make_path(EntryType::set, Part::value, subkey),
                std::to_string(number) + Bytes(number % 200, 'x'),
                {}};
  for (const auto& [seen, counter] : clock.rows()) {
    if (counter > 40) update.supersedes.push_back({seen, counter - number % 40});
  }
  event.mutations.push_back(std::move(update));
  return event;
}

}  // namespace causeway::testing
