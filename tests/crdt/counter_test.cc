// Counters, and strings used as counters: exact resets, 64 bits.
#include "crdt/counter.h"
#include "tests/crdt/dialogue.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

const char* const max_text = "9223372036854775807";

CounterState state_of(const Replica& replica, EntryType type = EntryType::counter) {
  CounterState state;
  const auto read = read_whole_counter(replica.entries(), place_of("k", type), state);
  REQUIRE(read);
  return state;
}

}  // namespace

TEST_CASE("increment_5_then_reset_concurrent_with_increment_1_reads_1") {
  struct Variant {
    const char* add;
    const char* one;
    const char* reset;
    const char* get;
  };
  const auto variant = GENERATE(
      Variant{"counter.add k 5", "counter.add k 1", "counter.reset k", "counter.get k"},
      Variant{"counter.add k 5", "counter.add k 1", "del k", "counter.get k"},
      Variant{"incrby k 5", "incr k", "del k", "get k"}, Variant{"incrby k 5", "incr k", "set k 0", "get k"});
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, variant.add));
  const EventDraft reset = event_of(b, variant.reset);
  const EventDraft one = event_of(a, variant.one);
  a.apply(reset);
  b.apply(one);
  CHECK(say(a, variant.get) == "1");
  CHECK(say(b, variant.get) == "1");
  CHECK(a.entries().all() == b.entries().all());
}

TEST_CASE("a_cell_goes_on_past_a_delete_that_did_not_see_it_all") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "counter.add k 5"));
  const EventDraft deletion = event_of(b, "del k");
  const EventDraft sixth = event_of(a, "counter.add k 1");
  a.apply(deletion);
  b.apply(sixth);
  const CellId cell{Sign::plus, ActorId(1), 1};
  CHECK(state_of(a).cell(cell) == 6U);
  CHECK(state_of(a).forgot(cell) == 5U);
  CHECK(say(a, "counter.get k") == "1");
  CHECK(say(a, "counter.add k 1") == "2");
  CHECK(state_of(a).cell(cell) == 7U);
}

TEST_CASE("a_run_starts_after_a_delete_that_saw_it_all") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "counter.add k 5"));
  for (int i = 0; i < 7; ++i) say(a, "set other x");
  Replica aside(3);
  b.merge_from(a);
  a.apply(event_of(b, "del k"));
  CHECK(say(a, "exists k") == "0");
  CHECK(state_of(a).forgot({Sign::plus, ActorId(1), 1}) == 5U);
  CHECK(say(a, "counter.add k 1") == "1");
  CHECK(state_of(a).cell({Sign::plus, ActorId(1), 9}) == 1U);
  CHECK(state_of(a).forgotten.empty());  // whose cell it was removes the record
}

TEST_CASE("delete_then_increment_by_1_reads_1") {
  Replica a(1);
  CHECK(say(a, "incrby k 41") == "41");
  CHECK(say(a, "del k") == "1");
  CHECK(say(a, "get k") == "(nil)");
  CHECK(say(a, "incr k") == "1");
  CHECK(say(a, "get k") == "1");
}

TEST_CASE("concurrent_resets_forget_once") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  const EventDraft five = event_of(a, "counter.add k 5");
  b.apply(five);
  c.apply(five);
  const EventDraft reset_b = event_of(b, "counter.reset k");
  const EventDraft reset_c = event_of(c, "del k");
  say(a, "counter.add k 1");
  a.apply(reset_b);
  a.apply(reset_c);
  CHECK(say(a, "counter.get k") == "1");
}

TEST_CASE("counting_and_deleting_over_and_over_costs_nothing") {
  Replica a(1);
  Replica b(2);
  for (int i = 0; i < 20; ++i) {
    say(a, "incr k");
    CHECK(encode_event(event_of(a, "del k")).size() < 64);
  }
  CHECK(a.entries().all().empty());
  b.merge_from(a);
  for (int i = 0; i < 20; ++i) {
    b.apply(event_of(a, "incr k"));
    a.apply(event_of(b, "del k"));
  }
  CHECK(a.entries().all().size() == 1);  // a's last run, until a counts again
}

TEST_CASE("of_several_forgotten_records_the_greatest_counts_and_the_owner_s_reset_removes_them") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  const EventDraft five = event_of(a, "counter.add k 5");
  b.apply(five);
  c.apply(five);
  const EventDraft three = event_of(a, "counter.add k 3");
  (GENERATE(false, true) ? b : c).apply(three);
  const EventDraft reset_b = event_of(b, "counter.reset k");  // one saw 5, the other 8
  const EventDraft reset_c = event_of(c, "counter.reset k");
  say(a, "counter.add k 1");
  a.apply(reset_c);
  a.apply(reset_b);
  CHECK(state_of(a).forgotten.size() == 2);
  CHECK(say(a, "counter.get k") == "1");
  say(a, "counter.reset k");
  CHECK(state_of(a).forgotten.empty());
}

TEST_CASE("increments_and_decrements_are_forgotten_apart") {
  Replica a(1);
  Replica b(2);
  say(a, "counter.add k 5");
  say(a, "counter.add k -2");
  b.merge_from(a);
  const EventDraft reset = event_of(b, "counter.reset k");
  say(a, "counter.add k -4");
  a.apply(reset);
  CHECK(say(a, "counter.get k") == "-4");
}

TEST_CASE("a_64_bit_value_is_not_narrowed") {
  Replica a(1);
  Replica b(2);
  CHECK(say(a, "incrby k 5000000000") == "5000000000");
  say(b, "decrby k 9000000000000000000");
  heal(a, b);
  CHECK(say(a, "get k") == "-8999999995000000000");
  CHECK(say(b, "counter.add c -9223372036854775808") == "-9223372036854775808");
  CHECK(say(b, "counter.get c") == "-9223372036854775808");
}

TEST_CASE("overflow_is_refused_where_it_is_issued") {
  Replica a(1);
  CHECK(say(a, std::string("set k ") + max_text) == "OK");
  CHECK(say(a, "incr k") == "INVALID: increment or decrement would overflow");
  CHECK(say(a, "get k") == max_text);
  CHECK(say(a, "decrby k -9223372036854775808") == "INVALID: decrement would overflow");
  CHECK(say(a, "counter.add c -9223372036854775808") == "-9223372036854775808");
  CHECK(say(a, "counter.add c -1") == "INVALID: increment or decrement would overflow");
}

TEST_CASE("overflow_saturates_where_a_merge_causes_it_and_comes_back") {
  Replica a(1);
  Replica b(2);
  say(a, std::string("incrby k ") + max_text);
  say(b, "incrby k 10");
  heal(a, b);
  CHECK(say(a, "get k") == max_text);
  CHECK(say(a, "incr k") == "INVALID: increment or decrement would overflow");
  CHECK(say(a, "decrby k 3") == max_text);  // the sum is 7 above still
  CHECK(say(a, "decrby k 8") == "9223372036854775806");
}

TEST_CASE("a_full_cell_begins_a_new_run") {
  Replica a(1);
  for (int i = 0; i < 5; ++i) {
    CHECK(say(a, std::string("counter.add k ") + max_text) == max_text);
    CHECK(say(a, std::string("counter.add k -") + max_text) == "0");
  }
  CHECK(state_of(a).cells.size() == 6);  // of 64 bits each holds two
  CHECK(say(a, "counter.add k 3") == "3");
  Replica b(2);
  b.merge_from(a);
  const EventDraft reset = event_of(b, "counter.reset k");
  say(a, "counter.add k 4");
  a.apply(reset);
  CHECK(say(a, "counter.get k") == "4");
}
