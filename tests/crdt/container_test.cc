// Paths that nest, and what is derived of containers.
#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "crdt/container.h"

using namespace causeway;

namespace {

Bytes any_field() { return *rc::gen::container<Bytes>(rc::gen::elementOf(Bytes("\0\x01\xff""ab", 5))); }

/// `h` `m` field 00 00 s v
Bytes text_in(BytesView field) {
  const Place hash = place_of("k", EntryType::map);
  return hash.base_in(field) + make_path(EntryType::string, Part::value);
}

std::vector<EntryView> views_of_paths(const std::vector<Bytes>& paths) {
  std::vector<EntryView> views;
  for (const Bytes& path : paths) views.push_back({path, {ActorId(1), 1}, {}});
  return views;
}

}  // namespace

TEST_CASE("a_field_is_read_as_it_was_written") {
  rc::prop("whatever its bytes", [] {
    const Bytes field = any_field();
    Bytes escaped;
    append_field(escaped, field);
    RC_ASSERT(read_field(escaped) == field);
    const Bytes path = text_in(field);
    const auto head = parse_path(path);
    RC_ASSERT(head.has_value());
    RC_ASSERT(head->type == EntryType::map);
    RC_ASSERT(head->inner == EntryType::string);
    RC_ASSERT(head->part == Part::value);
    RC_ASSERT(path.substr(2, element_end(path, 0) - 2) == escaped);
  });
}

TEST_CASE("paths_are_in_the_order_of_their_fields") {
  rc::prop("whatever their bytes", [] {
    const Bytes a = any_field();
    const Bytes b = any_field();
    RC_ASSERT((text_in(a) < text_in(b)) == (a < b));
  });
}

TEST_CASE("a_path_that_nests_too_deep_or_does_not_end_is_none") {
  Bytes path = make_path(EntryType::string, Part::value);
  for (std::size_t depth = 1; depth < nesting_max; ++depth) {
    path = place_of("k", EntryType::map).base_in("f") + path;
    CHECK(parse_path(path).has_value());
  }
  CHECK_FALSE(parse_path(place_of("k", EntryType::map).base_in("f") + path).has_value());
  CHECK_FALSE(parse_path(place_of("k", EntryType::map).field("f")).has_value());
  CHECK_FALSE(parse_path(make_path(EntryType::map, Part::value, "f")).has_value());
  CHECK_FALSE(parse_path(Bytes("\x31m\0x\0\0\x11v", 8)).has_value());  // an escape that is none
  const Bytes marker_inside = place_of("k", EntryType::map).base_in("f") + make_path(EntryType::marker, Part::value);
  CHECK_FALSE(parse_path(marker_inside).has_value());
}

TEST_CASE("a_field_counts_once_whatever_it_holds") {
  const Place hash = place_of("k", EntryType::map);
  const Bytes a = hash.base_in("a");
  const auto paths = std::vector<Bytes>{a + make_path(EntryType::string, Part::cell, "x"),
                                        a + make_path(EntryType::string, Part::value),
                                        hash.base_in(Bytes("a\0", 2)) + make_path(EntryType::set, Part::value, "m"),
                                        hash.base_in("b") + make_path(EntryType::string, Part::forgotten, "x")};
  ObjectSummary summary;
  summarize(views_of_paths(paths), 0, summary);
  CHECK(summary.count(EntryType::map) == 2);
  CHECK(summary.tallies == 2);
  ObjectSummary of_field;
  summarize(below(views_of_paths(paths), a), a.size(), of_field);
  CHECK(of_field.count(EntryType::string) == 2);
  CHECK(of_field.tallies == 1);
}

TEST_CASE("elements_are_ordered_by_their_names_and_ranked") {
  const Place list = place_of("k", EntryType::list);
  std::vector<Bytes> paths;
  for (const char* position : {"a", "ab", "b"}) {
    paths.push_back(list.base_in(position) + make_path(EntryType::reg, Part::value));
  }
  ElementOrder order;
  order_elements(views_of_paths(paths), list, order);
  REQUIRE(order.size() == 3);
  CHECK(order.at(1) == "ab");
  CHECK(order.rank("b") == 2);
  std::vector<Bytes> back;
  order.visit_back(1, [&](BytesView key) {
    back.emplace_back(key);
    return true;
  });
  CHECK(back == std::vector<Bytes>{"ab", "a"});
}
