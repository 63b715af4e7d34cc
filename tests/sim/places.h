// Places in an object, taken apart anew from the grammar of crdt/path.h: what the oracle and the model go by.
#pragma once

#include <optional>
#include <vector>

#include "crdt/path.h"

namespace causeway::testing {

/// A step from a container into one of its fields.
struct FieldStep {
  EntryType type;  ///< of the value that has the field
  Bytes field;
};

/// Where an entry stands: through which fields, and what it is there. Its view is into the path.
struct PathParts {
  std::vector<FieldStep> fields;
  std::size_t base = 0;  ///< so many bytes lead to the innermost container
  EntryType type = EntryType::marker;
  Part part = Part::value;
  BytesView subkey;
};

/// REQUIRES: it is a path.
PathParts parts_of(BytesView path);
/// The steps to a container; nothing if what the bytes lead to is none.
std::optional<std::vector<FieldStep>> steps_to(BytesView base);

/// What leads to a field: its container's base.
Bytes base_of(BytesView base, EntryType type, BytesView field);
/// What the paths of a value of this type begin with, in a container with this base.
Bytes value_at(EntryType type, BytesView base = {});

}  // namespace causeway::testing
