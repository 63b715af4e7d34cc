// The one byte form of events, verbatim in log records and in messages (integers as in base/serial.h):
//
//   event    := 0x01 actors counter:varint hlc:u64 flags:u8 deps [request] mutations
//   actors   := count:varint actor:u64 …            the issuer first, then those that are named below, sorted
//   flags    := 1 if a request id follows deps, else 0
//   deps     := vector
//   vector   := count:varint (index:varint counter:varint) …      index into actors
//   request  := high:u64 low:u64 expires_ms:u64
//   mutations:= count:varint mutation …
//   mutation := 0x00 key path supersedes                          remove
//             | 0x01 key path supersedes payload                  insert
//             | 0x02 key prefix observed:vector                   range removal
//   supersedes := vector                                          here one row a dot, sorted
//   key, path, prefix, payload := byte strings
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "crdt/event.h"

namespace causeway {

/// What may come from outside at most; a larger event is refused when it is decoded.
struct CodecLimits {
  static constexpr std::size_t key_bytes_max = 1024;
  static constexpr std::size_t path_bytes_max = std::size_t{128} * 1024;
  static constexpr std::size_t payload_bytes_max = std::size_t{64} * 1024 * 1024;
  static constexpr std::size_t actors_max = 4096;
  static constexpr std::size_t rows_max = 65536;
  static constexpr std::size_t mutations_max = 65536;
  static constexpr std::size_t event_bytes_max = std::size_t{128} * 1024 * 1024;
};

Bytes encode_event(const Event& event);

/// Errors: invalid, with what is wrong. Any bytes give an event or an error.
Result<Event> decode_event(BytesView bytes);

/// The head alone, for causal delivery and filtering: no mutation is decoded or checked.
struct EventHead {
  Dot dot;
  VersionVector deps;
  Hlc hlc;
};
Result<EventHead> decode_event_head(BytesView bytes);

/// vector with full actors: count:varint (actor:u64 counter:varint) …
void encode_vector(const VersionVector& vector, Bytes& out);
class Reader;
VersionVector decode_vector(Reader& reader);

}  // namespace causeway
