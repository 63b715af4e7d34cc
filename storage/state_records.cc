#include "storage/state_records.h"

#include <limits>

#include "base/serial.h"
#include "crdt/codec.h"
#include "storage/record.h"

namespace causeway {
namespace {

constexpr std::uint8_t state_format = 8;
constexpr std::uint64_t actors_max = std::uint64_t{1} << 20U;

}  // namespace

Bytes encode(const ShardRecord& record) {
  Bytes out;
  Writer writer(out);
  writer.u8(state_format);
  writer.varint(record.checkpoint.value);
  return out;
}

Result<ShardRecord> decode_shard(BytesView key, BytesView body) {
  Reader reader(body);
  const std::uint8_t format = reader.u8();
  if (reader.ok() && format != state_format) {
    return fail(ErrorCode::invalid, "the state has format " + std::to_string(format) +
                                        "; this program reads format " + std::to_string(state_format));
  }
  ShardRecord record{Sequence{reader.varint()}};
  if (!reader.done()) return damaged_record(key, "it is no record of a shard");
  return record;
}

Bytes encode(const PartitionRecord& record) {
  Bytes out;
  Writer writer(out);
  writer.u32(record.state_id.value);
  writer.varint(record.sequence.value);
  writer.u64(record.hlc.value);
  writer.u64(record.digest.low);
  writer.u64(record.digest.high);
  writer.varint(record.entries);
  writer.varint(record.next_object.value);
  encode_vector(record.clock, out);
  encode_vector(record.floor, out);
  writer.varint(record.actors.size());
  for (const ActorId actor : record.actors) writer.u64(actor.value);
  writer.varint(record.detached.size());
  for (const ObjectId object : record.detached) writer.varint(object.value);
  return out;
}

Result<PartitionRecord> decode_partition(BytesView key, BytesView body) {
  Reader reader(body);
  PartitionRecord record;
  record.state_id.value = reader.u32();
  record.sequence.value = reader.varint();
  record.hlc.value = reader.u64();
  record.digest.low = reader.u64();
  record.digest.high = reader.u64();
  record.entries = reader.varint();
  record.next_object.value = reader.varint();
  record.clock = decode_vector(reader);
  record.floor = decode_vector(reader);
  record.actors.resize(reader.count(actors_max));
  for (ActorId& actor : record.actors) actor.value = reader.u64();
  record.detached.resize(reader.count(body.size()));
  for (ObjectId& object : record.detached) object.value = reader.varint();
  if (!reader.done()) return damaged_record(key, "it is no record of a partition");
  return record;
}

Bytes encode_mark(const VersionVector& clock) {
  Bytes out;
  encode_vector(clock, out);
  return out;
}

Result<VersionVector> decode_mark(BytesView key, BytesView body) {
  Reader reader(body);
  VersionVector clock = decode_vector(reader);
  if (!reader.done()) return damaged_record(key, "it is no clock");
  return clock;
}

}  // namespace causeway
