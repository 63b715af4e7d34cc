// Registers with siblings, and the strings that stand on them.
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("concurrent_writes_are_all_kept_and_the_highest_stamp_is_read") {
  Replica a(1, 100);  // its clock is ahead
  Replica b(2);
  say(a, "reg.set k first");
  say(b, "reg.set k second");
  heal(a, b);
  CHECK(say(b, "reg.get k") == "first");
  CHECK(say(b, "siblings k") == "first second");
}

TEST_CASE("a_write_replaces_all_that_it_saw_whatever_the_clocks_say") {
  Replica a(1, 1'000'000);
  Replica b(2);
  say(a, "reg.set k ahead");
  say(b, "reg.set k behind");
  heal(a, b);
  say(b, "reg.set k last");
  heal(a, b);
  CHECK(say(a, "siblings k") == "last");
}

TEST_CASE("ties_do_not_depend_on_the_order_of_merges") {
  Replica a(1);
  Replica b(2);
  Replica c(3);
  for (Replica* replica : {&a, &b, &c}) say(*replica, "set k by-" + std::to_string(replica->actor().value));
  Replica left(4);
  Replica right(5);
  for (const Replica* from : {&a, &b, &c}) left.merge_from(*from);
  for (const Replica* from : {&c, &a, &b}) right.merge_from(*from);
  CHECK(say(left, "siblings k") == "by-3 by-2 by-1");
  CHECK(say(right, "siblings k") == "by-3 by-2 by-1");
  CHECK(left.entries().all() == right.entries().all());
}

TEST_CASE("an_increment_concurrent_with_a_set_adds_to_what_was_set") {
  Replica a(1);
  Replica b(2);
  say(a, "set k 3");
  b.merge_from(a);
  say(a, "set k 10");
  CHECK(say(b, "incr k") == "4");
  heal(a, b);
  CHECK(say(a, "get k") == "11");
  CHECK(say(a, "siblings k") == "11");
}

TEST_CASE("a_text_hides_concurrent_increments_until_a_number_replaces_it") {
  Replica a(1);
  Replica b(2);
  say(a, "incrby k 5");
  b.merge_from(a);
  say(a, "set k text");
  say(b, "incr k");
  heal(a, b);
  CHECK(say(b, "get k") == "text");
  CHECK(say(b, "incr k").starts_with("WRONG_TYPE"));
  say(b, "set k 7");
  CHECK(say(b, "get k") == "7");
  CHECK(say(b, "incr k") == "8");
}

TEST_CASE("siblings_of_a_string_read_as_if_they_had_won") {
  Replica a(1, 1);
  Replica b(2);
  say(a, "set k 10");
  say(b, "set k word");
  say(b, "set other 1");
  Replica c(3);
  say(c, "incrby k 2");
  heal(a, b);
  heal(a, c);
  CHECK(say(a, "get k") == "12");
  CHECK(say(a, "siblings k") == "12 word");
}
