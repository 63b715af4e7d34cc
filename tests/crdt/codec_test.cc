// The byte form of events: round trips, and bytes from strangers.
#include "crdt/codec.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "base/serial.h"
#include "tests/crdt/dialogue.h"
#include "tests/crdt/event_draft.h"
#include "tests/crdt/gen.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

Dot any_dot() {
  return {ActorId(*rc::gen::inRange<std::uint64_t>(1, 9)), *rc::gen::inRange<std::uint64_t>(1, 1'000'000)};
}

VersionVector any_vector() {
  VersionVector vector;
  const auto rows = *rc::gen::inRange(0, 4);
  for (int i = 0; i < rows; ++i) vector.raise(any_dot());
  return vector;
}

Drafted any_mutation() {
  const Bytes key = *rc::gen::nonEmpty<Bytes>();
  const Bytes subkey = *rc::gen::arbitrary<Bytes>();
  if (*rc::gen::inRange(0, 3) == 0) return RangeRemoval{key, subkey, any_vector()};
  const auto type = *rc::gen::element(EntryType::marker, EntryType::reg, EntryType::string, EntryType::set);
  const auto part = *rc::gen::element(Part::value, Part::cell, Part::forgotten, Part::request);
  Update update{key, make_path(type, part, subkey), std::nullopt, {}};
  if (*rc::gen::arbitrary<bool>()) update.payload = *rc::gen::arbitrary<Bytes>();
  const auto supersedes = any_vector();
  for (const auto& [actor, counter] : supersedes.rows()) update.supersedes.push_back({actor, counter});
  return update;
}

bool inserts_twice(const EventDraft& event) {
  std::vector<std::pair<Bytes, Bytes>> places;
  for (const Drafted& mutation : event.mutations) {
    const auto* update = std::get_if<Update>(&mutation);
    if (update != nullptr && update->payload) places.emplace_back(update->key, update->path);
  }
  std::sort(places.begin(), places.end());
  return std::adjacent_find(places.begin(), places.end()) != places.end();
}

EventDraft any_event() {
  EventDraft event{any_dot(), any_vector(), Hlc{*rc::gen::arbitrary<std::uint64_t>()}, std::nullopt, {}};
  if (*rc::gen::arbitrary<bool>()) {
    event.request_id = RequestId{*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>(),
                                 *rc::gen::arbitrary<std::int64_t>()};
  }
  const auto mutations = *rc::gen::inRange(0, 5);
  for (int i = 0; i < mutations; ++i) event.mutations.push_back(any_mutation());
  RC_PRE(!inserts_twice(event));
  return event;
}

/// Whatever the bytes are: a value that has a byte form again, or an error.
void decode_safely(const Bytes& bytes) {
  const auto event = draft_of(bytes);
  if (!event) {
    RC_ASSERT(event.error().code == ErrorCode::invalid);
    return;
  }
  RC_ASSERT(decode_event_head(bytes).has_value());
  const auto again = draft_of(encode_event(*event));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == *event);
}

}  // namespace

TEST_CASE("an_event_that_names_many_actors_is_read_back_as_it_was_written") {
  for (const std::uint64_t others : {0, 1, 5, 12, 13, 14, 200}) {
    EventDraft event{{ActorId{7}, 3}, {}, Hlc{99}, RequestId{1, 2, 3}, {}};
    for (std::uint64_t i = 0; i < others; ++i) event.deps.raise({ActorId{1000 + i}, i + 1});
    event.mutations.emplace_back(
        Update{"key", make_path(EntryType::set, Part::value, "member"), Bytes("payload"), {}});
    event.mutations.emplace_back(RangeRemoval{"other", "", event.deps});
    CHECK(draft_of(encode_event(event)) == event);
  }
}

TEST_CASE("an_event_is_read_back_from_its_bytes") {
  rc::prop("whole and head", [] {
    const EventDraft event = any_event();
    const Bytes bytes = encode_event(event);
    const auto decoded = draft_of(bytes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == event);
    const auto head = decode_event_head(bytes);
    RC_ASSERT(head.has_value());
    RC_ASSERT(head->dot == event.dot);
    RC_ASSERT(head->deps == event.deps);
    RC_ASSERT(head->hlc == event.hlc);
  });
}

TEST_CASE("arbitrary_bytes_give_an_event_or_an_error") {
  rc::prop("behind a right version", [](const Bytes& bytes) { decode_safely('\x01' + bytes); });
  rc::prop("all of them", [](const Bytes& bytes) { decode_safely(bytes); });
}

TEST_CASE("damaged_bytes_give_an_event_or_an_error") {
  rc::prop("changed, cut or lengthened", [] {
    Bytes bytes = encode_event(any_event());
    const auto changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes && !bytes.empty(); ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
      switch (*rc::gen::inRange(0, 3)) {
        case 0: bytes[at] = *rc::gen::arbitrary<char>(); break;
        case 1: bytes.resize(at); break;
        default: bytes.insert(at, *rc::gen::arbitrary<Bytes>()); break;
      }
    }
    decode_safely(bytes);
  });
}

TEST_CASE("every_cut_of_an_event_is_an_error") {
  Replica replica(1);
  const Bytes bytes = encode_event(event_of(replica, "sadd k a b"));
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(draft_of(bytes.substr(0, size)));
  CHECK(draft_of(bytes));
  CHECK_FALSE(draft_of(bytes + "x"));
}

TEST_CASE("the_byte_form_stays_as_it_is") {
  // Logs on disk and peers of other builds hold it: a change needs a new version byte.
  const EventDraft event{
      {ActorId(0x0a), 3},
      {{ActorId(0x0b), 300}},
      Hlc{0x0102},
      RequestId{1, 2, 3},
      {Update{"k", make_path(EntryType::set, Part::value, "m"), Bytes("p"), {{ActorId(0x0c), 2}}},
       Update{"k", make_path(EntryType::set, Part::value, "n"), std::nullopt, {{ActorId(0x0a), 1}}},
       RangeRemoval{"l", "", {{ActorId(0x0a), 2}}}}};
  std::string hex;
  for (const char c : encode_event(event)) {
    constexpr const char* digits = "0123456789abcdef";
    hex += {digits[static_cast<unsigned char>(c) >> 4U], digits[static_cast<unsigned char>(c) & 15U]};
  }
  CHECK(hex ==
        "02" "03" "0a00000000000000" "0c00000000000000" "0b00000000000000"  // version, actors
        "03" "0201000000000000" "01" "0102ac02"                             // counter, hlc, flags, deps
        "0100000000000000" "0200000000000000" "0300000000000000"            // request
        "03"                                                                // mutations
        "01" "016b" "0320766d" "010102" "0170"
        "00" "016b" "0320766e" "010001"
        "02" "016c" "00" "010002");
}

TEST_CASE("two_inserts_at_one_place_are_refused") {
  const Update add{"k", make_path(EntryType::set, Part::value, "m"), Bytes(), {}};
  const EventDraft event{{ActorId(1), 1}, {}, {}, std::nullopt, {add, add}};
  CHECK_FALSE(draft_of(encode_event(event)));
}

TEST_CASE("a_claimed_count_takes_no_memory") {
  Bytes bytes;
  Writer writer(bytes);
  writer.u8(1);
  writer.varint(UINT64_MAX);
  CHECK_FALSE(draft_of(bytes));
}

TEST_CASE("a_vector_is_read_back_from_its_bytes") {
  rc::prop("and joins and meets as sets of events do", [] {
    const VersionVector a = any_vector();
    const VersionVector b = any_vector();
    Bytes bytes;
    encode_vector(a, bytes);
    Reader reader(bytes);
    RC_ASSERT(decode_vector(reader) == a);
    RC_ASSERT(reader.done());
    VersionVector join = a;
    join.join(b);
    VersionVector meet = a;
    meet.meet(b);
    const Dot dot = any_dot();
    RC_ASSERT(join.covers(dot) == (a.covers(dot) || b.covers(dot)));
    RC_ASSERT(meet.covers(dot) == (a.covers(dot) && b.covers(dot)));
    RC_ASSERT(join.events() + meet.events() == a.events() + b.events());
  });
}
