// Reading records whose keys end in a name (storage/names.h), in the order of the whole names.
#pragma once

#include <functional>
#include <vector>

#include "storage/state_store.h"

namespace causeway {

struct NamedRecord {
  Bytes name;
  Bytes suffix;  ///< what follows the name in the key
  Bytes body;    ///< without checksum and name
};

/// The body to seal for a record under `name`.
Bytes named_body(BytesView name, BytesView body);
/// The body of one sealed record under `name`. Errors: damaged, or another name with the same hash.
Result<BytesView> open_named(BytesView key, BytesView name, BytesView value);

/// Takes the records of one group, sorted by (name, suffix), none below `from` or without the prefix; returns whether to go on.
using GroupVisitor = std::function<Result<bool>(std::vector<NamedRecord>& group)>;

/// Visits the records `head name suffix` with name >= from that begin with `prefix`, group by group.
/// REQUIRES: all names that are wanted lie at or behind `from`, which is at or behind `prefix`.
Result<void> scan_named(const StateStore& state, BytesView head, BytesView from, BytesView prefix,
                        const GroupVisitor& visit);

}  // namespace causeway
