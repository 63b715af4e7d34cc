#include "crdt/execute.h"

#include <algorithm>
#include <vector>

#include "crdt/expiry.h"

namespace causeway {
namespace {

/// One of the keys, which has an expiry.
struct Expiring {
  Context at;  ///< as it is stored
  ObjectState object;
  ExpiryState expiry;
  bool has_ended = false;
};
using AllExpiring = std::vector<Expiring>;

/// Hides what is left of objects that have ended but for which requests were executed.
class Hiding final : public EntryReader {
 public:
  Hiding(const ObjectEntries& under, const AllExpiring& all) : under_(under), all_(all) {}

  Result<void> at(BytesView key, BytesView path, Visitor visit) const override {
    return is_hidden(key) && !is_of_requests(path) ? Result<void>() : under_.at(key, path, visit);
  }
  Result<void> scan(BytesView key, BytesView prefix, Visitor visit) const override {
    return is_hidden(key) && !is_of_requests(prefix) ? Result<void>() : under_.scan(key, prefix, visit);
  }
  Result<void> summary(BytesView key, BytesView base, ObjectSummary& summary) const override {
    if (!is_hidden(key)) return under_.summary(key, base, summary);
    ObjectSummary before;
    CW_TRY_VOID(under_.summary(key, base, before));
    summary.duplicate_requests = before.duplicate_requests;
    return {};
  }
  Result<const ElementOrder*> order(const Place& place, ElementOrder& scratch) const override {
    return is_hidden(place.key) ? &scratch : under_.order(place, scratch);
  }

 private:
  [[nodiscard]] bool is_hidden(BytesView key) const {
    return std::any_of(all_.begin(), all_.end(),
                       [key](const Expiring& each) { return each.has_ended && each.at.key == key; });
  }
  static bool is_of_requests(BytesView path) {
    const auto head = parse_path(path);
    return head && head->part == Part::request;
  }

  const ObjectEntries& under_;
  const AllExpiring& all_;
};

/// The expiry goes on with what was written in the place of its value, and ends with what was removed.
Result<void> follow(const Command& command, const Expiring& key) {
  const auto& [context, object, expiry, has_ended] = key;
  const EventWriter& changes = context.changes;
  const auto written = [&](EntryType type) {
    return changes.last_at(context.key, place_of(context.key, type).path(Part::value));
  };
  if (written(EntryType::expiry) || changes.removes_object(context.key)) return {};
  const bool has_value = object.type == EntryType::string || object.type == EntryType::reg;
  const auto of_value = has_value ? written(*object.type) : std::nullopt;
  const auto of_marker = expiry.on_value ? std::nullopt : written(EntryType::marker);
  if (!object.exists()) return clear_expiry(context);  // of what was there before
  if (!of_value && !of_marker) return {};
  const bool goes_on = of_value == MutationForm::insert || of_marker == MutationForm::insert;
  const auto ends_ms = expiry.ends_ms();
  if (command.traits.renews || !goes_on || !ends_ms) return clear_expiry(context);
  return set_expiry(context, *ends_ms, {context.dot});
}

Result<void> execute_on(const Command& command, const Context& context, Arguments arguments, AllExpiring& all,
                        Value& reply) {
  bool hides = false;
  for (Expiring& key : all) {
    CW_TRY_VOID(read_object(key.at, key.object));
    CW_TRY_VOID(read_expiry(key.at, key.object, key.expiry));
    key.has_ended = key.expiry.has_ended(context.wall);
    hides = hides || key.has_ended;
  }
  const Hiding hiding(context.entries, all);
  Context seen = context;
  if (hides) seen.entries = hiding;
  CW_TRY_VOID(command.execute(seen, arguments, reply));
  for (const Expiring& key : all) {
    // What changes nothing removes nothing: that is left to who forgets.
    if (!context.changes.changes(key.at.key)) continue;
    CW_TRY_VOID(key.has_ended ? remove_object(key.at, key.object) : follow(command, key));
  }
  return {};
}

/// Of all of an object's entries.
bool has_expiries(std::span<const EntryView> entries) {
  constexpr auto expiry = static_cast<char>(EntryType::expiry);
  for (const EntryView& entry : entries) {  // only a marker may stand before
    if (entry.path[0] >= expiry) return entry.path[0] == expiry;
  }
  return false;
}

Result<void> execute_on_several(const Command& command, const Context& context, Arguments arguments,
                                Value& reply) {
  AllExpiring all;
  for (const std::size_t place : keys_of(command, arguments)) {
    const BytesView key = arguments[place];
    const bool is_known =
        std::any_of(all.begin(), all.end(), [key](const Expiring& each) { return each.at.key == key; });
    if (is_known) continue;
    ObjectSummary summary;
    CW_TRY_VOID(context.entries.summary(key, {}, summary));
    if (summary.expiries > 0) all.push_back({context.at(key), {}, {}});
  }
  return all.empty() ? command.execute(context, arguments, reply)
                     : execute_on(command, context, arguments, all, reply);
}

Result<void> execute_on_one(const Command& command, const Context& context, Arguments arguments,
                            Value& reply) {
  AllExpiring all;
  all.push_back({context, {}, {}});
  return execute_on(command, context, arguments, all, reply);
}

}  // namespace

Result<void> execute(const Command& command, const Context& context, Arguments arguments, Value& reply) {
  if (has_several_keys(command)) return execute_on_several(command, context, arguments, reply);
  if (const auto entries = context.entries.at_hand(context.key)) {
    return has_expiries(*entries) ? execute_on_one(command, context, arguments, reply)
                                  : command.execute(context, arguments, reply);
  }
  ObjectSummary summary;
  CW_TRY_VOID(context.entries.summary(context.key, {}, summary));
  Context known = context;
  known.entries.know(context.key, summary);
  return summary.expiries > 0 ? execute_on_one(command, known, arguments, reply)
                              : command.execute(known, arguments, reply);
}

}  // namespace causeway
