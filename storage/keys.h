// The keys of the state, by kind. Names as in storage/names.h; fixed integers big-endian.
//
//   shard     := 'S'
//   note      := 'N' bytes
//   partition := 'P' partition:u32
//   mark      := 'M' partition:u32 sequence:u64
//   object    := 'O' state:number name                         the object's key
//   entry     := 'E' state:number object:number name           of an element of a spread object (storage/element_name.h)
//   number    := one byte, up to 0xF7, which is the number
//              | 0xF7 + count, so many bytes, most significant first, no zero in front
//
// A partition's objects and entries stand under the id that its record names, so that a second state can be built beside
// the first (rule 5). These ids, those of objects and the numbers of actors belong to one store: they never leave it.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"

namespace causeway {

/// Names one state of a partition: what its objects and entries are found under.
using StateId = StrongId<struct StateTag, std::uint32_t>;

/// What a spread container, an object or a field of one, is called inside its partition's state: 1, 2, 3 …; 0 is none.
using ObjectId = StrongId<struct ObjectTag, std::uint64_t>;

inline constexpr std::size_t state_key_bytes_max = 511;

namespace keys {

Bytes shard();
Bytes note(BytesView name);
Bytes partition(PartitionId id);
/// What the keys of all partitions begin with.
Bytes partitions();
std::optional<PartitionId> parse_partition(BytesView key);

Bytes mark(PartitionId id, Sequence sequence);
Bytes marks(PartitionId id);
std::optional<Sequence> parse_mark(BytesView key);

Bytes object(StateId state_id, BytesView key);
Bytes objects(StateId state_id);

Bytes entry(StateId state_id, ObjectId object, BytesView path);
Bytes entries(StateId state_id, ObjectId object);
Bytes entries(StateId state_id);
/// The state of a key of kind object or entry; nothing for others.
std::optional<StateId> parse_state(BytesView key);
/// The object of a key of kind entry. (Its name begins behind entries(state, object).)
std::optional<ObjectId> parse_entry_object(BytesView key);

}  // namespace keys
}  // namespace causeway
