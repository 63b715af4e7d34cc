// What the commands of sorted sets share.
#pragma once

#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/sorted_set.h"

namespace causeway {

/// The object, which does not exist or is a sorted set. Errors: wrong_type.
Result<void> read_sorted_set(const Context& context, BytesView command, ObjectState& object);

/// Removes those of the members, each named once, that the object has; how many. With its last one the object ends.
Result<std::int64_t> remove_members(const Context& context, const ObjectState& object,
                                    const std::vector<Bytes>& members);

/// Errors: invalid, in the words of Redis.
Result<double> score_argument(BytesView text);

}  // namespace causeway
