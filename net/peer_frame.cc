#include "net/peer_frame.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/check.h"
#include "wire/codec.h"

namespace causeway {
namespace {

static_assert(std::endian::native == std::endian::little, "the frames are little-endian");
static_assert(WireLimits::message_bytes_max <= UINT32_MAX);

constexpr BytesView magic = "cwpeer";
constexpr char zeromq_begins = '\xff';

std::array<char, peer_hello_bytes> make_hello() {
  std::array<char, peer_hello_bytes> hello{};
  const std::uint16_t version = protocol_version;
  static_assert(magic.size() + sizeof version == peer_hello_bytes);
  std::memcpy(hello.data(), magic.data(), magic.size());
  std::memcpy(hello.data() + magic.size(), &version, sizeof version);
  return hello;
}

}  // namespace

BytesView peer_hello() {
  static const auto hello = make_hello();
  return {hello.data(), hello.size()};
}

Result<bool> check_peer_hello(BytesView said) {
  const BytesView begin = said.substr(0, magic.size());
  if (begin != magic.substr(0, begin.size())) {
    return fail(ErrorCode::invalid, begin[0] == zeromq_begins
                                        ? "ZeroMQ is spoken there, which is for clients and other datacenters"
                                        : "it begins as no node of ours does");
  }
  if (said.size() < peer_hello_bytes) return false;
  std::uint16_t version = 0;
  std::memcpy(&version, said.data() + magic.size(), sizeof version);
  if (version == protocol_version) return true;
  return fail(ErrorCode::invalid,
              "version " + std::to_string(version) + " of the protocol is spoken there, here " +
                  std::to_string(protocol_version) + ": start both with the same release");
}

FrameHead frame_head(std::size_t message_bytes) {
  CW_CHECK(message_bytes <= UINT32_MAX, "the length of a frame has 32 bits");
  const auto length = static_cast<std::uint32_t>(message_bytes);
  FrameHead head;
  std::memcpy(head.data(), &length, head.size());
  return head;
}

Result<std::optional<BytesView>> first_frame(BytesView said, std::size_t message_bytes_max) {
  std::uint32_t length = 0;
  if (said.size() < sizeof length) return std::nullopt;
  std::memcpy(&length, said.data(), sizeof length);
  if (length > message_bytes_max) {
    return fail(ErrorCode::too_large, "a message of " + std::to_string(length) + " bytes, " +
                                          std::to_string(message_bytes_max) + " are the most");
  }
  const BytesView behind = said.substr(sizeof length);
  if (behind.size() < length) return std::nullopt;
  return behind.substr(0, length);
}

}  // namespace causeway
