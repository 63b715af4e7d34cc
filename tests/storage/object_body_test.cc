#include "storage/object_body.h"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <set>

using namespace causeway;

namespace {

/// Entries of one object, sorted, with paths and payloads that the packed form treats in ways of their own.
std::vector<Entry> any_entries() {
  const Bytes marker = make_path(EntryType::marker, Part::value);
  const Bytes text = make_path(EntryType::string, Part::value);
  const auto path = rc::gen::element(marker, text, make_path(EntryType::counter, Part::cell, "+id"),
                                     make_path(EntryType::set, Part::value, Bytes(300, 'm')));
  const auto payload =
      rc::gen::element(Bytes(), Bytes("stamp..1") + "\x11", Bytes("stamp..1value"), Bytes(200, 'p'));
  std::set<Entry> entries;
  for (std::size_t left = *rc::gen::inRange<std::size_t>(0, 8); left > 0; --left) {
    entries.insert({"key",
                    *path,
                    {ActorId{*rc::gen::inRange<std::uint64_t>(1, 4)}, *rc::gen::inRange<std::uint64_t>(1, 4)},
                    *payload});
  }
  return {entries.begin(), entries.end()};
}

std::vector<Entry> owned(const EntryList& list) {
  std::vector<Entry> entries;
  for (const EntryView& entry : list.entries)
    entries.push_back({"key", Bytes(entry.path), entry.dot, Bytes(entry.payload)});
  return entries;
}

}  // namespace

TEST_CASE("a_packed_object_gives_back_its_entries") {
  rc::prop("whatever they are, also as a copy", [] {
    const std::vector<Entry> entries = any_entries();
    RC_PRE(!entries.empty());
    EntryList list;
    for (const Entry& entry : entries) list.entries.push_back({entry.path, entry.dot, entry.payload});
    ActorTable actors;
    Scratch scratch;
    const Bytes body(write_object(list, actors, scratch));
    EntryList read;
    RC_ASSERT(read.read_object(body, actors));
    RC_ASSERT(owned(read) == entries);
    EntryList copy;
    copy = read;
    read.read_object(Bytes(1, '\0'), actors);
    RC_ASSERT(owned(copy) == entries);
    for (const EntryType type : {EntryType::map, EntryType::list}) {
      const Bytes field(write_field(type, list.all(), actors, scratch));
      RC_ASSERT(static_cast<unsigned char>(field[0]) < 0x80);
      RC_ASSERT(read.read_field(type, field, actors));
      RC_ASSERT(owned(read) == entries);
    }
  });
}

TEST_CASE("the_marker_of_a_new_string_costs_nothing") {
  const Bytes marker = make_path(EntryType::marker, Part::value);
  const Bytes text = make_path(EntryType::string, Part::value);
  const Bytes stamp = "stamp..1";
  const Bytes kind(1, static_cast<char>(EntryType::string));
  const Dot dot{ActorId{5}, 7};
  ActorTable actors;
  const auto packed = [&](const Bytes& marker_payload, const Dot& marker_dot) {
    EntryList list;
    list.entries.push_back({marker, marker_dot, marker_payload});
    const Bytes value = stamp + "value";
    list.entries.push_back({text, dot, value});
    Scratch scratch;
    const Bytes body(write_object(list, actors, scratch));
    EntryList read;
    REQUIRE(read.read_object(body, actors));
    REQUIRE(read.entries.size() == 2);
    CHECK(read.entries[0].payload == marker_payload);
    CHECK(read.entries[0].dot == marker_dot);
    return body.size();
  };
  const std::size_t implied = packed(stamp + kind, dot);
  CHECK(packed("stamp..2" + kind, dot) > implied);
  CHECK(packed(stamp + "x", dot) > implied);
  CHECK(packed(stamp + kind, {ActorId{5}, 8}) > implied);
}

TEST_CASE("any_bytes_are_a_body_or_are_not") {
  rc::prop("read", [](const Bytes& bytes) {
    const ActorTable actors(std::vector<ActorId>{ActorId{1}, ActorId{2}});
    EntryList list;
    list.read_object(bytes, actors);
    list.read_entry("path", bytes, actors);
    list.read_field(EntryType::map, bytes, actors);
    SpreadRecord record;
    if (is_spread(bytes)) read_record(bytes, actors, record);
  });
}
