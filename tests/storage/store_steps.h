// Steps that the tests of a store share.
#pragma once

#include <catch2/catch.hpp>
#include <memory>

#include "history.h"
#include "tests/crdt/event_draft.h"

namespace causeway::testing {

inline constexpr PartitionId p{7};
inline constexpr PartitionId q{8};
inline constexpr std::uint64_t plenty = std::uint64_t{1} << 32U;
inline constexpr LogLimits small_segments{4096, 1 << 24, 2000, 512};

inline Result<std::unique_ptr<ShardStore>> try_open(EventLog& log, StateStore& state,
                                                    const StoreLimits& limits = {}) {
  return ShardStore::open(log, state, {p, q}, limits);
}

inline std::unique_ptr<ShardStore> opened(EventLog& log, StateStore& state, const StoreLimits& limits = {}) {
  auto store = try_open(log, state, limits);
  INFO((store ? "" : to_string(store.error())));
  REQUIRE(store);
  return std::move(*store);
}

inline void apply(ShardStore& store, Model& model, const EventDraft& event, PartitionId partition = p) {
  const auto applied = store.partition(partition).apply(*DraftedEvent(event), true);
  INFO((applied ? "" : to_string(applied.error())));
  REQUIRE(applied);
  model.apply(event);
}

inline EventDraft put(const Model& model, Bytes key, Bytes path, Bytes payload, ActorId actor = ActorId{1}) {
  EventDraft event;
  event.dot = {actor, model.clock().counter(actor) + 1};
  event.mutations.push_back(Update{std::move(key), std::move(path), std::move(payload), {}});
  return event;
}

inline const Bytes member = make_path(EntryType::set, Part::value, "m");

}  // namespace causeway::testing
