// Messages as MessagePack: arrays, not maps; byte strings as bin; fields in the order of wire/message.h.
//
//   client message := [version, kind, [fields …]]      kind: the index in ClientMessage
//   peer message   := [version, kind, cluster, from, run, epoch, [fields …]]   kind: the index in PeerMessage
//
// Fields may be added at the end of a struct: a reader ignores what it does not know.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/message.h"

namespace causeway {

inline constexpr std::uint64_t protocol_version = 1;

struct WireLimits {
  static constexpr std::size_t message_bytes_max = std::size_t{64} << 20U;
  static constexpr std::size_t depth_max = 16;
  static constexpr std::size_t array_max = std::size_t{1} << 20U;
};

Bytes encode(const ClientMessage& message);
Bytes encode(const Envelope& envelope);

/// Any bytes give a message or an error (invalid), which says what is wrong.
Result<ClientMessage> decode_client_message(BytesView bytes);
/// The same, but the arguments of Requests stay where they are: `owner`, which the message keeps, keeps `bytes` alive.
Result<ClientMessage> decode_client_message(BytesView bytes, std::shared_ptr<const void> owner);
Result<Envelope> decode_envelope(BytesView bytes);

}  // namespace causeway
