#include "crdt/execute.h"

#include "crdt/expiry.h"

namespace causeway {
namespace {

/// What is left to see of an object that has been removed: which requests were executed.
class Removed final : public EntryReader {
 public:
  explicit Removed(const ObjectEntries& under) : under_(under) {}

  Result<void> at(BytesView key, BytesView path, Visitor visit) const override {
    return is_of_requests(path) ? under_.at(key, path, visit) : Result<void>();
  }
  Result<void> scan(BytesView key, BytesView prefix, Visitor visit) const override {
    return is_of_requests(prefix) ? under_.scan(key, prefix, visit) : Result<void>();
  }
  Result<void> summary(BytesView key, BytesView base, ObjectSummary& summary) const override {
    ObjectSummary before;
    CW_TRY_VOID(under_.summary(key, base, before));
    summary.duplicate_requests = before.duplicate_requests;
    return {};
  }
  Result<const ElementOrder*> order(const Place& /*place*/, ElementOrder& scratch) const override {
    return &scratch;
  }

 private:
  static bool is_of_requests(BytesView path) {
    const auto head = parse_path(path);
    return head && head->part == Part::request;
  }

  const ObjectEntries& under_;
};

Result<void> execute_on_nothing(const Command& command, const Context& context, Arguments arguments,
                                const ObjectState& object, Value& reply) {
  const Removed removed(context.entries);
  Context anew = context;
  anew.entries = removed;
  CW_TRY_VOID(command.execute(anew, arguments, reply));
  // What changes nothing removes nothing: that is left to who forgets.
  return context.changes.mutations() == 0 ? Result<void>() : remove_object(context, object);
}

/// The expiry goes on with what was written in the place of its value, and ends with what was removed.
Result<void> follow(const Command& command, const Context& context, const ObjectState& object,
                    const ExpiryState& expiry) {
  const EventWriter& changes = context.changes;
  const auto written = [&](EntryType type) {
    return changes.last_at(context.key, place_of(context.key, type).path(Part::value));
  };
  if (changes.mutations() == 0 || written(EntryType::expiry) || changes.removes_object(context.key))
    return {};
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

Result<void> execute_where_it_expires(const Command& command, const Context& context, Arguments arguments,
                                      Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  ExpiryState expiry;
  CW_TRY_VOID(read_expiry(context, object, expiry));
  if (expiry.has_ended(context.wall)) return execute_on_nothing(command, context, arguments, object, reply);
  CW_TRY_VOID(command.execute(context, arguments, reply));
  return follow(command, context, object, expiry);
}

/// Of all of an object's entries.
bool has_expiries(std::span<const EntryView> entries) {
  constexpr auto expiry = static_cast<char>(EntryType::expiry);
  for (const EntryView& entry : entries) {  // only a marker may stand before
    if (entry.path[0] >= expiry) return entry.path[0] == expiry;
  }
  return false;
}

}  // namespace

Result<void> execute(const Command& command, const Context& context, Arguments arguments, Value& reply) {
  if (const auto entries = context.entries.at_hand(context.key)) {
    return has_expiries(*entries) ? execute_where_it_expires(command, context, arguments, reply)
                                  : command.execute(context, arguments, reply);
  }
  ObjectSummary summary;
  CW_TRY_VOID(context.entries.summary(context.key, {}, summary));
  Context known = context;
  known.entries.know(context.key, summary);
  return summary.expiries > 0 ? execute_where_it_expires(command, known, arguments, reply)
                              : command.execute(known, arguments, reply);
}

}  // namespace causeway
