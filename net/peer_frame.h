// What nodes of one datacenter say to each other over TCP, byte by byte. A connection goes one way: who connected speaks,
// the other end says who it is and listens.
//
//   said     := hello frame*
//   answered := hello
//   hello    := "cwpeer" version     the protocol_version of wire/codec.h, 2 bytes
//   frame    := length message       the message's length, 4 bytes; an Envelope of wire/codec.h
//
// Integers are little-endian. What is said in another way cannot be told from what follows it: such a connection ends.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace causeway {

inline constexpr std::size_t peer_hello_bytes = 8;
/// This program's.
BytesView peer_hello();
/// Whether all of a hello stands at the front of `said`; false: it may become one. Errors: invalid, says what it is instead.
Result<bool> check_peer_hello(BytesView said);

using FrameHead = std::array<char, 4>;
/// What goes before a message. REQUIRES: fewer than 2^32 bytes.
FrameHead frame_head(std::size_t message_bytes);
/// The message of the first frame in `said`, which is one FrameHead longer; nothing: it is not whole yet.
/// Errors: too_large, as soon as its length says so.
Result<std::optional<BytesView>> first_frame(BytesView said, std::size_t message_bytes_max);

}  // namespace causeway
