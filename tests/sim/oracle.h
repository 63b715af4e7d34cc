// What readers must see in the end, said declaratively, from the events alone and from what each of them had seen: an
// increment counts once per request unless a reset saw one of its executions, a member is there if an add was seen by no
// remove, a value is there if no later write saw it, the newest marker among the types that are there names the type. It
// shares no code with apply and read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "crdt/path.h"
#include "crdt/value.h"
#include "tests/sim/event_book.h"

namespace causeway::testing {

/// What one key holds.
struct Expected {
  std::optional<EntryType> type;            ///< none: no object
  std::map<EntryType, std::int64_t> counts;  ///< of counters, and of the cells of strings
  std::map<EntryType, bool> has_cells;
  std::map<EntryType, std::vector<Bytes>> siblings;  ///< of registers and strings, the winner first
  std::vector<Bytes> members;               ///< sorted
};

/// What events did: for finding what clients were told.
struct Deeds {
  std::map<RequestId, std::vector<const KnownEvent*>> requests;
  std::map<std::pair<Bytes, std::int64_t>, std::vector<const KnownEvent*>> anonymous;  ///< increments without id: key, amount
  std::map<std::pair<Bytes, Bytes>, std::vector<const KnownEvent*>> added;             ///< key, member
  std::map<std::pair<Bytes, Bytes>, std::vector<const KnownEvent*>> removed;
  std::map<std::pair<Bytes, Bytes>, std::vector<const KnownEvent*>> written;           ///< key, value
  std::map<Bytes, std::vector<const KnownEvent*>> cleared;                             ///< key: whole objects
};

/// Of the events that `clock` covers: what each key holds.
std::map<Bytes, Expected> expected_of(EventBook& book, const VersionVector& clock);
/// Adds what all known events did, covered or not.
void add_deeds(EventBook& book, Deeds& deeds);

/// What the command must answer on a key that holds this. Nothing: the oracle has no opinion.
std::optional<Value> expected_reply(BytesView command, const Expected& expected);
/// The commands that read all of a key of this type.
std::vector<Bytes> reads_of(const std::optional<EntryType>& type);

}  // namespace causeway::testing
