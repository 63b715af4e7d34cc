// Remove-wins sets.
#include "crdt/remove_wins_set.h"

#include <set>

#include "crdt/forget.h"
#include "tests/crdt/dialogue.h"
#include "tests/crdt/laws.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// The rule, said of the operations on a member that no later one, and no delete, has seen.
std::set<Bytes> members_of(const Seen& seen) {
  std::set<Bytes> added;
  std::set<Bytes> removed;
  for (const Write* write : seen) {
    for (std::size_t i = 2; i < write->arguments.size(); ++i) {
      const Bytes& member = write->arguments[i];
      const auto names_it = [&](const Write& later) {
        const auto& words = later.arguments;
        return later.command() == "del" || std::find(words.begin() + 2, words.end(), member) != words.end();
      };
      if (is_taken_back(*write, seen, names_it)) continue;
      (write->command() == "rwset.add" ? added : removed).insert(member);
    }
  }
  for (const Bytes& member : removed) added.erase(member);
  return added;
}

TypeUnderTest set_under_test() {
  TypeUnderTest type;
  type.draw = [](unsigned a, unsigned b, unsigned) -> std::vector<Bytes> {
    if (a == 0) return {"del", "k"};
    std::vector<Bytes> words{a % 2 == 0 ? "rwset.add" : "rwset.rem", "k",
                             Bytes(1, static_cast<char>('a' + b % 3))};
    if (b % 4 == 0) words.emplace_back(1, static_cast<char>('a' + b / 4 % 3));
    return words;
  };
  type.reads = {{"rwset.members", "k"}, {"rwset.card", "k"}, {"rwset.ismember", "k", "a"}, {"type", "k"}};
  type.oracle = [](const std::vector<Bytes>& read, const Seen& seen) -> std::optional<Value> {
    const auto members = members_of(seen);
    if (read[0] == "rwset.card") return static_cast<std::int64_t>(members.size());
    if (read[0] == "rwset.ismember") return std::int64_t{members.contains(read[2])};
    if (read[0] == "type") return Status{members.empty() ? "none" : "rwset"};
    Value::Array all;
    for (const Bytes& member : members) all.emplace_back(member);
    return Value(std::move(all));
  };
  return type;
}

/// What may be forgotten of the one member, by who knows this clock to be settled.
Dots forgettable_at(const Replica& at, const VersionVector& settled) {
  std::vector<Entry> kept;
  for (const Entry& entry : at.entries().all()) {
    if (due_of(entry.path, entry.payload)) kept.push_back(entry);
  }
  REQUIRE_FALSE(kept.empty());
  std::vector<EntryView> views;
  for (const Entry& entry : kept) views.push_back({entry.path, entry.dot, entry.payload});
  const auto never = [](auto...) { return false; };
  const SettledFacts facts{settled, 0, never, never, at.actor()};
  return *forgettable(at.entries(), "k", views, facts);
}

}  // namespace

TEST_CASE("remove_wins_sets_hold_all_laws", "[laws]") { holds_all_laws(set_under_test()); }

TEST_CASE("a_remove_wins_over_a_concurrent_add") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "rwset.add k m"));
  say(a, "rwset.rem k m");
  say(b, "rwset.add k m");
  heal(a, b);
  CHECK(say(a, "rwset.members k").empty());
  CHECK(say(a, "rwset.card k") == "0");
  CHECK(say(a, "exists k") == "0");
}

TEST_CASE("a_remove_of_a_member_that_nobody_knew_wins_over_a_concurrent_add_too") {
  Replica a(1);
  Replica b(2);
  CHECK(say(a, "rwset.rem k m") == "0");
  say(b, "rwset.add k m n");
  heal(a, b);
  CHECK(say(b, "rwset.members k") == "n");
  CHECK(say(b, "rwset.add k m") == "1");  // it has seen the remove
  heal(a, b);
  CHECK(say(a, "rwset.members k") == "m n");
}

TEST_CASE("what_a_remove_leaves_does_not_make_the_set_exist") {
  Replica a(1);
  say(a, "rwset.add k m");
  CHECK(say(a, "rwset.rem k m") == "1");
  CHECK(say(a, "exists k") == "0");
  CHECK(say(a, "type k") == "none");
  CHECK(a.entries().all().size() == 1);
  CHECK(say(a, "set k text") == "OK");
  CHECK(say(a, "type k") == "string");
}

TEST_CASE("a_delete_of_the_set_takes_back_removes_that_it_saw") {
  Replica a(1);
  Replica b(2);
  say(a, "rwset.add k m");
  say(a, "rwset.rem k n");
  say(b, "rwset.add k n");
  say(a, "del k");
  CHECK(a.entries().all().empty());
  heal(a, b);
  CHECK(say(a, "rwset.members k") == "n");
}

TEST_CASE("a_remove_is_forgotten_once_it_is_settled_and_what_it_won_over_goes_with_it") {
  Replica a(1);
  Replica b(2);
  const Dot removed = event_of(a, "rwset.rem k m").dot;
  const Dot added = event_of(b, "rwset.add k m").dot;
  heal(a, b);
  CHECK(forgettable_at(a, VersionVector{{ActorId(2), 1}}).empty());
  CHECK(forgettable_at(a, VersionVector{{ActorId(1), 1}}) == Dots{removed, added});
}

TEST_CASE("of_two_removes_both_must_be_settled") {
  Replica a(1);
  Replica b(2);
  say(a, "rwset.rem k m");
  say(b, "rwset.rem k m");
  heal(a, b);
  CHECK(forgettable_at(a, VersionVector{{ActorId(1), 1}}).empty());
  CHECK(forgettable_at(a, VersionVector{{ActorId(1), 1}, {ActorId(2), 1}}).size() == 2);
}

TEST_CASE("a_member_that_is_present_is_never_forgotten") {
  Replica a(1);
  say(a, "rwset.add k m");
  for (const Entry& entry : a.entries().all()) CHECK_FALSE(due_of(entry.path, entry.payload));
}

TEST_CASE("members_of_a_remove_wins_set_are_any_bytes_in_their_order") {
  Replica a(1);
  const Bytes odd("\0\xff m", 4);
  CHECK(a.issue({"rwset.add", "k", odd, "b", Bytes(), "b", "a"}).reply == Value(std::int64_t{4}));
  CHECK(*a.issue({"rwset.members", "k"}).reply == Value(Value::Array{Bytes(), odd, Bytes("a"), Bytes("b")}));
  CHECK(a.issue({"rwset.ismember", "k", odd}).reply == Value(std::int64_t{1}));
  CHECK(a.issue({"rwset.rem", "k", odd, "c"}).reply == Value(std::int64_t{1}));
  CHECK(a.issue({"rwset.card", "k"}).reply == Value(std::int64_t{3}));
}

TEST_CASE("an_operation_on_a_member_reads_that_member") {
  Replica a(1);
  std::vector<Bytes> add{"rwset.add", "k"};
  for (int i = 0; i < 1000; ++i) add.push_back("m" + std::to_string(i));
  a.issue(add);
  a.entries().take_visited();
  for (const char* line : {"rwset.add k m1", "rwset.rem k m", "rwset.ismember k m2", "rwset.card k"}) {
    say(a, line);
    INFO(line);
    CHECK(a.entries().take_visited() <= 4);
  }
}
