// What a key holds: types in conflict, deletes, existence.
#include "tests/crdt/dialogue.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("of_types_in_conflict_the_newest_marker_decides_and_the_other_stays_hidden") {
  Replica a(1);
  Replica b(2, 100);
  say(a, "set k text");
  say(b, "sadd k m");
  heal(a, b);
  CHECK(say(a, "type k") == "set");
  CHECK(say(a, "get k") == "WRONG_TYPE: the key holds a set, and GET works on a string");
  say(a, "srem k m");
  CHECK(say(a, "type k") == "string");
  CHECK(say(a, "get k") == "text");
}

TEST_CASE("the_marker_of_a_type_that_is_gone_does_not_decide") {
  Replica a(1, 300);
  Replica b(2, 100);
  Replica c(3, 200);
  say(a, "sadd k m");
  say(b, "reg.set k v");
  say(c, "counter.add k 1");
  heal(a, b);
  heal(a, c);
  CHECK(say(a, "type k") == "set");
  say(a, "srem k m");
  CHECK(say(a, "type k") == "counter");
}

TEST_CASE("without_a_marker_of_a_present_type_the_lowest_number_decides") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  const EventDraft add = event_of(a, "counter.add k 1");
  b.apply(add);
  c.apply(add);
  const EventDraft more = event_of(a, "counter.add k 2");
  const EventDraft deletion = event_of(b, "del k");  // takes the marker, but not what `more` added
  b.apply(more);
  CHECK(say(b, "type k") == "counter");
  CHECK(say(b, "counter.get k") == "2");
  // The same for a set: its member survives, its marker does not.
  Replica d(4);
  const EventDraft first = event_of(d, "sadd k m");
  Replica e(5);
  e.apply(first);
  const EventDraft second = event_of(d, "sadd k n");
  say(e, "del k");
  heal(d, e);
  CHECK(say(d, "smembers k") == "n");
  heal(b, d);
  CHECK(say(b, "type k") == "counter");
  CHECK(say(b, "del k") == "1");  // what is hidden goes, too
  CHECK(say(b, "type k") == "none");
}

TEST_CASE("a_set_over_another_type_removes_what_it_saw_and_no_more") {
  Replica a(1);
  Replica b(2);
  say(a, "counter.add k 5");
  b.merge_from(a);
  say(a, "set k text");
  say(b, "counter.add k 1");
  heal(a, b);
  CHECK(say(a, "get k") == "text");
  say(a, "del k");
  CHECK(say(b, "counter.add k 1").starts_with("WRONG_TYPE"));
  heal(a, b);
  CHECK(say(b, "type k") == "none");
  CHECK(say(b, "counter.add k 1") == "1");
}

TEST_CASE("a_delete_spares_what_it_did_not_see") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "sadd k m"));
  const EventDraft deletion = event_of(b, "del k");
  say(a, "sadd k n");
  a.apply(deletion);
  CHECK(say(a, "smembers k") == "n");
  CHECK(say(a, "exists k") == "1");
}

TEST_CASE("a_deleted_key_costs_nothing_where_nothing_was_counted") {
  Replica a(1);
  say(a, "set k text");
  say(a, "sadd s m n o");
  say(a, "reg.set r v");
  say(a, "del k");
  say(a, "srem s m n o");
  say(a, "del r");
  CHECK(a.entries().all().empty());
}

TEST_CASE("a_delete_is_of_constant_size_whatever_the_members") {
  Replica a(1);
  std::vector<Bytes> add{"sadd", "k"};
  for (int i = 0; i < 1000; ++i) add.push_back(std::to_string(i));
  a.issue(add);
  CHECK(encode_event(event_of(a, "del k")).size() < 64);
}

TEST_CASE("an_event_that_comes_too_early_is_not_ready") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  const EventDraft first = event_of(a, "sadd k m");
  b.apply(first);
  const EventDraft second = event_of(b, "srem k m");
  CHECK(second.deps == VersionVector{{ActorId(1), 1}});
  CHECK_FALSE(c.is_ready_for(second));
  c.apply(first);
  CHECK(c.is_ready_for(second));
  CHECK(event_of(b, "sadd k n").deps.empty());  // nothing of others moved since
}
