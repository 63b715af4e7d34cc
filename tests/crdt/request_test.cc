// Exactly once: retries with the same request id, here and in other datacenters.
#include "crdt/request.h"
#include "tests/crdt/dialogue.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::int64_t now_ms = 1'000'000;  // as in say()
constexpr RequestId q{1, 2, now_ms + 60'000};

}  // namespace

TEST_CASE("a_retry_in_another_datacenter_counts_once") {
  Replica e(1);
  Replica u(2);
  say(e, "incrby k 10");
  say(u, "incrby k 4");
  CHECK(say(e, "incr k", q) == "11");
  CHECK(say(u, "incr k", q) == "5");
  heal(e, u);
  CHECK(say(e, "get k") == "15");
  CHECK(say(e, "incr k", q) == "15");
  CHECK(say(e, "incr k") == "16");
}

TEST_CASE("a_reset_that_saw_one_execution_takes_back_the_request") {
  Replica e(1);
  Replica u(2);
  say(e, "incrby k 10");
  say(u, "incrby k 4");
  say(e, "incr k", q);
  say(u, "incr k", q);
  const auto reset = GENERATE("del k", "set k 0");
  say(e, reset);
  heal(e, u);
  CHECK(say(u, "get k") == "4");
}

TEST_CASE("of_three_executions_one_counts_and_after_a_reset_of_one_none") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  for (Replica* replica : {&a, &b, &c}) CHECK(say(*replica, "counter.add k -7", q) == "-7");
  a.merge_from(b);
  heal(a, c);
  CHECK(say(a, "counter.get k") == "-7");
  say(b, "counter.reset k");  // saw its own alone
  heal(a, b);
  CHECK(say(a, "counter.get k") == "0");
}

TEST_CASE("a_reset_that_saw_both_executions_leaves_what_came_after") {
  Replica a(1);
  Replica b(2);
  say(a, "counter.add k 5", q);
  say(b, "counter.add k 5", q);
  heal(a, b);
  const EventDraft more = event_of(b, "counter.add k 2");
  say(a, "counter.reset k");
  a.apply(more);
  CHECK(say(a, "counter.get k") == "2");
}

TEST_CASE("a_reset_that_saw_the_cell_before_the_execution_does_not_forget_it") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "counter.add k 5"));
  const EventDraft reset = event_of(b, "counter.reset k");
  say(a, "counter.add k 1", q);
  say(b, "counter.add k 1", q);
  a.apply(reset);
  heal(a, b);
  CHECK(say(a, "counter.get k") == "1");
}

TEST_CASE("a_coordinator_that_knows_the_request_issues_nothing") {
  Replica a(1);
  CHECK(say(a, "incr k", q) == "1");
  say(a, "incrby k 9");
  const Done again = a.issue({"incr", "k"}, now_ms, q);
  CHECK_FALSE(again.event);
  CHECK(*again.reply == Value(std::int64_t{10}));
}

TEST_CASE("a_deleted_key_still_knows_its_requests") {
  Replica a(1);
  say(a, "incr k", q);
  say(a, "del k");
  CHECK(say(a, "incr k", q) == "0");  // done, and deleted since
  CHECK(say(a, "exists k") == "0");
  say(a, "set k text");
  CHECK(say(a, "incr k", q) == "0");  // done, and overwritten since
  CHECK(say(a, "get k") == "text");
}

TEST_CASE("one_id_on_two_keys_is_two_requests") {
  Replica a(1);
  CHECK(say(a, "incr k", q) == "1");
  CHECK(say(a, "incr l", q) == "1");
}

TEST_CASE("a_retry_after_the_expiry_is_refused") {
  Replica a(1);
  say(a, "incr k", q);
  const Done late = a.issue({"incr", "k"}, q.expires_ms, q);
  CHECK_FALSE(late.event);
  CHECK(late.reply.error().code == ErrorCode::invalid);
  CHECK(late.reply.error().sentence.starts_with("the request id has expired"));
  CHECK(a.issue({"incr", "k"}, q.expires_ms - 1, q).reply.has_value());
}

TEST_CASE("an_expiry_more_than_24_hours_ahead_is_refused") {
  Replica a(1);
  const auto incr = [&](std::int64_t expires_ms) { return say(a, "incr k", RequestId{3, 4, expires_ms}); };
  CHECK(incr(now_ms + request_lifetime_ms_max + 1) ==
        "INVALID: the request id expires too far ahead: at most 24 hours are possible");
  CHECK(incr(INT64_MAX).starts_with("INVALID"));
  CHECK(incr(INT64_MIN).starts_with("INVALID"));
  CHECK(incr(now_ms + request_lifetime_ms_max) == "1");
}

TEST_CASE("an_increment_does_not_scan_the_requests") {
  Replica a(1);
  for (std::uint64_t i = 0; i < 500; ++i) say(a, "incr k", RequestId{9, i, q.expires_ms});
  a.entries().take_visited();
  CHECK(say(a, "incr k", q) == "501");
  CHECK(a.entries().take_visited() < 10);
  CHECK(say(a, "get k") == "501");
  CHECK(a.entries().take_visited() < 10);
}
