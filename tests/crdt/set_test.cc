// Add-wins sets.
#include "tests/crdt/dialogue.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("the_re_add_wins_over_a_concurrent_remove") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "sadd s m"));
  const EventDraft removal = event_of(b, "srem s m");
  const EventDraft again = event_of(a, "sadd s m");
  a.apply(removal);
  b.apply(again);
  CHECK(say(a, "smembers s") == "m");
  CHECK(say(b, "smembers s") == "m");
}

TEST_CASE("a_late_removal_does_not_remove_what_it_did_not_see") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  const EventDraft first = event_of(a, "sadd s m");
  b.apply(first);
  const EventDraft removal = event_of(b, "srem s m");
  const EventDraft second = event_of(c, "sadd s m");
  c.apply(first);
  c.apply(removal);
  CHECK(say(c, "smembers s") == "m");
  a.apply(second);
  a.apply(removal);
  CHECK(say(a, "smembers s") == "m");
  CHECK(a.entries().all() == c.entries().all());
}

TEST_CASE("a_removed_member_does_not_come_back_from_a_stale_replica") {
  Replica a(1);
  Replica stale(2);
  stale.apply(event_of(a, "sadd s m n"));
  say(a, "srem s m");
  a.merge_from(stale);
  CHECK(say(a, "smembers s") == "n");
  stale.merge_from(a);
  CHECK(say(stale, "smembers s") == "n");
}

TEST_CASE("concurrent_adds_make_one_member_and_one_remove_takes_both") {
  Replica a(1);
  Replica b(2);
  say(a, "sadd s m");
  say(b, "sadd s m");
  heal(a, b);
  CHECK(say(a, "scard s") == "1");
  CHECK(say(a, "smembers s") == "m");
  CHECK(say(a, "srem s m") == "1");
  heal(a, b);
  CHECK(say(b, "smembers s").empty());
}

TEST_CASE("a_member_may_be_any_bytes") {
  Replica a(1);
  const Bytes odd("\0\xff m", 4);
  CHECK(a.issue({"sadd", "s", odd, Bytes(), odd + "x"}).reply == Value(std::int64_t{3}));
  CHECK(a.issue({"srem", "s", odd}).reply == Value(std::int64_t{1}));
  CHECK(*a.issue({"smembers", "s"}).reply == Value(Value::Array{Bytes(), odd + "x"}));
}

TEST_CASE("an_add_of_too_many_members_is_refused_as_a_whole") {
  Replica a(1);
  std::vector<Bytes> arguments{"sadd", "s"};
  for (std::size_t i = 0; i < CodecLimits::mutations_max; ++i) arguments.push_back(std::to_string(i));
  const Done done = a.issue(arguments);
  REQUIRE_FALSE(done.reply.has_value());
  CHECK(done.reply.error().code == ErrorCode::too_large);
  arguments.pop_back();  // the type marker needs one
  CHECK(a.issue(arguments).event.has_value());
}
