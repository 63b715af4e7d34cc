// Scans in parts, and the patterns of names.
#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <set>

#include "crdt/glob.h"
#include "crdt/scan_cursor.h"

using namespace causeway;

namespace {

Bytes name_of(unsigned number) { return "name-" + std::to_string(number); }

ScanRequest scan_of(std::uint64_t cursor, std::uint64_t count) {
  ScanRequest scan;
  scan.cursor = cursor;
  scan.count = count;
  return scan;
}

Bytes error_of(std::vector<BytesView> arguments) {
  const auto scan = parse_scan(arguments);
  return scan ? Bytes() : scan.error().sentence;
}

/// As the definition says it, with all ways tried.
bool matches_slowly(BytesView pattern, BytesView text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return matches_slowly(pattern.substr(1), text) || (!text.empty() && matches_slowly(pattern, text.substr(1)));
  }
  if (text.empty()) return false;
  return (pattern[0] == '?' || pattern[0] == text[0]) && matches_slowly(pattern.substr(1), text.substr(1));
}

}  // namespace

TEST_CASE("a_scan_visits_once_what_is_there_all_the_time_whatever_comes_and_goes") {
  rc::prop("in every schedule", [] {
    const auto stays = *rc::gen::container<std::set<unsigned>>(rc::gen::inRange(0U, 200U));
    ElementOrder order;
    for (const unsigned number : stays) order.insert(scan_key(name_of(number)));
    std::multiset<Bytes> seen;
    std::uint64_t cursor = 0;
    int steps = 0;
    do {
      for (const unsigned number : *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(200U, 400U))) {
        const Bytes key = scan_key(name_of(number));
        order.contains(key) ? order.erase(key) : order.insert(key);
      }
      cursor = scan_step(order, scan_of(cursor, *rc::gen::inRange(1U, 9U)),
                         [&](BytesView name) { seen.emplace(name); });
      RC_ASSERT(++steps <= 500);
    } while (cursor != 0);
    for (const unsigned number : stays) RC_ASSERT(seen.count(name_of(number)) == 1U);
  });
}

TEST_CASE("a_scan_goes_on_where_the_element_at_its_cursor_has_gone") {
  ElementOrder order;
  for (unsigned i = 0; i < 100; ++i) order.insert(scan_key(name_of(i)));
  std::size_t seen = 0;
  // As clients do that delete what they find.
  for (std::uint64_t cursor = 0;;) {
    std::vector<Bytes> found;
    cursor = scan_step(order, scan_of(cursor, 7), [&](BytesView name) { found.emplace_back(name); });
    seen += found.size();
    for (const Bytes& name : found) order.erase(scan_key(name));
    if (cursor == 0) break;
  }
  CHECK(seen == 100);
  CHECK(order.size() == 0);
}

TEST_CASE("cursors_are_exact_as_doubles_and_any_number_is_one") {
  ElementOrder order;
  for (unsigned i = 0; i < 100; ++i) order.insert(scan_key(name_of(i)));
  for (std::uint64_t cursor = 0;;) {
    cursor = scan_step(order, scan_of(cursor, 1), [](BytesView /*name*/) {});
    CHECK(cursor < std::uint64_t{1} << 48U);
    if (cursor == 0) break;
  }
  const auto none = [](BytesView /*name*/) { FAIL("there is nothing behind it"); };
  CHECK(scan_step(order, scan_of(UINT64_MAX, 10), none) == 0);
  CHECK(scan_step(ElementOrder(), scan_of(0, 10), none) == 0);
}

TEST_CASE("the_options_of_a_scan_are_those_of_redis") {
  const std::vector<BytesView> all{"17", "MATCH", "a*", "count", "5"};
  const auto scan = parse_scan(all);
  REQUIRE(scan.has_value());
  CHECK(scan->cursor == 17);
  CHECK(scan->count == 5);
  CHECK(scan->wants("abc"));
  CHECK_FALSE(scan->wants("bc"));
  CHECK(parse_scan(std::vector<BytesView>{"18446744073709551615"})->cursor == UINT64_MAX);
  CHECK(error_of({"-1"}) == "invalid cursor");
  CHECK(error_of({"x"}) == "invalid cursor");
  CHECK(error_of({"18446744073709551616"}) == "invalid cursor");
  CHECK(error_of({"0", "count", "0"}) == "syntax error");
  CHECK(error_of({"0", "count", "ten"}) == "value is not an integer or out of range");
  CHECK(error_of({"0", "count"}) == "syntax error");
  CHECK(error_of({"0", "type", "string"}) == "syntax error");
}

TEST_CASE("patterns_match_as_in_redis") {
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("h?llo", "hello"));
  CHECK(matches_glob("h*llo", "heeeello"));
  CHECK(matches_glob("h[ae]llo", "hallo"));
  CHECK_FALSE(matches_glob("h[ae]llo", "hillo"));
  CHECK(matches_glob("h[^e]llo", "hallo"));
  CHECK_FALSE(matches_glob("h[^e]llo", "hello"));
  CHECK(matches_glob("h[a-c]llo", "hbllo"));
  CHECK(matches_glob("h[c-a]llo", "hbllo"));
  CHECK(matches_glob("a\\*b", "a*b"));
  CHECK_FALSE(matches_glob("a\\*b", "axb"));
  CHECK(matches_glob("[\\]]", "]"));
  CHECK(matches_glob("[ab", "a"));
  CHECK_FALSE(matches_glob("[", "["));
  CHECK(matches_glob("\\", "\\"));
  CHECK_FALSE(matches_glob("a", "ab"));
  CHECK_FALSE(matches_glob("ab", "a"));
}

TEST_CASE("stars_match_as_if_all_ways_were_tried") {
  rc::prop("on short texts", [] {
    const Bytes pattern = *rc::gen::container<Bytes>(rc::gen::elementOf(Bytes("ab?**")));
    const Bytes text = *rc::gen::container<Bytes>(rc::gen::elementOf(Bytes("ab")));
    RC_ASSERT(matches_glob(pattern.substr(0, 12), text.substr(0, 16)) ==
              matches_slowly(BytesView(pattern).substr(0, 12), BytesView(text).substr(0, 16)));
  });
}

TEST_CASE("a_pattern_of_many_stars_takes_no_exponential_time") {
  Bytes pattern;
  for (int i = 0; i < 1000; ++i) pattern += "a*";
  CHECK_FALSE(matches_glob(pattern + "b", Bytes(10'000, 'a')));
}
