// Exactly once. An increment that carries a request id records, in the same event, what it added to which cell; a
// coordinator that sees the record answers "done" and adds nothing. Two coordinators that did not see each other
// may both execute: then one execution counts and the others are subtracted, unless a reset forgot one of them,
// which forgets the request, so that none counts. Resets leave the records alone.
// Source: rule 12 of this store's design, over the cells of crdt/counter.h.
#pragma once

#include "crdt/command.h"
#include "crdt/counter.h"
#include "crdt/path.h"

namespace causeway {

/// How far ahead a request id may expire: its record is kept at least until then.
inline constexpr std::int64_t request_lifetime_ms_max = std::int64_t{24} * 60 * 60 * 1000;

/// Errors: invalid if the id has expired, or expires too far ahead.
Result<void> check_request(const RequestId& request, WallTime wall);

/// Whether the request was executed, as far as is observed: one point read.
Result<bool> is_executed(const ObjectEntries& entries, const Place& place, const RequestId& request);

/// The same of the request that the context carries; false if it carries none. Errors: as check_request, too.
Result<bool> is_executed(const Context& context, const Place& place);

/// Records the execution. Its entry stands at [type][request][high][low] (big-endian);
/// the payload is sign:u8 actor:u64 run:varint cumulative:varint delta:varint expires_ms:u64.
/// REQUIRES: the request is not executed, as far as is observed.
void record_request(const Place& place, const RequestId& request, const Added& added, EventWriter& changes);

/// Records that the context's request, if it carries one, was executed by what adds nothing to a counter: of two executions that
/// did not see each other it neither adds nor takes away. REQUIRES: as above.
void record_rewrite(const Context& context, const Place& place);

/// When a record of an execution expires, in milliseconds since 1970; nothing if it cannot be read.
std::optional<std::uint64_t> expiry_of(BytesView record);

/// Of the executions of one request, which are all the entries at one path, those whose records may go: all or none. They
/// go once all are settled by clocks that were sent after the request had expired, so that no other can follow, and if
/// there is one only, or none that still counts. Errors: a failed read; internal if an entry cannot be read.
Result<Dots> forgettable_executions(const ObjectEntries& entries, const Place& place,
                                    std::span<const EntryView> at_path, const SettledFacts& facts);

/// Visits what the executions that count too much have added: none unless the object has duplicates.
/// Errors: a failed read; internal if an entry cannot be read.
Result<void> each_surplus(const ObjectEntries& entries, const Place& place, const CounterState& counter,
                          const ObjectSummary& summary,
                          FunctionRef<void(Sign sign, std::uint64_t delta)> visit);

/// The value of the counter of whole numbers, with each request counted once. Reads the records only if the object has duplicates.
/// Errors: a failed read; internal if an entry cannot be read.
Result<Int128> count_once(const ObjectEntries& entries, const Place& place, const CounterState& counter,
                          const ObjectSummary& summary);

}  // namespace causeway
