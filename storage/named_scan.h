// Reading records whose keys end in a name (storage/names.h), in the order of the whole names.
#pragma once

#include "base/function_ref.h"
#include "storage/state_store.h"

namespace causeway {

/// Appends what a record under `name` holds, to be packed (storage/packed_body.h) and sealed: the body, and where the key has
/// only the name's hash, 0x00 and the name before it.
void append_named_body(BytesView name, BytesView body, Bytes& out);
/// The body of one sealed record under `name`, in it or in `unpacked`. Errors: damaged, or another name with the same hash.
Result<BytesView> open_named(BytesView key, BytesView name, BytesView value, Bytes& unpacked);

/// Takes one record; returns whether to go on. The views are valid during the visit.
using NamedVisitor = FunctionRef<Result<bool>(BytesView name, BytesView body)>;

/// Visits the records `head name` with name >= from that begin with `prefix`, in the order of the names.
/// REQUIRES: all names that are wanted lie at or behind `from`, which is at or behind `prefix`.
Result<void> scan_named(const StateStore& state, BytesView head, BytesView from, BytesView prefix,
                        NamedVisitor visit);

}  // namespace causeway
