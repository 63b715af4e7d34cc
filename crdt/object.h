// Object: what a key holds, and what a field of one holds: both are containers (crdt/path.h). Concurrent creations under different types are all kept; readers see one type, and a
// conflict between types is counted, never dropped. A delete removes what it saw: what is concurrent survives it,
// and a counter's concurrent increments with exactly their own amount.
// Source: observed-remove of Shapiro et al. (2011); type markers and rule 11 of this store's design.
#pragma once

#include <optional>
#include <vector>

#include "crdt/command.h"

namespace causeway {

/// What is known of an object before its entries are read.
struct ObjectState {
  ObjectSummary summary;
  std::optional<EntryType> type;  ///< nothing: the object does not exist
  bool is_field = false;          ///< what is in a field of one

  [[nodiscard]] bool exists() const { return type.has_value(); }
  /// For sentences.
  [[nodiscard]] BytesView holder() const { return is_field ? "the field" : "the key"; }
};

/// The container that the context works on, into a new state. Reads entries only if it has several types at once.
/// Errors: a failed read; internal if a marker cannot be read.
Result<void> read_object(const Context& context, ObjectState& object);

/// The same of a command that works on one type. Errors: wrong_type, too.
Result<void> read_object(const Context& context, EntryType wanted, BytesView command, ObjectState& object);

/// Errors: wrong_type, naming both types, if the object exists and has another type.
Result<void> require_type(const ObjectState& object, EntryType wanted, BytesView command);

// What follows writes to the context's changes. A field has no marker: of several types in one the lowest number is read. What is
// created or emptied in a field creates or empties what the field is in.

/// The type marker, if the object does not exist.
Result<void> create_object(const Context& context, EntryType type, const ObjectState& object);

/// The type marker, in the place of all that are observed.
Result<void> mark_anew(const Context& context, EntryType type);

/// The removal of everything that is observed but request ids, and what counters must keep of it (rule 11): of constant size if
/// there are none.
Result<void> remove_object(const Context& context, const ObjectState& object);

/// The same, and what that empties around it: it is to be gone, not replaced. REQUIRES: it exists.
Result<void> delete_object(const Context& context, const ObjectState& object);

/// What makes the object one of `type` alone: the removal of the old one, and the marker. REQUIRES: it exists.
Result<void> replace_object(const Context& context, EntryType type, const ObjectState& object);

/// The removal of the markers, if so many elements, which are removed, are all that the object has.
Result<void> unmark_if_emptied(const Context& context, const ObjectState& object, std::uint64_t removed);

}  // namespace causeway
