#include "wire/codec.h"

#include <catch2/catch.hpp>
#include <msgpack.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include "crdt/codec.h"
#include "tests/wire/messages.h"

using namespace causeway;
using namespace causeway::test;

namespace {

constexpr std::size_t client_kinds = std::variant_size_v<ClientMessage>;
constexpr std::size_t peer_kinds = std::variant_size_v<PeerMessage>;

using Numbers = std::vector<std::uint64_t>;

/// Enough of them to fill any message.
rc::Gen<Numbers> numbers() {
  return rc::gen::resize(200, rc::gen::container<Numbers>(
                                  rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>())));
}

/// Whatever the bytes are: decoding gives a message that can be sent on, or an error that says something.
void check_any_bytes(const Bytes& bytes) {
  if (const auto message = decode_client_message(bytes)) {
    RC_ASSERT(Shower::show(*decode_client_message(encode(*message))) == Shower::show(*message));
  } else {
    RC_ASSERT(message.error().code != ErrorCode::internal);
    RC_ASSERT_FALSE(message.error().sentence.empty());
  }
  if (const auto envelope = decode_envelope(bytes)) {
    RC_ASSERT(Shower::show(*decode_envelope(encode(*envelope))) == Shower::show(*envelope));
  } else {
    RC_ASSERT_FALSE(envelope.error().sentence.empty());
  }
}

Bytes mutate(Bytes bytes) {
  const auto how = *rc::gen::inRange(0, 4);
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  if (how == 0) bytes[at] = *rc::gen::arbitrary<char>();
  if (how == 1) bytes.resize(at);
  if (how == 2) bytes.insert(at, *rc::gen::arbitrary<Bytes>());
  if (how == 3) bytes.erase(at, *rc::gen::inRange<std::size_t>(1, 9));
  return bytes;
}

/// What the MessagePack library makes of them: it reads them all, and writes what it read.
Bytes packed_again(const Bytes& bytes) {
  const auto object = msgpack::unpack(bytes.data(), bytes.size());
  msgpack::sbuffer out;
  msgpack::pack(out, object.get());
  return {out.data(), out.size()};
}

Bytes bytes_of(std::initializer_list<int> list) {
  Bytes bytes;
  for (const int each : list) bytes.push_back(static_cast<char>(each));
  return bytes;
}

}  // namespace

TEST_CASE("every_client_message_comes_back_as_it_was") {
  rc::prop("any fields", [] {
    const Numbers given = *numbers();
    for (std::size_t kind = 0; kind < client_kinds; ++kind) {
      const ClientMessage message = make_client_message(kind, given);
      const auto decoded = decode_client_message(encode(message));
      RC_ASSERT(decoded);
      RC_ASSERT(Shower::show(*decoded) == Shower::show(message));
    }
  });
}

TEST_CASE("every_peer_message_comes_back_as_it_was") {
  rc::prop("any fields", [] {
    const Numbers given = *numbers();
    for (std::size_t kind = 0; kind < peer_kinds; ++kind) {
      const Envelope envelope = make_envelope(kind, given);
      const auto decoded = decode_envelope(encode(envelope));
      RC_ASSERT(decoded);
      RC_ASSERT(Shower::show(*decoded) == Shower::show(envelope));
    }
  });
}

TEST_CASE("every_message_has_the_bytes_that_the_messagepack_library_gives_it") {
  rc::prop("any fields", [] {
    const Numbers given = *numbers();
    for (std::size_t kind = 0; kind < client_kinds; ++kind) {
      const Bytes bytes = encode(make_client_message(kind, given));
      RC_ASSERT(packed_again(bytes) == bytes);
    }
    for (std::size_t kind = 0; kind < peer_kinds; ++kind) {
      const Bytes bytes = encode(make_envelope(kind, given));
      RC_ASSERT(packed_again(bytes) == bytes);
    }
  });
  const auto check = [](std::size_t count, std::size_t size) {
    Request request;
    request.id = size;
    request.arguments = {"set", "k", Bytes(size, 'v')};
    const Bytes bytes = encode(ClientMessage{Requests{std::vector<Request>(count, request)}});
    CHECK(packed_again(bytes) == bytes);
    const auto decoded = decode_client_message(bytes);
    REQUIRE(decoded);
    REQUIRE(std::get<Requests>(*decoded).requests.size() == count);
    CHECK(std::get<Requests>(*decoded).requests.back().arguments == request.arguments);
  };
  for (const std::size_t size : {0U, 31U, 32U, 255U, 256U, 65'535U, 65'536U}) check(1, size);
  for (const std::size_t count : {15U, 16U, 65'535U, 65'536U}) check(count, 1);
}

TEST_CASE("borrowed_arguments_stand_in_the_message_and_are_owned_on_request") {
  Request request;
  request.arguments = {"set", "key", Bytes(100, 'v')};
  auto frame = std::make_shared<Bytes>(encode(ClientMessage{Requests{{request, request}}}));
  const std::weak_ptr<Bytes> watched = frame;
  auto decoded = decode_client_message(*frame, frame);
  REQUIRE(decoded);
  auto& requests = std::get<Requests>(*decoded);
  const BytesView value = requests.requests.at(1).arguments[2];
  CHECK((value.data() > frame->data() && value.data() < frame->data() + frame->size()));
  frame.reset();
  CHECK(requests.requests.at(1).arguments == request.arguments);
  Request kept = requests.requests.at(0);
  kept.arguments.own();
  decoded = ClientMessage(AskStatus{});
  CHECK(watched.expired());
  CHECK(kept.arguments == request.arguments);
}

TEST_CASE("what_is_unknown_behind_the_fields_may_be_anything_but_a_map") {
  const auto heartbeat = [](const Bytes& more) {
    return decode_envelope(bytes_of({0x97, 1, 0, 7, 8, 5, 9, 0x93, 0xc3, 2}) + more).has_value();
  };
  CHECK(heartbeat(bytes_of({0xc0})));
  CHECK(heartbeat(bytes_of({0xe0})));
  CHECK(heartbeat(bytes_of({0xca, 1, 2, 3, 4})));
  CHECK(heartbeat(bytes_of({0xcb, 1, 2, 3, 4, 5, 6, 7, 8})));
  CHECK(heartbeat(bytes_of({0xd3, 1, 2, 3, 4, 5, 6, 7, 8})));
  CHECK(heartbeat(bytes_of({0xcd, 1, 2})));
  CHECK(heartbeat(bytes_of({0x92, 0x91, 0xc2, 0xc4, 1, 9})));
  CHECK(heartbeat(Bytes(14, '\x91') + '\x90') == false);
  CHECK(heartbeat(Bytes(13, '\x91') + '\x90'));
  CHECK_FALSE(heartbeat(bytes_of({0xcd, 1})));
  CHECK_FALSE(heartbeat(bytes_of({0x81, 1, 2})));
  CHECK_FALSE(heartbeat(bytes_of({0xc1})));
  CHECK_FALSE(heartbeat(bytes_of({0xd4, 1, 2})));
  CHECK_FALSE(heartbeat(bytes_of({0x92, 1})));
}

TEST_CASE("arbitrary_bytes_give_a_message_or_an_error") {
  rc::prop("bytes", [](const Bytes& bytes) { check_any_bytes(bytes); });
}

TEST_CASE("a_damaged_message_gives_a_message_or_an_error") {
  rc::prop("one change to a message of each kind", [] {
    const Numbers given = *numbers();
    for (std::size_t kind = 0; kind < client_kinds; ++kind) {
      check_any_bytes(mutate(encode(make_client_message(kind, given))));
    }
    for (std::size_t kind = 0; kind < peer_kinds; ++kind) {
      check_any_bytes(mutate(encode(make_envelope(kind, given))));
    }
  });
}

TEST_CASE("every_shorter_form_of_a_message_is_an_error") {
  rc::prop("cut anywhere", [] {
    const auto kind = *rc::gen::inRange<std::size_t>(0, peer_kinds);
    const Bytes whole = encode(make_envelope(kind, *numbers()));
    RC_ASSERT_FALSE(decode_envelope(whole.substr(0, *rc::gen::inRange<std::size_t>(0, whole.size()))));
  });
}

TEST_CASE("bytes_behind_a_message_are_an_error") {
  CHECK_FALSE(decode_client_message(encode(ClientMessage{AskStatus{}}) + '\0'));
  CHECK_FALSE(decode_envelope(encode(Envelope{}) + '\0'));
}

TEST_CASE("another_version_is_refused_and_named") {
  // [2, kind AskStatus, []] and [2, kind Heartbeat, 0, 0, 0, 0, [true, 2]]
  const auto client = decode_client_message(bytes_of({0x93, 2, 4, 0x90}));
  REQUIRE_FALSE(client);
  CHECK(client.error().sentence == "protocol version 2 is not 1: use programs of one release");
  const auto peer = decode_envelope(bytes_of({0x97, 2, 0, 0, 0, 0, 0, 0x92, 0xc3, 2}));
  REQUIRE_FALSE(peer);
  CHECK(peer.error().sentence == "protocol version 2 is not 1: use programs of one release");
}

TEST_CASE("a_field_more_is_ignored_and_a_field_less_is_an_error") {
  const auto more = decode_envelope(bytes_of({0x97, 1, 0, 7, 8, 5, 9, 0x93, 0xc3, 2, 0xa1, 'x'}));
  REQUIRE(more);
  CHECK(std::get<Heartbeat>(more->message).fingerprint == 2);
  CHECK(more->epoch == Epoch(9));
  CHECK_FALSE(decode_envelope(bytes_of({0x97, 1, 0, 7, 8, 5, 9, 0x91, 0xc3})));
}

TEST_CASE("an_unknown_kind_is_an_error") {
  CHECK_FALSE(decode_client_message(bytes_of({0x93, 1, static_cast<int>(client_kinds), 0x90})));
  CHECK_FALSE(decode_envelope(bytes_of({0x97, 1, static_cast<int>(peer_kinds), 0, 0, 0, 0, 0x90})));
}

TEST_CASE("a_number_outside_its_range_is_an_error") {
  const auto ask_clock = [](std::initializer_list<int> partition) {
    return bytes_of({0x97, 1, 7, 0, 0, 0, 0, 0x92}) + bytes_of(partition) + bytes_of({5});
  };
  REQUIRE(decode_envelope(ask_clock({0xce, 0xff, 0xff, 0xff, 0xff})));
  CHECK_FALSE(decode_envelope(ask_clock({0xcf, 0, 0, 0, 1, 0, 0, 0, 0})));  // 2^32
  CHECK_FALSE(decode_envelope(ask_clock({0xff})));                          // -1
  CHECK_FALSE(decode_envelope(ask_clock({0xa1, '1'})));                     // "1"
  CHECK_FALSE(decode_envelope(ask_clock({0xc0})));                          // nil
}

TEST_CASE("an_enumerator_that_is_none_is_an_error") {
  const auto reply = [](int code, int tag) {  // [1, Responses, [[[1, [1, [code, tag, "", 0, 0]], nil]], epoch]]
    return bytes_of({0x93, 1, 1, 0x92, 0x91, 0x93, 1, 0x92, 1, 0x95, code, tag, 0xa0, 0, 0, 0xc0, 1});
  };
  REQUIRE(decode_client_message(reply(1, 1)));
  CHECK_FALSE(decode_client_message(reply(0, 1)));
  CHECK_FALSE(decode_client_message(reply(13, 1)));
  CHECK_FALSE(decode_client_message(reply(1, 4)));
}

TEST_CASE("a_session_of_more_rows_than_a_clock_may_have_is_an_error") {
  const auto decoded = [](std::size_t rows) {
    Request request;
    request.session.emplace();
    for (std::size_t row = 1; row <= rows; ++row) request.session->raise({ActorId{row}, 1});
    return decode_client_message(encode(ClientMessage{Requests{{request}, {}}}));
  };
  const auto most = decoded(CodecLimits::actors_max);
  REQUIRE(most);
  CHECK(std::get<Requests>(*most).requests.at(0).session->rows().size() == CodecLimits::actors_max);
  CHECK_FALSE(decoded(CodecLimits::actors_max + 1));
}

TEST_CASE("a_session_is_a_whole_vector_and_nothing_behind_it") {
  // [1, Requests, [[[7, [], [5, 0], [5, 0], 0, nil, session]], epoch]]
  const auto request = [](const Bytes& session) {
    return bytes_of({0x93, 1, 0, 0x92, 0x91, 0x97, 7, 0x90, 0x92, 5, 0, 0x92, 5, 0, 0, 0xc0}) + session + bytes_of({1});
  };
  const auto bin = [](std::initializer_list<int> list) {
    return bytes_of({0xc4, static_cast<int>(list.size())}) + bytes_of(list);
  };
  REQUIRE(decode_client_message(request(bytes_of({0xc0}))));
  REQUIRE(decode_client_message(request(bin({0}))));
  REQUIRE(decode_client_message(request(bin({1, 9, 0, 0, 0, 0, 0, 0, 0, 3}))));
  CHECK_FALSE(decode_client_message(request(bin({}))));
  CHECK_FALSE(decode_client_message(request(bin({2, 9, 0, 0, 0, 0, 0, 0, 0, 3}))));
  CHECK_FALSE(decode_client_message(request(bin({0, 0}))));
  CHECK_FALSE(decode_client_message(request(bytes_of({7}))));
}

TEST_CASE("nesting_without_end_is_an_error") {
  CHECK_FALSE(decode_client_message(Bytes(5'000'000, '\x91')));
  CHECK_FALSE(decode_client_message(Bytes(5'000'000, '\x81')));
}

TEST_CASE("a_length_beyond_the_bytes_is_an_error_that_takes_no_memory") {
  const auto five = [](int head) { return bytes_of({head, 0x7f, 0xff, 0xff, 0xff}); };
  for (const int head : {0xdb, 0xc6, 0xdd, 0xdf, 0xc9}) {  // str, bin, array, map, ext of 32-bit length
    CHECK_FALSE(decode_client_message(five(head)));
    CHECK_FALSE(decode_client_message(bytes_of({0x93, 1, 0}) + five(head)));
  }
}

TEST_CASE("a_message_over_the_limit_is_an_error") {
  const auto decoded = decode_client_message(Bytes(WireLimits::message_bytes_max + 1, '\0'));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == ErrorCode::too_large);
}
