// The one law suite, for every type: replicas that write, deliver in any causal order, merge and are cut off from each other;
// after each step the replica's state is what the events make in another order, and readers see what the type's oracle says.
//
// A type brings how its commands are drawn, what to read, and the oracle: what a read answers to who has seen these writes,
// said from the writes and what each of them had seen, without entries or mutations, so that it cannot share their mistakes.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tests/crdt/gen.h"
#include "tests/crdt/replica.h"

namespace causeway::testing {

/// A command that issued an event.
struct Write {
  std::vector<Bytes> arguments;
  Dot dot;
  Hlc hlc;
  VersionVector past;  ///< what its coordinator had seen
  std::int64_t wall_ms = 0;
  Value reply;

  [[nodiscard]] const Bytes& command() const { return arguments[0]; }
  /// Whether it had seen the other.
  [[nodiscard]] bool saw(const Write& other) const { return past.covers(other.dot); }
  /// The order of last-writer-wins.
  [[nodiscard]] bool is_later_than(const Write& other) const {
    return std::tie(hlc, dot.actor) > std::tie(other.hlc, other.dot.actor);
  }
};

/// All writes that one replica has seen, in an order that respects causality.
using Seen = std::vector<const Write*>;

/// Looks at what a read answers to who has seen these writes, where they do not say it alone. A failed check throws (RC_ASSERT).
using Judge = std::function<void(const std::vector<Bytes>& read, const Seen& seen, const Value& answer)>;

struct TypeUnderTest {
  /// A writing command: the numbers are random, `number` is another in each call.
  std::function<std::vector<Bytes>(unsigned a, unsigned b, unsigned number)> draw;
  /// Commands that together read all of it.
  std::vector<std::vector<Bytes>> reads;
  /// What a read answers to who has seen these writes; nothing: no opinion.
  std::function<std::optional<Value>(const std::vector<Bytes>& read, const Seen& seen)> oracle;
  /// A judge of one schedule, which may remember: it is asked at each replica after each step there. Nothing: the oracle says all.
  std::function<Judge()> judge = nullptr;
};

/// Whether some write among those seen had seen `write`, and takes it back.
inline bool is_taken_back(const Write& write, const Seen& seen,
                          const std::function<bool(const Write& later)>& takes) {
  return std::any_of(seen.begin(), seen.end(),
                     [&](const Write* later) { return later->saw(write) && takes(*later); });
}

/// Random schedules for RapidCheck, each step of which is checked: call it inside a test case.
/// Besides: merge is idempotent, commutative, associative and only grows in every state that is reached.
void holds_all_laws(const TypeUnderTest& type);

}  // namespace causeway::testing
