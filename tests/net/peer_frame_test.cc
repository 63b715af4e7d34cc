#include "net/peer_frame.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "tests/net/peer_support.h"

using namespace causeway;
using namespace causeway::test;

TEST_CASE("a_hello_names_the_protocol_and_its_version") {
  static_assert(protocol_version == 1);
  CHECK(peer_hello() == BytesView("cwpeer\x01\x00", 8));
}

TEST_CASE("a_hello_is_known_once_it_is_whole_and_not_before") {
  const Bytes said = Bytes(peer_hello()) + "more";
  for (std::size_t size = 0; size <= said.size(); ++size) {
    const auto checked = check_peer_hello(BytesView(said).substr(0, size));
    REQUIRE(checked);
    CHECK(*checked == (size >= peer_hello_bytes));
  }
}

TEST_CASE("what_is_no_hello_is_an_error_at_its_first_wrong_byte") {
  for (std::size_t wrong = 0; wrong < peer_hello_bytes; ++wrong) {
    Bytes said(peer_hello());
    said[wrong] = static_cast<char>(said[wrong] ^ 0x20);
    const std::size_t needed = wrong < 6 ? wrong + 1 : peer_hello_bytes;  // the version is judged as a whole
    CHECK(check_peer_hello(BytesView(said).substr(0, needed - 1)));
    CHECK_FALSE(check_peer_hello(BytesView(said).substr(0, needed)));
  }
}

TEST_CASE("the_error_says_what_it_is_instead") {
  CHECK(check_peer_hello("\xff").error().sentence ==
        "ZeroMQ is spoken there, which is for clients and other datacenters");
  CHECK(check_peer_hello("GET /").error().sentence == "it begins as no node of ours does");
  CHECK(check_peer_hello(BytesView("cwpeer\x02\x01", 8)).error().sentence ==
        "version 258 of the protocol is spoken there, here 1: start both with the same release");
}

TEST_CASE("a_frame_gives_its_message_once_it_is_whole_and_not_before") {
  rc::prop("in front of other bytes", [](const Bytes& message, const Bytes& rest) {
    const Bytes frame = framed(message);
    for (std::size_t size = 0; size < frame.size(); ++size) {
      const auto part = first_frame(BytesView(frame).substr(0, size), message.size());
      RC_ASSERT((part && !*part));
    }
    const Bytes said = frame + rest;
    const auto whole = first_frame(said, message.size());
    RC_ASSERT((whole && *whole && **whole == message));
  });
}

TEST_CASE("a_length_beyond_the_limit_is_an_error_before_anything_follows_it") {
  const FrameHead head = frame_head(1001);
  const auto frame = first_frame(BytesView(head.data(), head.size()), 1000);
  REQUIRE_FALSE(frame);
  CHECK(frame.error().code == ErrorCode::too_large);
  CHECK(frame.error().sentence == "a message of 1001 bytes, 1000 are the most");
}
