// What clients did and were told: one record for each operation, for the checks on histories.
#pragma once

#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "base/time.h"
#include "crdt/version_vector.h"
#include "tests/sim/plan.h"

namespace causeway::testing {

struct Done {
  enum class Outcome {
    unknown,  ///< no answer, or one that says that it may have happened
    refused,  ///< every try was answered, and each answer says that nothing happened
    ok,
  };
  std::size_t client = 0;
  Draft draft;
  std::optional<RequestId> request_id;
  MonoTime began;
  MonoTime ended = MonoTime::max();  ///< when the outcome was known
  Outcome outcome = Outcome::unknown;
  Value value;          ///< of ok
  DcId datacenter;      ///< where it was coordinated, of ok
  int tries = 0;
  std::vector<ErrorCode> errors;  ///< that tries were answered with
  /// Of a session: what it depended on in the key's partition when this was first sent, and what after the answer.
  std::optional<VersionVector> session;
  VersionVector session_after;
  std::uint64_t session_number = 0;  ///< a client that waits for what is lost begins another
  int unanswered = 0;   ///< tries that may have happened

  [[nodiscard]] const Bytes& command() const { return draft.arguments[0]; }
  [[nodiscard]] const Bytes& key() const { return draft.arguments[1]; }
  [[nodiscard]] bool ok() const { return outcome == Outcome::ok; }
};

/// References to its records stay good.
using History = std::deque<Done>;

}  // namespace causeway::testing
