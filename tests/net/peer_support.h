// Peers that say what they like, byte by byte.
#pragma once

#include "net/peer_frame.h"
#include "tests/net/tcp_support.h"
#include "wire/codec.h"

namespace causeway::test {

inline Bytes framed(BytesView message) {
  const FrameHead head = frame_head(message.size());
  return Bytes(head.data(), head.size()) + Bytes(message);
}

/// The frame of a message with this number.
inline Bytes frame_of(std::uint64_t number) { return framed(encode(envelope(1, numbered(number)))); }

/// The numbers of the messages in `said`, which begins with hello; what is left behind the last whole one is in `rest`.
inline std::vector<std::uint64_t> numbers_in(BytesView said, Bytes* rest = nullptr) {
  REQUIRE(check_peer_hello(said) == true);
  said.remove_prefix(peer_hello_bytes);
  std::vector<std::uint64_t> numbers;
  for (;;) {
    const auto frame = first_frame(said, WireLimits::message_bytes_max);
    REQUIRE(frame);
    if (!*frame) break;
    const auto message = decode_envelope(**frame);
    REQUIRE(message);
    numbers.push_back(number_of(*message));
    said.remove_prefix(sizeof(FrameHead) + (*frame)->size());
  }
  if (rest != nullptr) *rest = Bytes(said);
  return numbers;
}

inline std::vector<std::uint64_t> count_up(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> numbers;
  for (; from <= to; ++from) numbers.push_back(from);
  return numbers;
}

}  // namespace causeway::test
