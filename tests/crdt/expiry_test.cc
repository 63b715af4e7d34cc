// Expiry, sentence by sentence of rule 14: what an expiry belongs to, which of several counts, who hides, who removes.
#include "crdt/expiry.h"

#include "crdt/execute.h"
#include "crdt/string.h"
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::int64_t t0 = 1'000'000;

/// Says it at this time.
std::string at(Replica& replica, std::int64_t wall_ms, const std::string& line) {
  const Done done = replica.issue(words(line), wall_ms);
  return done.reply ? show(*done.reply) : to_string(done.reply.error());
}
std::size_t entries(const Replica& replica) { return replica.entries().all().size(); }

/// What the janitor would do with key k, knowing this.
EventDraft end_of(Replica& replica, const VersionVector& settled, std::uint64_t settled_ms,
                  std::int64_t wall_ms = t0) {
  EventWriter changes;
  changes.begin(replica.actor());
  const Dot dot{replica.actor(), replica.clock().counter(replica.actor()) + 1};
  const Hlc hlc{(static_cast<std::uint64_t>(wall_ms) << 16U) + 60'000 + dot.counter};
  const Context context{replica.entries(),
                        replica.clock(),
                        dot,
                        hlc,
                        WallTime(std::chrono::milliseconds(wall_ms)),
                        {},
                        1024,
                        changes,
                        "k"};
  const auto never = [](auto...) { return false; };
  CW_CHECK(end_expired(context, {settled, settled_ms, never, never, replica.actor()}).has_value(),
           "it is read");
  Event event;
  changes.finish({dot, replica.clock(), hlc}, event);
  return *draft_of(event.bytes);
}

}  // namespace

TEST_CASE("a_key_of_any_type_is_there_until_its_time_and_gone_from_then_on") {
  const auto [write, read, there, gone] = GENERATE(table<std::string, std::string, std::string, std::string>(
      {{"set k v", "get k", "v", "(nil)"},
       {"incrby k 5", "get k", "5", "(nil)"},
       {"counter.add k 5", "counter.get k", "5", "0"},
       {"reg.set k v", "reg.get k", "v", "(nil)"},
       {"sadd k m", "smembers k", "m", ""}}));
  Replica a(1);
  say(a, write);
  CHECK(say(a, "pexpire k 500") == "1");
  CHECK(at(a, t0 + 499, read) == there);
  CHECK(at(a, t0 + 499, "pttl k") == "1");
  CHECK(at(a, t0 + 500, read) == gone);
  CHECK(at(a, t0 + 500, "exists k") == "0");
  CHECK(at(a, t0 + 500, "type k") == "none");
  CHECK(at(a, t0 + 500, "pttl k") == "-2");
  CHECK(at(a, t0 + 499, read) == there);  // readers hide, and remove nothing
}

TEST_CASE("each_reader_hides_by_its_own_clock") {
  Replica a(1);
  Replica ahead(2, 300);
  say(a, "set k v");
  say(a, "pexpire k 500");
  heal(a, ahead);
  CHECK(at(a, t0 + 250, "get k") == "v");
  CHECK(at(ahead, t0 + 250, "get k") == "(nil)");
}

TEST_CASE("a_set_that_saw_the_expiry_ends_it_and_keepttl_keeps_it") {
  Replica a(1);
  say(a, "set k v px 500");
  CHECK(say(a, "pttl k") == "500");
  say(a, "set k w keepttl");
  CHECK(say(a, "pttl k") == "500");
  CHECK(at(a, t0 + 500, "get k") == "(nil)");
  say(a, "set k w");
  CHECK(say(a, "pttl k") == "-1");
  CHECK(at(a, t0 + 500, "get k") == "w");
  CHECK(entries(a) == 2);  // the marker and the value
}

TEST_CASE("a_set_that_did_not_see_the_expiry_is_not_expired_by_it") {
  Replica a(1);
  Replica b(2);
  say(a, "set k old");
  heal(a, b);
  say(a, "pexpire k 500");
  say(b, "set k new");
  heal(a, b);
  for (Replica* const replica : {&a, &b}) {
    CHECK(say(*replica, "pttl k") == "-1");
    CHECK(at(*replica, t0 + 9000, "get k") == "new");
  }
}

TEST_CASE("what_adds_to_a_value_that_expires_expires_with_it") {
  Replica a(1);
  Replica b(2);
  say(a, "sadd k m");
  heal(a, b);
  say(a, "pexpire k 500");
  say(b, "sadd k n");
  heal(a, b);
  CHECK(say(b, "sadd k o") == "1");
  CHECK(say(b, "smembers k") == "m n o");
  CHECK(at(b, t0 + 500, "smembers k") == "");
}

TEST_CASE("increments_and_an_expiry_do_not_disturb_each_other") {
  Replica a(1);
  Replica b(2);
  const auto base = GENERATE("set k 10", "incrby k 10");
  say(a, base);
  heal(a, b);
  say(a, "pexpire k 500");
  say(a, "incr k");
  say(b, "incr k");
  heal(a, b);
  CHECK(say(a, "get k") == "12");
  CHECK(say(a, "pttl k") == "500");
  CHECK(at(a, t0 + 500, "get k") == "(nil)");
}

TEST_CASE("of_concurrent_expiries_the_longest_counts_and_of_later_ones_the_last") {
  Replica a(1);
  Replica b(2);
  say(a, "set k v");
  heal(a, b);
  say(a, "pexpire k 500");
  say(b, "pexpire k 900");
  heal(a, b);
  CHECK(say(a, "pttl k") == "900");
  CHECK(say(b, "pttl k") == "900");
  say(a, "pexpire k 100");
  CHECK(say(a, "pttl k") == "100");
}

TEST_CASE("persist_counts_over_all_that_it_did_not_see") {
  Replica a(1);
  Replica b(2);
  say(a, "set k v px 500");
  heal(a, b);
  CHECK(say(a, "persist k") == "1");
  say(b, "pexpire k 9000");
  heal(a, b);
  for (Replica* const replica : {&a, &b}) {
    CHECK(say(*replica, "ttl k") == "-1");
    CHECK(at(*replica, t0 + 10'000, "get k") == "v");
    CHECK(say(*replica, "persist k") == "0");
  }
  say(b, "pexpire k 700");  // it has seen it
  CHECK(say(b, "pttl k") == "700");
}

TEST_CASE("concurrent_values_expire_when_the_last_of_them_does") {
  Replica a(1);
  Replica b(2);
  say(a, "set k v px 500");
  say(b, "set k w px 800");
  heal(a, b);
  CHECK(say(a, "pttl k") == "800");
  CHECK(at(a, t0 + 600, "exists k") == "1");
  CHECK(at(a, t0 + 800, "exists k") == "0");
}

TEST_CASE("an_operation_on_a_hidden_object_removes_it_in_its_own_event_and_begins_anew") {
  const auto [write, again, read, value] = GENERATE(table<std::string, std::string, std::string, std::string>(
      {{"set k 7", "incr k", "get k", "1"},
       {"incrby k 7", "incr k", "get k", "1"},
       {"set k v", "sadd k n", "smembers k", "n"},
       {"counter.add k 7", "counter.add k 2", "counter.get k", "2"},
       {"sadd k m", "sadd k n", "smembers k", "n"},
       {"sadd k m", "set k v keepttl", "get k", "v"},
       {"reg.set k v", "reg.set k w", "reg.get k", "w"}}));
  Replica a(1);
  Replica b(2);
  say(a, write);
  say(a, "pexpire k 500");
  heal(a, b);
  const std::uint64_t before = b.clock().counter(b.actor());
  at(b, t0 + 500, again);
  CHECK(b.clock().counter(b.actor()) == before + 1);
  heal(a, b);
  for (Replica* const replica : {&a, &b}) {
    CHECK(at(*replica, t0 + 501, read) == value);
    CHECK(at(*replica, t0 + 100, read) == value);  // also where it is not yet so late
    CHECK(at(*replica, t0 + 501, "pttl k") == "-1");
    CHECK(at(*replica, t0 + 99'999, read) == value);
  }
}

TEST_CASE("what_finds_nothing_to_change_in_a_hidden_object_issues_nothing") {
  Replica a(1);
  say(a, "sadd k m");
  say(a, "pexpire k 500");
  for (const auto* line : {"srem k m", "del k", "pexpire k 9", "persist k", "getdel k", "getex k"}) {
    const Done done = a.issue(words(line), t0 + 500);
    CHECK_FALSE(done.event);
    CHECK((done.reply && (show(*done.reply) == "0" || show(*done.reply) == "(nil)")));
  }
}

TEST_CASE("increments_that_the_removal_of_a_hidden_object_did_not_see_count_exactly") {
  Replica a(1);
  Replica b(2);
  say(a, "counter.add k 5");
  say(a, "pexpire k 500");
  heal(a, b);
  at(a, t0 + 400, "counter.add k 1");
  at(b, t0 + 600, "counter.add k 2");  // over the removal of 5
  heal(a, b);
  CHECK(at(a, t0 + 600, "counter.get k") == "3");
  CHECK(at(b, t0 + 600, "counter.get k") == "3");
}

TEST_CASE("a_request_that_was_executed_before_the_key_expired_is_not_executed_again") {
  Replica a(1);
  const RequestId q{1, 2, t0 + 60'000};
  say(a, "incrby k 5", q);
  say(a, "pexpire k 500");
  const Done again = a.issue(words("incrby k 5"), t0 + 600, q);
  CHECK_FALSE(again.event);
  CHECK(show(*again.reply) == "0");
}

TEST_CASE("an_expiry_that_is_overtaken_by_a_removal_does_not_come_upon_what_is_created_next") {
  Replica a(1);
  Replica b(2);
  say(a, "sadd k m");
  heal(a, b);
  say(a, "pexpire k 500");
  say(b, "del k");
  say(b, "sadd k n");
  heal(a, b);
  CHECK(say(a, "pttl k") == "-1");
  CHECK(at(a, t0 + 9000, "smembers k") == "n");
}

TEST_CASE("the_expiry_goes_when_the_last_member_does") {
  Replica a(1);
  say(a, "sadd k m");
  say(a, "pexpire k 500");
  say(a, "srem k m");
  CHECK(entries(a) == 0);
  say(a, "counter.add k 1");
  say(a, "pexpire k 500");
  say(a, "counter.reset k");
  CHECK(entries(a) == 0);
}

TEST_CASE("an_expiry_follows_a_value_that_is_written_anew_by_what_builds_on_it") {
  static const auto append = [](const Context& context, Arguments arguments, Value& reply) -> Result<void> {
    reply = Nil{};
    StringState string;
    CW_TRY_VOID(read_string_object(context, "APPEND", string));
    const Bytes longer = (string.exists() ? string.siblings.front().value : Bytes()) + Bytes(arguments[2]);
    return set_string(context, context.place(EntryType::string), longer);
  };
  const Command command{"append", "key value", 3, Access::write, true, "string", "Appends.", append};
  Replica a(1);
  say(a, "set k v px 500");
  EventWriter changes;
  changes.begin(a.actor());
  const Dot dot{a.actor(), 2};
  const Hlc hlc{a.hlc().value + 1};
  const Context context{a.entries(), a.clock(), dot,     hlc, WallTime(std::chrono::milliseconds(t0)),
                        {},          1024,      changes, "k"};
  Value reply;
  const std::vector<BytesView> arguments{"append", "k", "w"};
  REQUIRE(execute(command, context, arguments, reply));
  Event event;
  changes.finish({dot, {}, hlc}, event);
  a.apply(*draft_of(event.bytes));
  CHECK(say(a, "get k") == "vw");
  CHECK(say(a, "pttl k") == "500");
  CHECK(at(a, t0 + 500, "get k") == "(nil)");
}

TEST_CASE("an_object_that_a_delete_left_without_its_marker_can_expire_too") {
  Replica a(1);
  Replica b(2);
  say(a, "incr k");
  heal(a, b);
  say(a, "del k");
  say(b, "incr k");
  heal(a, b);
  CHECK(say(a, "get k") == "1");
  CHECK(say(a, "pexpire k 500") == "1");
  CHECK(say(a, "pttl k") == "500");
  heal(a, b);
  CHECK(at(b, t0 + 500, "get k") == "(nil)");
}

TEST_CASE("an_object_is_removed_when_its_end_is_settled_and_leaves_nothing") {
  Replica a(1);
  say(a, "sadd k m n");
  say(a, "pexpire k 500");
  const EventDraft end = end_of(a, a.clock(), t0 + 500);
  a.apply(end);
  CHECK(entries(a) == 0);
}

TEST_CASE("no_object_is_removed_before_all_clocks_that_are_known_have_passed_its_end") {
  Replica a(1);
  say(a, "sadd k m n");
  say(a, "pexpire k 500");
  CHECK(end_of(a, a.clock(), t0 + 499, t0 + 9000).mutations.empty());  // its own says otherwise
  CHECK(end_of(a, {{a.actor(), 1}}, t0 + 500).mutations.empty());      // somebody may not know of the expiry
}

TEST_CASE("an_extension_that_was_accepted_elsewhere_is_not_lost") {
  Replica a(1);
  Replica b(2);
  say(a, "set k v px 500");
  heal(a, b);
  at(b, t0 + 400, "pexpire k 9000");
  // Nothing is settled at a by clocks of after the end of which a does not know, as long as it has not heard of b's.
  CHECK(end_of(a, {}, t0 + 500).mutations.empty());
  heal(a, b);
  CHECK(end_of(a, a.clock(), t0 + 500).mutations.empty());
  CHECK(at(a, t0 + 9000, "get k") == "v");
  a.apply(end_of(a, a.clock(), t0 + 9400));
  CHECK(entries(a) == 0);
}

TEST_CASE("expiries_that_say_nothing_any_more_are_forgotten") {
  Replica a(1);
  Replica b(2);
  say(a, "set k v");
  heal(a, b);
  say(a, "pexpire k 500");
  say(b, "set k w");
  heal(a, b);
  const std::size_t before = entries(a);
  a.apply(end_of(a, {}, 0));  // what it was set on is gone, whatever is settled
  CHECK(entries(a) == before - 1);
  CHECK(say(a, "get k") == "w");
}

TEST_CASE("a_persist_is_forgotten_once_nothing_it_counts_over_can_arrive") {
  Replica a(1);
  Replica b(2);
  say(a, "set k v px 500");
  heal(a, b);
  say(a, "persist k");
  say(b, "pexpire k 700");
  heal(a, b);
  CHECK(end_of(a, {{b.actor(), 1}}, t0).mutations.empty());
  a.apply(end_of(a, a.clock(), t0));
  CHECK(entries(a) == 2);
  CHECK(say(a, "pttl k") == "-1");
}

TEST_CASE("reading_a_large_hidden_object_does_not_read_its_members") {
  Replica a(1);
  std::string line = "sadd k";
  for (int i = 0; i < 500; ++i) line += " m" + std::to_string(i);
  say(a, line);
  say(a, "pexpire k 500");
  a.entries().take_visited();
  CHECK(at(a, t0 + 500, "smembers k") == "");
  CHECK(a.entries().take_visited() < 10);
}

TEST_CASE("an_expiry_that_cannot_be_read_is_an_error") {
  Replica a(1);
  say(a, "set k v");
  EventDraft event{{ActorId{2}, 1}, a.clock(), Hlc{a.hlc().value + 1}, {}, {}};
  event.mutations.emplace_back(Update{"k", make_path(EntryType::expiry, Part::value), Bytes("bad"), {}});
  a.apply(event);
  CHECK(say(a, "get k").starts_with("INTERNAL"));
}
