// Map. Each field holds a value of its own, of any type, at any depth: what is concurrent in different fields does not meet,
// and what is concurrent in one follows the rule of its type. Removing a field removes all that the removal saw in it, at any
// depth, and resets its counters exactly: what it did not see survives with just its own amount. A field in which values of
// several types were created concurrently keeps them all; the one with the lowest number (EntryType) is read, and the others
// come to light when that is removed alone. A Redis hash is a map of strings.
// Source: the observed-remove map with exact reset of Almeida, Shoker and Baquero, "Delta State Replicated Data Types" (2018);
// counters as in rule 11 of this store's design.
#pragma once

#include <optional>

#include "base/function_ref.h"
#include "crdt/object.h"

namespace causeway {

/// What a command sees that works in a field: the context of what the field holds. It refers to itself, the outer context, the
/// outer object and the field: all stay where they are as long as it is used.
class FieldContext : Others {
 public:
  /// The field is one of `object`, a value of this type that `outer` works on.
  FieldContext(const Context& outer, EntryType type, const ObjectState& object, BytesView field);
  FieldContext(const FieldContext&) = delete;
  FieldContext& operator=(const FieldContext&) = delete;

  const Context& operator*() const { return context_; }

 private:
  // What is asked of others is asked for the same field.
  [[nodiscard]] Bytes name_of(ActorId actor) const override { return context_.outer->others->name_of(actor); }
  void ask(ActorId actor, const std::vector<Bytes>& arguments) override;
  [[nodiscard]] bool inherits(BytesView key, ActorId actor) const override {
    return context_.outer->others->inherits(key, actor);
  }

  BytesView field_;
  Bytes base_;
  Context context_;
};

/// The map that the context works on, into a new state. Errors: wrong_type.
Result<void> read_map(const Context& context, BytesView command, ObjectState& map);

/// The removal of the field, if it exists: whether it did. What that leaves of the map is the caller's to see to
/// (unmark_if_emptied). Errors: a failed read.
Result<bool> remove_field(const Context& context, const ObjectState& map, BytesView field);

/// What a field shows.
struct FieldValue {
  EntryType type = EntryType::string;
  Value text;  ///< of a string; nil: it is of another type, or was not asked for
};

/// Nothing if the field does not exist. Errors: a failed read; internal if an entry cannot be read.
Result<std::optional<FieldValue>> read_field_value(const Context& context, const ObjectState& map,
                                                   BytesView field);

/// Visits the fields that exist, in the order of their bytes, in one scan over all that they hold.
/// Errors: as above.
Result<void> scan_fields(const Context& context, bool with_texts,
                         FunctionRef<void(BytesView field, FieldValue&& value)> visit);

}  // namespace causeway
