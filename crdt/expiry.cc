#include "crdt/expiry.h"

#include <algorithm>

#include "base/plant.h"
#include "base/serial.h"

namespace causeway {
namespace {

Path expiry_path(BytesView key) { return place_of(key, EntryType::expiry).path(Part::value); }

bool decode_expiry(const EntryView& entry, Expiry& expiry) {
  Reader reader(entry.payload);
  expiry.dot = entry.dot;
  expiry.at_ms = reader.u64();
  while (reader.ok() && !reader.done()) {
    Dot& dot = expiry.on.emplace_back();
    dot.actor.value = reader.u64();
    dot.counter = reader.varint();
  }
  return reader.done();
}

bool is_on(const Expiry& expiry, const Dot& value) {
  if (planted(Plant::expiry_of_another_value)) return true;
  return std::find(expiry.on.begin(), expiry.on.end(), value) != expiry.on.end();
}

bool counts(const ExpiryState& state, const Expiry& expiry) {
  return std::any_of(state.values.begin(), state.values.end(),
                     [&](const Dot& value) { return is_on(expiry, value); });
}

/// The longest of those that were set on the value; never, if there is none.
std::uint64_t end_of(const ExpiryState& state, const Dot& value) {
  std::optional<std::uint64_t> longest;
  for (const Expiry& expiry : state.all) {
    if (is_on(expiry, value)) longest = std::max(longest.value_or(0), expiry.at_ms);
  }
  return longest.value_or(never_ms);
}

/// Whether each value has been made to last.
bool persists(const ExpiryState& state) {
  return std::all_of(state.values.begin(), state.values.end(), [&](const Dot& value) {
    return std::any_of(state.all.begin(), state.all.end(), [&](const Expiry& expiry) {
      return expiry.at_ms == never_ms && is_on(expiry, value);
    });
  });
}

void remove_those(const Context& context, const ExpiryState& state, bool all) {
  Dots dots;
  for (const Expiry& expiry : state.all) {
    if (all || !counts(state, expiry)) dots.push_back(expiry.dot);
  }
  if (!dots.empty()) context.changes.remove(context.key, expiry_path(context.key), dots);
}

}  // namespace

std::optional<std::uint64_t> ExpiryState::ends_ms() const {
  std::uint64_t latest = values.empty() ? never_ms : 0;
  for (const Dot& value : values) latest = std::max(latest, end_of(*this, value));
  return latest == never_ms ? std::nullopt : std::optional(latest);
}

bool ExpiryState::has_ended(WallTime wall) const {
  const auto ends = ends_ms();
  return ends && *ends <= wall_ms(wall);
}

Result<void> read_expiry(const Context& context, const ObjectState& object, ExpiryState& expiry) {
  Result<void> readable;
  CW_TRY_VOID(context.entries.at(context.key, expiry_path(context.key), [&](const EntryView& entry) {
    if (!decode_expiry(entry, expiry.all.emplace_back())) readable = unreadable(context.key, entry);
    return readable.has_value();
  }));
  CW_TRY_VOID(readable);
  if (!object.exists()) return {};
  if (object.type == EntryType::string || object.type == EntryType::reg) {
    const Path path = place_of(context.key, *object.type).path(Part::value);
    CW_TRY_VOID(dots_at(context.entries, context.key, path, expiry.values));
    expiry.on_value = !expiry.values.empty();
  }
  if (expiry.on_value) return {};
  const Path path = place_of(context.key, EntryType::marker).path(Part::value);
  return dots_at(context.entries, context.key, path, expiry.values);
}

Result<void> set_expiry(const Context& context, std::uint64_t at_ms, const Dots& on) {
  Bytes payload;
  Writer writer(payload);
  writer.u64(at_ms);
  for (const Dot& dot : on) {
    writer.u64(dot.actor.value);
    writer.varint(dot.counter);
  }
  Dots observed;
  CW_TRY_VOID(dots_at(context.entries, context.key, expiry_path(context.key), observed));
  context.changes.insert(context.key, expiry_path(context.key), observed, payload);
  return {};
}

Result<void> expire_at(const Context& context, const ObjectState& object, std::uint64_t at_ms) {
  ExpiryState expiry;
  CW_TRY_VOID(read_expiry(context, object, expiry));
  if (expiry.values.empty()) {  // a delete took the marker, and something survived it
    CW_TRY_VOID(mark_anew(context, *object.type));
    expiry.values.push_back(context.dot);
  }
  return set_expiry(context, at_ms, expiry.values);
}

Result<bool> persist(const Context& context, const ObjectState& object) {
  ExpiryState expiry;
  CW_TRY_VOID(read_expiry(context, object, expiry));
  if (!expiry.ends_ms()) return false;
  // Over an expiry that was not seen, too, if one may come from another replica.
  CW_TRY_VOID(context.alone ? clear_expiry(context) : set_expiry(context, never_ms, expiry.values));
  return true;
}

Result<void> clear_expiry(const Context& context) {
  Dots observed;
  CW_TRY_VOID(dots_at(context.entries, context.key, expiry_path(context.key), observed));
  if (!observed.empty()) context.changes.remove(context.key, expiry_path(context.key), observed);
  return {};
}

std::optional<std::uint64_t> due_of_expiry(BytesView payload) {
  Expiry expiry;
  if (!decode_expiry({{}, {}, payload}, expiry)) return std::nullopt;
  return expiry.at_ms == never_ms ? 0 : expiry.at_ms;
}

Result<std::optional<std::uint64_t>> end_expired(const Context& context, const SettledFacts& facts) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  ExpiryState state;
  CW_TRY_VOID(read_expiry(context, object, state));
  const bool by_owner = planted(Plant::expired_removed_by_owner);
  const std::uint64_t now_ms = by_owner ? wall_ms(context.wall) : facts.wall_ms;
  const bool settled = std::all_of(state.all.begin(), state.all.end(), [&](const Expiry& expiry) {
    return by_owner || facts.clock.covers(expiry.dot);
  });
  const auto ends = state.ends_ms();
  if (ends && *ends <= now_ms && settled) {
    CW_TRY_VOID(remove_object(context, object));
    return std::optional<std::uint64_t>();
  }
  const bool all = settled && persists(state);
  remove_those(context, state, all);
  const bool stays = std::any_of(state.all.begin(), state.all.end(),
                                 [&](const Expiry& expiry) { return counts(state, expiry); });
  return all || !stays ? std::optional<std::uint64_t>() : std::optional(ends.value_or(0));
}

}  // namespace causeway
