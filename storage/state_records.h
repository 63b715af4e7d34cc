// The bodies of the state's records, other than objects and entries (storage/object_body.h).
//
//   shard     := 0x02 checkpoint:varint                  format, the log sequence of the last checkpoint
//   partition := state:u32 sequence:varint hlc:u64 digest:u64 u64 entries:varint next_object:varint
//                clock:vector floor:vector count:varint actor:u64 … count:varint object:varint …
//                                                      vectors as in crdt/codec.h; the objects that are detached
//   mark      := clock:vector
#pragma once

#include <vector>

#include "base/hash.h"
#include "crdt/entry.h"
#include "crdt/hlc.h"
#include "crdt/version_vector.h"
#include "storage/keys.h"

namespace causeway {

struct ShardRecord {
  Sequence checkpoint;  ///< every event up to here is in the state, of whatever partition
};

/// A partition at its clock; entries and objects of the same transaction are what the clock covers.
struct PartitionRecord {
  StateId state_id;   ///< where its objects and entries stand
  Sequence sequence;  ///< of the log: its events up to here are in
  VersionVector clock;
  VersionVector floor;
  Hlc hlc;  ///< the highest stamp applied
  Hash128 digest;
  std::uint64_t entries = 0;
  ObjectId next_object{1};
  std::vector<ActorId> actors;  ///< their numbers are their places
  std::vector<ObjectId>
      detached;  ///< removed objects of which elements may still stand in the state (storage/detached.h)
};

Bytes encode(const ShardRecord& record);
Bytes encode(const PartitionRecord& record);
Bytes encode_mark(const VersionVector& clock);

/// Errors: damage; `key` names the record in the sentence.
Result<ShardRecord> decode_shard(BytesView key, BytesView body);
Result<PartitionRecord> decode_partition(BytesView key, BytesView body);
Result<VersionVector> decode_mark(BytesView key, BytesView body);

}  // namespace causeway
