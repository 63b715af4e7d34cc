#include "crdt/request.h"

#include <algorithm>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

/// One execution of a request, as recorded.
struct Execution {
  CellId cell;
  std::uint64_t cumulative = 0;
  std::uint64_t delta = 0;
  std::uint64_t expires_ms = 0;
};

Path request_path(const Place& place, const RequestId& request) {
  Bytes subkey;
  Writer writer(subkey);
  writer.u64_big(request.high);
  writer.u64_big(request.low);
  return place.path(Part::request, subkey);
}

bool decode_execution(BytesView payload, Execution& execution) {
  Reader reader(payload);
  execution.cell.sign = static_cast<Sign>(reader.u8());
  execution.cell.actor.value = reader.u64();
  execution.cell.run = reader.varint();
  execution.cumulative = reader.varint();
  execution.delta = reader.varint();
  execution.expires_ms = reader.u64();
  return reader.done();
}

bool is_forgotten(const Execution& execution, const CounterState& counter) {
  if (planted(Plant::correction_ignores_resets)) return false;
  const auto forgot = counter.forgot(execution.cell);
  return !counter.cell(execution.cell) || (forgot && *forgot >= execution.cumulative);
}

/// What the executions of one request count too much: if a reset has forgotten one of them all, else all but the first.
void surplus_of(const std::vector<Execution>& executions, const CounterState& counter,
                FunctionRef<void(Sign sign, std::uint64_t delta)> visit) {
  if (executions.size() < 2) return;
  const bool one_is_forgotten =
      std::any_of(executions.begin(), executions.end(),
                  [&](const Execution& execution) { return is_forgotten(execution, counter); });
  for (const Execution& execution : executions) {
    const bool is_kept = !one_is_forgotten && &execution == &executions.front();
    if (!is_kept && !is_forgotten(execution, counter)) visit(execution.cell.sign, execution.delta);
  }
}

}  // namespace

Result<void> check_request(const RequestId& request, WallTime wall) {
  const std::int64_t now_ms = wall.time_since_epoch() / std::chrono::milliseconds(1);
  if (request.expires_ms <= now_ms && !planted(Plant::expired_retry_accepted)) {
    return fail(ErrorCode::invalid, "the request id has expired: whether it was executed is no longer known; "
                                    "read the value, and use a new id");
  }
  if (request.expires_ms > now_ms + request_lifetime_ms_max) {
    return fail(ErrorCode::invalid, "the request id expires too far ahead: at most 24 hours are possible");
  }
  return {};
}

Result<bool> is_executed(const ObjectEntries& entries, const Place& place, const RequestId& request) {
  Dots dots;
  CW_TRY_VOID(dots_at(entries, place.key, request_path(place, request), dots));
  return !dots.empty();
}

std::optional<std::uint64_t> expiry_of(BytesView record) {
  Execution execution;
  if (!decode_execution(record, execution)) return std::nullopt;
  return execution.expires_ms;
}

Result<Dots> forgettable_executions(const ObjectEntries& entries, const Place& place,
                                    std::span<const EntryView> at_path, const SettledFacts& facts) {
  Dots dots;
  bool none_counts = true;
  for (const EntryView& entry : at_path) {
    Execution execution;
    if (!decode_execution(entry.payload, execution)) return unreadable(place.key, entry);
    if (!facts.clock.covers(entry.dot) || execution.expires_ms > facts.wall_ms) return Dots();
    dots.push_back(entry.dot);
    CounterState counter;
    CW_TRY_VOID(read_cell(entries, place, execution.cell, counter));
    none_counts = none_counts && is_forgotten(execution, counter);
  }
  if (dots.size() > 1 && !none_counts) dots.clear();
  return dots;
}

Result<bool> is_executed(const Context& context, const Place& place) {
  if (!context.request_id) return false;
  CW_TRY_VOID(check_request(*context.request_id, context.wall));
  return is_executed(context.entries, place, *context.request_id);
}

void record_rewrite(const Context& context, const Place& place) {
  if (!context.request_id) return;
  const Added nothing{{Sign::plus, context.dot.actor, context.dot.counter}, 0, 0};
  record_request(place, *context.request_id, nothing, context.changes);
}

void record_request(const Place& place, const RequestId& request, const Added& added, EventWriter& changes) {
  Bytes payload;
  Writer writer(payload);
  writer.u8(static_cast<std::uint8_t>(added.id.sign));
  writer.u64(added.id.actor.value);
  writer.varint(added.id.run);
  writer.varint(added.cumulative);
  writer.varint(added.delta);
  writer.u64(static_cast<std::uint64_t>(request.expires_ms));
  changes.insert(place.key, request_path(place, request), {}, payload);
  changes.name_request(request);
}

Result<void> each_surplus(const ObjectEntries& entries, const Place& place, const CounterState& counter,
                          const ObjectSummary& summary,
                          FunctionRef<void(Sign sign, std::uint64_t delta)> visit) {
  if (summary.duplicate_requests == 0 || planted(Plant::naive_dedupe)) return {};
  Bytes path;
  std::vector<Execution> executions;  // of the request at `path`
  Result<void> readable;
  CW_TRY_VOID(entries.scan(place.key, place.path(Part::request), [&](const EntryView& entry) {
    if (entry.path != path) {
      surplus_of(executions, counter, visit);
      executions.clear();
      path = entry.path;
    }
    Execution execution;
    if (!decode_execution(entry.payload, execution)) {
      readable = unreadable(place.key, entry);
      return false;
    }
    executions.push_back(execution);
    return true;
  }));
  CW_TRY_VOID(readable);
  surplus_of(executions, counter, visit);
  return {};
}

Result<Int128> count_once(const ObjectEntries& entries, const Place& place, const CounterState& counter,
                          const ObjectSummary& summary) {
  Int128 total = counter.sum();
  CW_TRY_VOID(each_surplus(entries, place, counter, summary, [&total](Sign sign, std::uint64_t delta) {
    total -= sign == Sign::plus ? Int128{delta} : -Int128{delta};
  }));
  return total;
}

}  // namespace causeway
