// What readers must see in the end, said declaratively, from the events alone and from what each of them had seen: an
// increment counts once per request unless a reset saw one of its executions, a member is there if an add was seen by no
// remove, a value is there if no later write saw it, the newest marker among the types that are there names the type. It
// shares no code with apply and read. Each type has a file of its own, oracle_TYPE.cc, and a row in the table of oracle.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "crdt/value.h"
#include "tests/sim/story.h"

namespace causeway::testing {

/// What to ask of a value, and what must be answered.
struct Question {
  std::vector<Bytes> words;  ///< the command, and what follows the key
  Value answer;
};

/// What readers see of a value.
struct Shown {
  Value whole;  ///< as what contains it shows it
  std::vector<Question> questions;
};

/// What is declared of a story.
struct Declared {
  std::optional<Shown> shown;  ///< nothing: it is not there
  std::uint64_t entries =
      0;  ///< that it must cost, whether readers see it or not; what was forgotten and requests aside
};

/// What a container holds.
struct Expected {
  std::optional<EntryType> type;  ///< none: it does not exist
  Shown shown;
  std::uint64_t entries = 0;
  std::optional<std::uint64_t> ends_ms;  ///< then readers see nothing any more; in milliseconds since 1970
};

/// How a type is declared.
struct TypeRule {
  EntryType type;
  /// `clears`: the removals of what it is in.
  Declared (*declare)(EventBook& book, const Story& story, const Who& clears);
  /// What an insertion says by which it can be told from others: a value, a member. Nothing: it says nothing such.
  std::optional<Bytes> (*says)(const Touch& touch) = nullptr;
  /// The same of an insertion into a field of the value.
  std::optional<Bytes> (*says_in)(const Bytes& field, const Touch& touch) = nullptr;
};
/// REQUIRES: is_type(type)
const TypeRule& rule_of(EntryType type);

Expected expected_of(EventBook& book, const Container& container, const Who& clears_above = {});
/// Of the events that `clock` covers: what each key holds.
std::map<Bytes, Expected> expected_of(EventBook& book, const VersionVector& clock);

// What rules share.

/// The increments that no reset has seen, nor one of these; each request once, and not at all if one saw one of its executions.
/// At how many paths they have cells.
struct Sum {
  std::int64_t amount = 0;
  std::uint64_t cells = 0;
};
Sum sum_of(EventBook& book, const Story& story, const Who& takers);
/// What the event added to the cell; of a score, in quarters. REQUIRES: it inserts one
std::int64_t delta_of(EventBook& book, const Touch& touch);
/// A score, or a part of one, from the bits of the double, in quarters. REQUIRES: it is such a number
std::int64_t quarters_of(std::uint64_t bits);
/// The clears and the writes of a value: what resets its increments.
Who takers_of(const Story& story, const Who& clears);
/// The written values that no later write or removal saw, the winner first.
std::vector<Bytes> siblings_of(const Story& story, const Who& clears);
/// What a write to a register says.
std::optional<Bytes> written_by(const Touch& touch);
Value array_of(const std::vector<Bytes>& items);
void ask(std::vector<Bytes> words, const Value& answer, std::vector<Question>& questions);

}  // namespace causeway::testing
