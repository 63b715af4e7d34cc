// Lists: what their commands answer, and what becomes of concurrent ones. tests/crdt/list_laws_test.cc has the schedules.
#include "tests/crdt/dialogue.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

std::string items(Replica& at) { return say(at, "lrange l 0 -1"); }

}  // namespace

TEST_CASE("lists_are_pushed_and_popped_as_in_redis") {
  Replica a(1);
  CHECK(say(a, "rpush l c d") == "2");
  CHECK(say(a, "lpush l b a") == "4");
  CHECK(items(a) == "a b c d");
  CHECK(say(a, "llen l") == "4");
  CHECK(say(a, "lpop l") == "a");
  CHECK(say(a, "rpop l 2") == "d c");
  CHECK(*a.issue({"lpop", "l", "0"}).reply == Value(Value::Array()));
  CHECK(*a.issue({"lpop", "l", "5"}).reply == Value(Value::Array{Bytes("b")}));
  CHECK(say(a, "exists l") == "0");
  CHECK(a.entries().all().empty());  // the marker went with the last item
  CHECK(say(a, "lpop l") == "(nil)");
  CHECK(say(a, "rpop l 1") == "(nil)");
  CHECK(say(a, "lpushx l a") == "0");
  CHECK(say(a, "rpushx l a") == "0");
  CHECK(say(a, "rpush l a") == "1");
  CHECK(say(a, "type l") == "list");
  CHECK(say(a, "rpushx l c") == "2");
  CHECK(say(a, "lpushx l y z") == "4");
  CHECK(items(a) == "z y a c");
}

TEST_CASE("items_are_read_and_set_by_index_as_in_redis") {
  Replica a(1);
  CHECK(say(a, "lset l 0 x") == "INVALID: no such key");
  say(a, "rpush l a b c d e");
  CHECK(say(a, "lindex l 0") == "a");
  CHECK(say(a, "lindex l -1") == "e");
  CHECK(say(a, "lindex l 5") == "(nil)");
  CHECK(say(a, "lindex l -6") == "(nil)");
  CHECK(say(a, "lrange l 1 3") == "b c d");
  CHECK(say(a, "lrange l -2 100") == "d e");
  CHECK(say(a, "lrange l -100 1") == "a b");
  CHECK(say(a, "lrange l 3 2").empty());
  CHECK(say(a, "lrange l 5 9").empty());
  CHECK(say(a, "lrange none 0 -1").empty());
  CHECK(say(a, "lset l -2 D") == "OK");
  CHECK(say(a, "lset l 5 x") == "INVALID: index out of range");
  CHECK(say(a, "lset l -6 x") == "INVALID: index out of range");
  CHECK(say(a, "ltrim l 1 -2") == "OK");
  CHECK(items(a) == "b c D");
  CHECK(say(a, "ltrim l -100 100") == "OK");
  CHECK(items(a) == "b c D");
  CHECK(say(a, "ltrim l 2 1") == "OK");
  CHECK(a.entries().all().empty());
  CHECK(say(a, "ltrim l 0 1") == "OK");
}

TEST_CASE("items_are_found_by_value_as_in_redis") {
  Replica a(1);
  CHECK(say(a, "linsert l before a b") == "0");
  say(a, "rpush l a b c 1 2 3 c c");
  CHECK(say(a, "lpos l c") == "2");
  CHECK(say(a, "lpos l c RANK 2") == "6");
  CHECK(say(a, "lpos l c rank -1") == "7");
  CHECK(say(a, "lpos l c COUNT 2") == "2 6");
  CHECK(say(a, "lpos l c COUNT 0 RANK -2") == "6 2");
  CHECK(say(a, "lpos l c COUNT 0 MAXLEN 7") == "2 6");
  CHECK(say(a, "lpos l c MAXLEN 2") == "(nil)");
  CHECK(say(a, "lpos l x") == "(nil)");
  CHECK(*a.issue({"lpos", "l", "x", "COUNT", "1"}).reply == Value(Value::Array()));
  CHECK(say(a, "linsert l BEFORE c x") == "9");
  CHECK(say(a, "linsert l after c y") == "10");
  CHECK(say(a, "linsert l after none z") == "-1");
  CHECK(items(a) == "a b x c y 1 2 3 c c");
  CHECK(say(a, "lrem l -1 c") == "1");
  CHECK(items(a) == "a b x c y 1 2 3 c");
  CHECK(say(a, "lrem l 1 c") == "1");
  CHECK(items(a) == "a b x y 1 2 3 c");
  CHECK(say(a, "lrem l 5 none") == "0");
  say(a, "rpush n m m m");
  CHECK(say(a, "lrem n 0 m") == "3");
  CHECK(say(a, "exists n") == "0");
  CHECK(say(a, "lrem n 0 m") == "0");
}

TEST_CASE("texts_are_edited_by_index") {
  Replica a(1);
  CHECK(say(a, "list.insert t 0 h o") == "2");
  CHECK(say(a, "list.insert t 1 e l l") == "5");
  CHECK(say(a, "list.insert t -1 !") == "6");
  CHECK(say(a, "lrange t 0 -1") == "h e l l o !");
  CHECK(say(a, "list.insert t 7 x") == "INVALID: index out of range");
  CHECK(say(a, "list.insert t -8 x") == "INVALID: index out of range");
  CHECK(say(a, "list.remove t 2 2") == "2");
  CHECK(say(a, "list.remove t -1") == "1");
  CHECK(say(a, "lrange t 0 -1") == "h e o");
  CHECK(say(a, "list.remove t 3") == "0");
  CHECK(say(a, "list.remove t 1 100") == "2");
  CHECK(say(a, "lrange t 0 -1") == "h");
}

TEST_CASE("wrong_arguments_of_lists_answer_in_the_words_of_redis") {
  Replica a(1);
  say(a, "rpush l a");
  say(a, "set s text");
  const auto sentence = [&](const std::string& line) {
    const Done done = a.issue(words(line));
    return done.reply ? show(*done.reply) : done.reply.error().sentence;
  };
  CHECK(sentence("lpop l -1") == "value is out of range, must be positive");
  CHECK(sentence("lpop l x") == "value is out of range, must be positive");
  CHECK(sentence("lpop l 1 2") == "wrong number of arguments for 'lpop' command");
  CHECK(sentence("lindex l x") == "value is not an integer or out of range");
  CHECK(sentence("lrange l 0 x") == "value is not an integer or out of range");
  CHECK(sentence("linsert l beside a b") == "syntax error");
  CHECK(sentence("lpos l a RANK") == "syntax error");
  CHECK(sentence("lpos l a SKIP 1") == "syntax error");
  CHECK(sentence("lpos l a RANK 0").starts_with("RANK can't be zero: use 1 to start from the first match"));
  CHECK(sentence("lpos l a COUNT -1") == "COUNT can't be negative");
  CHECK(sentence("lpos l a MAXLEN x") == "MAXLEN can't be negative");
  CHECK(sentence("lpos l a RANK -9223372036854775808").starts_with("value is out of range"));
  CHECK(sentence("llen s") == "the key holds a string, and LLEN works on a list");
  CHECK(sentence("rpush s a") == "the key holds a string, and RPUSH works on a list");
  CHECK(sentence("get l") == "the key holds a list, and GET works on a string");
  CHECK(a.issue({"rpush", "l", "a", Bytes(1025, 'v')}).reply.error().code == ErrorCode::too_large);
  CHECK(sentence("blpop l 0").starts_with("blocking commands are not available"));
  CHECK(sentence("blmpop 0 1 l left").starts_with("blocking commands are not available"));
  CHECK(items(a) == "a");
}

TEST_CASE("concurrent_pushes_stand_side_by_side_and_do_not_mix") {
  Replica a(1);
  Replica b(2);
  for (const char* item : {"a1", "a2", "a3"}) say(a, std::string("rpush l ") + item);
  for (const char* item : {"b1", "b2", "b3"}) say(b, std::string("rpush l ") + item);
  heal(a, b);
  const bool a_first = items(a) == "a1 a2 a3 b1 b2 b3";
  CHECK((a_first || items(a) == "b1 b2 b3 a1 a2 a3"));
  Replica c(3);
  Replica d(4);
  for (const char* item : {"c1", "c2", "c3"}) say(c, std::string("lpush l ") + item);
  for (const char* item : {"d1", "d2", "d3"}) say(d, std::string("lpush l ") + item);
  heal(c, d);
  CHECK((items(c) == "c3 c2 c1 d3 d2 d1" || items(c) == "d3 d2 d1 c3 c2 c1"));
}

TEST_CASE("texts_typed_into_one_place_do_not_mix_though_a_neighbour_goes_meanwhile") {
  Replica a(1);
  Replica b(2);
  say(a, "rpush l < | >");
  b.merge_from(a);
  say(a, "list.insert l 2 x");
  say(a, "list.remove l 1");
  say(a, "list.insert l 2 y");
  say(b, "list.insert l 2 p");
  say(b, "list.insert l 3 q");
  say(a, "list.insert l 3 z");
  heal(a, b);
  CHECK((items(a) == "< x y z p q >" || items(a) == "< p q x y z >"));
}

TEST_CASE("an_item_that_is_set_while_it_is_popped_elsewhere_stays_with_the_new_value") {
  Replica a(1);
  Replica b(2);
  say(a, "rpush l a b c");
  b.merge_from(a);
  CHECK(say(a, "lpop l") == "a");
  say(b, "lset l 0 A");
  heal(a, b);
  CHECK(items(a) == "A b c");
  CHECK(say(a, "llen l") == "3");
  CHECK(say(a, "lpop l") == "A");
  heal(a, b);
  CHECK(items(b) == "b c");
}

TEST_CASE("concurrent_sets_of_an_item_make_one_item_and_the_highest_stamp_is_read") {
  Replica a(2, 100);  // its clock is ahead
  Replica b(1);
  say(a, "rpush l old");
  b.merge_from(a);
  say(a, "lset l 0 ahead");
  say(b, "lset l 0 behind");
  heal(a, b);
  CHECK(items(b) == "ahead");
  CHECK(say(b, "llen l") == "1");
  say(b, "lset l 0 last");
  heal(a, b);
  CHECK(items(a) == "last");
  CHECK(say(a, "lpop l") == "last");
  CHECK(a.entries().all().empty());
}

TEST_CASE("two_regions_may_pop_the_same_item_and_one_coordinator_never_pops_it_twice") {
  Replica a(1);
  Replica b(2);
  say(a, "rpush l job1 job2 job3");
  b.merge_from(a);
  CHECK(say(a, "lpop l") == "job1");
  CHECK(say(b, "lpop l") == "job1");
  CHECK(say(b, "lpop l") == "job2");
  heal(a, b);
  CHECK(items(a) == "job3");
}

TEST_CASE("a_popped_item_does_not_come_back_from_a_stale_replica") {
  Replica a(1);
  Replica stale(2);
  stale.apply(event_of(a, "rpush l a b"));
  say(a, "lpop l");
  a.merge_from(stale);
  CHECK(items(a) == "b");
  stale.merge_from(a);
  CHECK(items(stale) == "b");
}

TEST_CASE("deletes_of_a_list_have_constant_size_and_leave_what_they_did_not_see") {
  Replica a(1);
  Replica b(2);
  std::vector<Bytes> push{"rpush", "l"};
  for (int i = 0; i < 1000; ++i) push.push_back(std::to_string(i));
  b.apply(*a.issue(push).event);
  say(b, "rpush l new");
  CHECK(encode_event(event_of(a, "del l")).size() < 100);
  heal(a, b);
  CHECK(items(a) == "new");
  b.apply(*a.issue(push).event);
  say(b, "lpush l newer");
  CHECK(encode_event(event_of(a, "ltrim l 1 0")).size() < 100);
  heal(a, b);
  CHECK(items(a) == "newer");
}

TEST_CASE("removing_all_items_leaves_what_is_hidden_of_another_type") {
  Replica a(1);
  Replica b(2);
  say(a, "sadd k member");
  say(b, "rpush k a b");
  heal(a, b);
  REQUIRE(say(a, "type k") == "list");  // its marker has the same stamp, and the higher actor
  say(a, "ltrim k 1 0");
  CHECK(say(a, "type k") == "set");
  CHECK(say(a, "smembers k") == "member");
}

TEST_CASE("removing_more_items_than_one_event_can_name_is_refused_unless_all_go") {
  Replica a(1);
  for (int batch = 0; batch < 2; ++batch) {
    std::vector<Bytes> push{"rpush", "l"};
    for (int i = 0; i < 40'000; ++i) push.push_back(std::to_string(i));
    REQUIRE(a.issue(push).event);
  }
  CHECK(a.issue(words("ltrim l 0 9")).reply.error().code == ErrorCode::too_large);
  CHECK(a.issue(words("ltrim l 0 39999")).event);
  CHECK(a.issue(words("ltrim l 1 0")).event);
  CHECK(say(a, "llen l") == "0");
}

TEST_CASE("list_commands_that_change_nothing_issue_nothing") {
  Replica a(1);
  for (const char* line : {"lpop l", "rpop l 3", "lpushx l a", "rpushx l a", "lrem l 0 a", "ltrim l 0 1",
                           "linsert l before a b", "list.remove l 0"}) {
    CHECK_FALSE(a.issue(words(line)).event);
  }
  say(a, "rpush l a b");
  for (const char* line : {"lpop l 0", "lrem l 0 c", "ltrim l 0 -1", "linsert l before c d",
                           "list.remove l 2", "list.remove l 0 0"}) {
    CHECK_FALSE(a.issue(words(line)).event);
  }
}

TEST_CASE("list_commands_read_what_they_answer_and_no_more") {
  Replica a(1);
  std::vector<Bytes> push{"rpush", "l"};
  for (int i = 0; i < 1000; ++i) push.push_back("v" + std::to_string(i));
  a.issue(push);
  a.entries().take_visited();
  const auto visited = [&](const std::string& line) {
    REQUIRE(a.issue(words(line)).reply.has_value());
    return a.entries().take_visited();
  };
  CHECK(visited("llen l") == 0);
  CHECK(visited("rpush l x") <= 1);
  CHECK(visited("lpush l y") <= 1);
  CHECK(visited("list.insert l 500 z") <= 1);
  CHECK(visited("lindex l 700") <= 2);
  CHECK(visited("lrange l 300 309") <= 20);
  CHECK(visited("lset l 300 w") <= 2);
  CHECK(visited("lpop l") <= 4);
  CHECK(visited("rpop l 10") <= 40);
  CHECK(visited("ltrim l 1 -2") <= 4);
  CHECK(visited("lpos l v3") <= 10);  // reads up to there
  CHECK(visited("del l") == 0);
}
