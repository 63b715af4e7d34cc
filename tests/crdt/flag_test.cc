// Flags: enable-wins and disable-wins.
#include "crdt/flag.h"

#include "crdt/container.h"
#include "tests/crdt/dialogue.h"
#include "tests/crdt/laws.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// The rule, said of the changes that nobody who is seen had seen: every change, and every delete, takes back all that it saw.
Value expected(const Bytes& read, const Bytes& kind, const Seen& seen) {
  bool enabled = false;
  bool disabled = false;
  for (const Write* write : seen) {
    if (is_taken_back(*write, seen, [](const Write&) { return true; })) continue;
    enabled = enabled || write->command() == kind + ".enable";
    disabled = disabled || write->command() == kind + ".disable";
  }
  if (read == "type") return Status{enabled || disabled ? kind : "none"};
  return std::int64_t{enabled && (kind == "flag" || !disabled)};
}

TypeUnderTest flag_under_test(const Bytes& kind) {
  TypeUnderTest type;
  type.draw = [=](unsigned a, unsigned, unsigned) -> std::vector<Bytes> {
    if (a == 0) return {"del", "k"};
    return {kind + (a % 2 == 0 ? ".enable" : ".disable"), "k"};
  };
  type.reads = {{kind + ".get", "k"}, {"type", "k"}};
  type.oracle = [=](const std::vector<Bytes>& read, const Seen& seen) {
    return expected(read[0], kind, seen);
  };
  return type;
}

/// What both read once they have seen each other, of a flag that both knew to be set.
std::string after_both(const std::string& kind, const std::string& here, const std::string& there) {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, kind + ".enable k"));
  say(a, kind + "." + here + " k");
  say(b, kind + "." + there + " k");
  heal(a, b);
  REQUIRE(say(a, kind + ".get k") == say(b, kind + ".get k"));
  return say(a, kind + ".get k");
}

}  // namespace

TEST_CASE("enable_wins_flags_hold_all_laws", "[laws]") { holds_all_laws(flag_under_test("flag")); }
TEST_CASE("disable_wins_flags_hold_all_laws", "[laws]") { holds_all_laws(flag_under_test("dwflag")); }

TEST_CASE("a_repeated_enable_wins_over_a_concurrent_disable_or_loses_to_it") {
  CHECK(after_both("flag", "enable", "disable") == "1");
  CHECK(after_both("dwflag", "enable", "disable") == "0");
}

TEST_CASE("a_repeated_disable_wins_over_a_concurrent_enable_of_a_disable_wins_flag") {
  Replica a(1);
  Replica b(2);
  say(a, "dwflag.disable k");  // it is false already, for nobody has changed it
  say(b, "dwflag.enable k");
  heal(a, b);
  CHECK(say(a, "dwflag.get k") == "0");
}

TEST_CASE("a_flag_that_both_sides_enabled_and_disabled_is_false_on_both") {
  for (const std::string kind : {"flag", "dwflag"}) {
    Replica a(1);
    Replica b(2);
    for (Replica* at : {&a, &b}) {
      say(*at, kind + ".enable k");
      say(*at, kind + ".disable k");
    }
    heal(a, b);
    CHECK(say(a, kind + ".get k") == "0");
    CHECK(say(b, kind + ".get k") == "0");
  }
}

TEST_CASE("one_disable_takes_every_enable_that_it_saw") {
  Replica a(1);
  Replica b(2);
  say(a, "flag.enable k");
  say(b, "flag.enable k");
  heal(a, b);
  CHECK(a.entries().all().size() == 4);  // and a marker each
  say(a, "flag.disable k");
  b.merge_from(a);
  CHECK(say(b, "flag.get k") == "0");
  CHECK(b.entries().all().size() == 3);
}

TEST_CASE("an_enable_survives_a_concurrent_delete") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "dwflag.enable k"));
  say(a, "dwflag.enable k");
  say(b, "del k");
  heal(a, b);
  CHECK(say(b, "dwflag.get k") == "1");
}

TEST_CASE("a_flag_of_the_other_kind_is_another_type") {
  Replica a(1);
  say(a, "flag.enable k");
  CHECK(say(a, "dwflag.get k").starts_with("WRONG_TYPE"));
  CHECK(say(a, "dwflag.disable k").starts_with("WRONG_TYPE"));
}

TEST_CASE("a_payload_that_is_none_of_a_flag_is_an_error") {
  Replica a(1);
  a.apply(EventDraft{{ActorId(5), 1},
                     {},
                     {},
                     std::nullopt,
                     {Update{"k", make_path(EntryType::flag, Part::value), "x", {}}}});
  CHECK(say(a, "flag.get k").starts_with("INTERNAL: an entry of type flag"));
}

TEST_CASE("a_member_of_a_remove_wins_set_lives_as_its_flag_says") {
  const Bytes path = place_of("k", EntryType::remove_wins_set).base_in("m") +
                     make_path(EntryType::disable_flag, Part::value);
  const EntryView added{path, {ActorId(1), 1}, enabling};
  const EntryView removed{path, {ActorId(2), 1}, disabling};
  CHECK(is_live_element(std::vector{added}, 0));
  CHECK_FALSE(is_live_element(std::vector{removed}, 0));
  CHECK_FALSE(is_live_element(std::vector{added, removed}, 0));
}
