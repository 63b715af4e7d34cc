// The byte form of the log's segments. Integers are little-endian; every record begins at a multiple of 8.
//
//   segment := head record … zeros
//   head    := "CWLOG 02" salt:u64 ordinal:u64 capacity:u64 durable:u64 zero:u64 zero:u64 checksum:u64     64 bytes
//     salt         random: goes into the checksums, so that no value of a client can be taken for a record
//     ordinal      the place of the file among the segments, as its name says
//     capacity     bytes of the file when it was prepared
//     durable      a record known durable when the file was prepared; 0 if none was
//   record  := length:u32 partition:u32 sequence:u64 undurable:u32 predecessor:u32 checksum:u64 bytes padding
//     length       of the bytes; the padding (zeros) brings the record to a multiple of 8
//     undurable    sequence less the sequence known durable when this was written; all ones: nothing is said
//     predecessor  lower half of the checksum of the record before, also if that stands in another segment
//     checksum     over a hash of the bytes, the salt, and the 24 bytes before it
//
// A record states both its predecessor's checksum and its own: behind a bad one, others can still be told to be whole.
// A head says nothing of the records, since it is written, and durable, before anybody knows which they will be.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"

namespace causeway {

inline constexpr std::size_t segment_head_bytes = 64;
inline constexpr std::size_t record_head_bytes = 32;
inline constexpr std::size_t record_alignment = 8;

struct SegmentHead {
  std::uint64_t salt = 0;
  std::uint64_t ordinal = 0;
  std::uint64_t capacity = 0;
  Sequence durable;
};

Bytes encode_segment_head(const SegmentHead& head);
/// Nothing if damaged or of another format.
std::optional<SegmentHead> decode_segment_head(BytesView in);

struct LogFrame {
  PartitionId partition;
  Sequence sequence;
  Sequence durable;  ///< stated to be durable; 0 if nothing is said
  std::uint32_t predecessor = 0;
  std::uint64_t checksum = 0;
  BytesView bytes;
  std::size_t size = 0;  ///< of the whole record
};

/// The size of a record with so many bytes.
constexpr std::size_t framed_size(std::size_t bytes) {
  return record_head_bytes + (bytes + record_alignment - 1) / record_alignment * record_alignment;
}

/// Appends a record and returns its checksum. REQUIRES: durable < sequence.
std::uint64_t append_frame(Bytes& out, std::uint64_t salt, PartitionId partition, Sequence sequence,
                           Sequence durable, std::uint64_t predecessor, BytesView bytes);

/// The record at the front of `in`, nothing if there is none with the right checksum.
std::optional<LogFrame> read_frame(BytesView in, std::uint64_t salt);
/// The same without looking at the checksum, for bytes that never left memory.
std::optional<LogFrame> peek_frame(BytesView in);

}  // namespace causeway
