// What may be forgotten, and what may not, sentence by sentence of rules 10 and 12.
#include "crdt/forget.h"

#include <set>

#include "crdt/request.h"
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::uint64_t now_ms = 1'000'000;  // as in say()
constexpr RequestId q{1, 2, now_ms + 60'000};

/// What the one who forgets knows.
struct Knowledge {
  VersionVector settled;
  std::uint64_t wall_ms = q.expires_ms;
  std::set<std::pair<ActorId, Dot>> seen{};
  std::set<ActorId> ended{};
};

/// How many entries with this part of all that the replica has of key k may go.
std::size_t forgettable_at(Replica& at, Part part, const Knowledge& known) {
  const auto has_seen = [&](ActorId actor, const Dot& dot) { return known.seen.contains({actor, dot}); };
  const auto has_ended = [&](ActorId actor) { return known.ended.contains(actor); };
  const SettledFacts facts{known.settled, known.wall_ms, has_seen, has_ended, at.actor()};
  std::map<Bytes, std::vector<EntryView>> paths;
  const auto all = at.entries().all();
  for (const Entry& entry : all) paths[entry.path].push_back({entry.path, entry.dot, entry.payload});
  std::size_t gone = 0;
  for (const auto& [path, entries] : paths) {
    if (parse_path(path)->part != part) continue;
    REQUIRE(due_of(path, entries.front().payload));
    const auto dots = forgettable(at.entries(), "k", entries, facts);
    REQUIRE(dots);
    gone += dots->size();
  }
  return gone;
}

std::size_t requests(Replica& at, const Knowledge& known) { return forgettable_at(at, Part::request, known); }
std::size_t records(Replica& at, const Knowledge& known) {
  return forgettable_at(at, Part::forgotten, known);
}

}  // namespace

TEST_CASE("what_an_object_is_has_no_time_to_be_forgotten") {
  Replica a(1);
  say(a, "set k v");
  say(a, "incr n");
  for (const Entry& entry : a.entries().all()) CHECK_FALSE(due_of(entry.path, entry.payload));
  say(a, "incr n", q);
  std::size_t due = 0;
  for (const Entry& entry : a.entries().all()) {
    const auto at = due_of(entry.path, entry.payload);
    if (at) ++due;
    if (at) CHECK(at->ms == static_cast<std::uint64_t>(q.expires_ms));
  }
  CHECK(due == 1);
}

TEST_CASE("a_request_that_was_executed_once_goes_when_that_is_settled_and_it_has_expired") {
  Replica a(1);
  say(a, "incr k", q);
  CHECK(requests(a, {a.clock()}) == 1);
  CHECK(requests(a, {{}}) == 0);
  CHECK(requests(a, {a.clock(), q.expires_ms - 1}) == 0);
}

TEST_CASE("a_request_stays_until_all_its_executions_are_settled") {
  Replica a(1);
  Replica b(2);
  say(a, "incr k", q);
  say(b, "incr k", q);
  heal(a, b);
  say(a, "del k");
  CHECK(requests(a, {{{ActorId{1}, 1}}}) == 0);
  CHECK(requests(a, {a.clock()}) == 2);
}

TEST_CASE("a_request_that_was_executed_twice_stays_while_one_of_them_counts") {
  Replica a(1);
  Replica b(2);
  say(a, "incr k", q);
  say(b, "incr k", q);
  heal(a, b);
  CHECK(requests(a, {a.clock()}) == 0);  // the other is subtracted from what it added
}

TEST_CASE("a_request_of_which_a_reset_saw_one_execution_stays_as_long_as_the_other_has_its_cell") {
  Replica a(1);
  Replica b(2);
  say(a, "incr k", q);
  say(b, "incr k", q);
  say(a, "del k");  // it has seen its own
  heal(a, b);
  CHECK(say(a, "get k") == "0");
  CHECK(requests(a, {a.clock()}) == 0);
  say(a, "del k");
  CHECK(requests(a, {a.clock()}) == 2);
}

TEST_CASE("a_forgotten_record_goes_when_the_actor_itself_finds_its_cell_gone") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "counter.add k 5"));
  const EventDraft reset = event_of(b, "counter.reset k");
  CHECK(records(b, {b.clock()}) == 0);  // a may go on
  a.apply(reset);
  CHECK(records(a, {}) == 1);
}

TEST_CASE("a_forgotten_record_stays_while_there_is_a_cell_to_which_it_applies") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "counter.add k 5"));
  const EventDraft reset = event_of(b, "counter.reset k");
  const EventDraft more = event_of(a, "counter.add k 1");
  a.apply(reset);
  b.apply(more);
  CHECK(say(b, "counter.get k") == "1");
  CHECK(records(a, {}) == 0);
  CHECK(records(b, {b.clock(), q.expires_ms, {{ActorId{1}, reset.dot}}, {ActorId{1}}}) == 0);
}

TEST_CASE("a_forgotten_record_goes_when_the_actor_has_said_that_it_has_seen_it") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "counter.add k 5"));
  const EventDraft reset = event_of(b, "counter.reset k");
  CHECK(records(b, {{}, 0, {{ActorId{1}, reset.dot}}, {}}) == 1);
  CHECK(records(b, {{}, 0, {{ActorId{2}, reset.dot}}, {}}) == 0);  // another has seen it
}

TEST_CASE("a_forgotten_record_of_an_actor_that_has_ended_goes_when_it_is_settled") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "counter.add k 5"));
  say(b, "counter.reset k");
  CHECK(records(b, {b.clock(), 0, {}, {ActorId{1}}}) == 1);
  CHECK(records(b, {{{ActorId{1}, 1}}, 0, {}, {ActorId{1}}}) == 0);
  CHECK(records(b, {b.clock(), 0, {}, {ActorId{3}}}) == 0);
}

TEST_CASE("of_several_forgotten_records_of_one_run_all_but_the_greatest_go") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  const EventDraft five = event_of(a, "counter.add k 5");
  b.apply(five);
  c.apply(five);
  const EventDraft six = event_of(a, "counter.add k 1");
  c.apply(six);
  say(b, "counter.reset k");
  say(c, "counter.reset k");
  heal(b, c);
  CHECK(records(b, {}) == 1);
  CHECK(records(c, {}) == 1);
  a.merge_from(b);
  say(a, "counter.add k 2");
  CHECK(say(a, "counter.get k") == "2");
}

TEST_CASE("of_equal_forgotten_records_all_replicas_keep_the_same") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  const EventDraft five = event_of(a, "counter.add k 5");
  b.apply(five);
  c.apply(five);
  say(b, "counter.reset k");
  say(c, "counter.reset k");
  heal(b, c);
  CHECK(records(b, {}) == 1);
  std::vector<EntryView> views;
  const auto all = b.entries().all();
  for (const Entry& entry : all) {
    if (parse_path(entry.path)->part == Part::forgotten)
      views.push_back({entry.path, entry.dot, entry.payload});
  }
  REQUIRE(views.size() == 2);
  const auto never = [](auto...) { return false; };
  const VersionVector nothing;
  const auto seen_by = [&](const Replica& at) {
    return *forgettable(at.entries(), "k", views, {nothing, 0, never, never, at.actor()});
  };
  CHECK(seen_by(b) == seen_by(c));
}

TEST_CASE("an_entry_that_cannot_be_read_is_an_error_and_is_not_forgotten") {
  Replica a(1);
  const auto never = [](auto...) { return false; };
  const VersionVector clock{{ActorId{1}, 9}};
  const SettledFacts facts{clock, ~std::uint64_t{0}, never, never, ActorId{2}};
  for (const Part part : {Part::request, Part::forgotten}) {
    const Bytes path = make_path(EntryType::string, part, "nonsense");
    const std::vector<EntryView> entries{{path, {ActorId{1}, 1}, "nonsense"}};
    const auto dots = forgettable(a.entries(), "k", entries, facts);
    REQUIRE_FALSE(dots);
    CHECK(dots.error().code == ErrorCode::internal);
  }
}
