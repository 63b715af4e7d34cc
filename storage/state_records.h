// The bodies of the state's records, other than entries.
//
//   shard     := 0x02 checkpoint:varint                  format, the log sequence of the last checkpoint
//   partition := state:u32 sequence:varint hlc:u64 digest:u64 u64 entries:varint next_object:varint
//                clock:vector floor:vector count:varint actor:u64 …         vectors as in crdt/codec.h
//   mark      := clock:vector
//   object    := id:varint entries:varint bytes:varint duplicate_requests:varint count:varint (type:u8 live:varint) …
#pragma once

#include <vector>

#include "base/hash.h"
#include "crdt/entry.h"
#include "crdt/hlc.h"
#include "crdt/version_vector.h"
#include "storage/keys.h"

namespace causeway {

struct ShardRecord {
  Sequence checkpoint;  ///< every event up to here is in the state
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
};

struct ObjectRecord {
  ObjectId id;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of the entries' paths and payloads
  ObjectSummary summary;
};

Bytes encode(const ShardRecord& record);
Bytes encode(const PartitionRecord& record);
Bytes encode(const ObjectRecord& record);
Bytes encode_mark(const VersionVector& clock);

/// Errors: damage; `key` names the record in the sentence.
Result<ShardRecord> decode_shard(BytesView key, BytesView body);
Result<PartitionRecord> decode_partition(BytesView key, BytesView body);
Result<ObjectRecord> decode_object(BytesView key, BytesView body);
Result<VersionVector> decode_mark(BytesView key, BytesView body);

}  // namespace causeway
