// The commands of strings that Redis has beside GET, SET and INCR.
#include "crdt/request.h"
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr RequestId q{1, 2, 1'060'000};

}  // namespace

TEST_CASE("parts_of_a_string_are_read_as_in_redis") {
  Replica r(1);
  say(r, "SET k Hello-World");
  CHECK(say(r, "GETRANGE k 0 4") == "Hello");
  CHECK(say(r, "GETRANGE k -5 -1") == "World");
  CHECK(say(r, "GETRANGE k 0 -1") == "Hello-World");
  CHECK(say(r, "SUBSTR k 6 100") == "World");
  CHECK(say(r, "GETRANGE k 5 3").empty());
  CHECK(say(r, "GETRANGE k -1 -5").empty());
  CHECK(say(r, "GETRANGE k -100 1") == "He");
  CHECK(say(r, "GETRANGE k 100 200").empty());
  CHECK(say(r, "GETRANGE none 0 -1").empty());
  CHECK(say(r, "GETRANGE k 0 x") == "INVALID: value is not an integer or out of range");
  say(r, "SET n 5");
  say(r, "INCRBY n 37");
  CHECK(say(r, "GETRANGE n 0 0") == "4");
  say(r, "SADD s m");
  CHECK(say(r, "GETRANGE s 0 1").starts_with("WRONG_TYPE"));
}

TEST_CASE("a_string_is_appended_to_and_overwritten_in_part_as_in_redis") {
  Replica r(1);
  CHECK(say(r, "APPEND k Hello") == "5");
  CHECK(say(r, "APPEND k -World") == "11");
  CHECK(say(r, "SETRANGE k 6 Redis") == "11");
  CHECK(say(r, "GET k") == "Hello-Redis");
  CHECK(*r.issue({"SETRANGE", "new", "2", "x"}).reply == Value(std::int64_t{3}));
  CHECK(*r.issue({"GET", "new"}).reply == Value(Bytes("\0\0x", 3)));
  CHECK(*r.issue({"SETRANGE", "none", "2", ""}).reply == Value(std::int64_t{0}));
  CHECK(say(r, "EXISTS none") == "0");
  CHECK(say(r, "SETRANGE k -1 x") == "INVALID: offset is out of range");
  CHECK(r.issue({"SETRANGE", "k", "1024", "x"}).reply.error().code == ErrorCode::too_large);
  CHECK(r.issue({"SETRANGE", "k", "9223372036854775807", "x"}).reply.error().code == ErrorCode::too_large);
  CHECK(r.issue({"SETRANGE", "k", "1023", "x"}).reply.has_value());
  CHECK(r.issue({"APPEND", "k", "x"}).reply.error().code == ErrorCode::too_large);
  say(r, "SET n 10");
  say(r, "INCR n");
  CHECK(say(r, "APPEND n 2") == "3");
  CHECK(say(r, "GET n") == "112");
  CHECK(say(r, "INCR n") == "113");
}

TEST_CASE("floats_add_up_as_in_redis") {
  Replica r(1);
  say(r, "SET k 10.50");
  CHECK(say(r, "INCRBYFLOAT k 0.1") == "10.6");
  CHECK(say(r, "INCRBYFLOAT k -5") == "5.6");
  say(r, "SET k 5.0e3");
  CHECK(say(r, "INCRBYFLOAT k 2.0e2") == "5200");
  CHECK(say(r, "INCR k") == "5201");
  CHECK(say(r, "INCRBYFLOAT new 3.0") == "3");
  CHECK(say(r, "INCRBYFLOAT new 1e-17") == "3.00000000000000001");
  CHECK(say(r, "INCRBYFLOAT zero -0.0") == "0");
  say(r, "SET t text");
  CHECK(say(r, "INCRBYFLOAT t 1") ==
        "WRONG_TYPE: the key holds a string that is not a number, and INCRBYFLOAT works on a number");
  CHECK(say(r, "INCRBYFLOAT k x") == "INVALID: value is not a valid float");
  CHECK(say(r, "INCRBYFLOAT k nan") == "INVALID: value is not a valid float");
  CHECK(say(r, "INCRBYFLOAT k inf") == "INVALID: increment would produce NaN or Infinity");
  say(r, "SADD s m");
  CHECK(say(r, "INCRBYFLOAT s 1").starts_with("WRONG_TYPE: the key holds a set"));
}

TEST_CASE("bits_are_read_as_in_redis_and_are_not_written") {
  Replica r(1);
  say(r, "SET k foobar");
  CHECK(say(r, "BITCOUNT k") == "26");
  CHECK(say(r, "BITCOUNT k 0 0") == "4");
  CHECK(say(r, "BITCOUNT k 1 1") == "6");
  CHECK(say(r, "BITCOUNT k 1 1 BYTE") == "6");
  CHECK(say(r, "BITCOUNT k 5 30 BIT") == "17");
  CHECK(say(r, "BITCOUNT k -1 -5") == "0");
  CHECK(say(r, "BITCOUNT none") == "0");
  CHECK(say(r, "BITCOUNT k 1") == "INVALID: syntax error");
  CHECK(say(r, "BITCOUNT k 1 2 x") == "INVALID: syntax error");
  CHECK(say(r, "GETBIT k 1") == "1");
  CHECK(say(r, "GETBIT k 0") == "0");
  CHECK(say(r, "GETBIT k 1000") == "0");
  CHECK(say(r, "GETBIT k -1") == "INVALID: bit offset is not an integer or out of range");
  CHECK(*r.issue({"SET", "b", Bytes("\xff\xf0\x00", 3)}).reply == Value(Status{"OK"}));
  CHECK(say(r, "BITPOS b 0") == "12");
  CHECK(say(r, "BITPOS b 1 2") == "-1");
  CHECK(say(r, "BITPOS b 1 1") == "8");
  CHECK(say(r, "BITPOS b 0 7 15 BIT") == "12");
  CHECK(*r.issue({"SET", "ones", Bytes("\xff\xff", 2)}).reply == Value(Status{"OK"}));
  CHECK(say(r, "BITPOS ones 0") == "16");
  CHECK(say(r, "BITPOS ones 0 0") == "16");
  CHECK(say(r, "BITPOS ones 0 0 -1") == "-1");
  CHECK(say(r, "BITPOS ones 0 5") == "-1");
  CHECK(say(r, "BITPOS none 0") == "0");
  CHECK(say(r, "BITPOS none 1") == "-1");
  CHECK(say(r, "BITPOS k 2") == "INVALID: The bit argument must be 1 or 0.");
  CHECK(say(r, "SETBIT k 1 1").starts_with("INVALID: SETBIT would write the whole value"));
}

TEST_CASE("concurrent_rewrites_are_siblings_and_the_last_is_read") {
  Replica a(1);
  Replica b(2, 10);
  say(a, "SET k 1");
  b.merge_from(a);
  say(a, "APPEND k 2");
  say(b, "INCRBYFLOAT k 0.5");
  heal(a, b);
  CHECK(say(a, "GET k") == "1.5");
  CHECK(say(b, "SIBLINGS k") == "1.5 12");
  say(b, "APPEND k 5");
  heal(a, b);
  CHECK(say(a, "SIBLINGS k") == "1.55");
}

TEST_CASE("an_increment_that_a_rewrite_did_not_see_adds_to_what_it_wrote") {
  Replica a(1);
  Replica b(2);
  say(a, "INCRBY k 5");
  b.merge_from(a);
  say(a, "APPEND k 0");
  say(b, "INCRBY k 1");
  say(a, "INCR k");
  heal(a, b);
  CHECK(say(a, "GET k") == "52");
}

TEST_CASE("a_repeated_rewrite_is_done_once") {
  Replica a(1);
  Replica b(2);
  for (const char* line : {"APPEND k 12", "INCRBYFLOAT f 1.5", "HINCRBYFLOAT h f 1.5"}) {
    INFO(line);
    const std::string first = say(a, line, q);
    CHECK(say(a, line, q) == first);
    b.merge_from(a);
    const Done again = b.issue(words(line), 1'000'000, q);
    CHECK_FALSE(again.event);
    CHECK(show(*again.reply) == first);
  }
  CHECK(say(a, "GET k") == "12");
  CHECK(say(a, "INCR k") == "13");
}

TEST_CASE("a_rewrite_that_two_executed_for_one_request_is_there_once") {
  Replica a(1);
  Replica b(2);
  say(a, "SET k 1");
  b.merge_from(a);
  say(a, "INCRBY k 1");
  CHECK(say(a, "APPEND k x", q) == "2");
  CHECK(say(b, "APPEND k x", q) == "2");
  heal(a, b);
  CHECK(say(a, "GET k").size() == 2);
  say(a, "SET k 7");
  heal(a, b);
  CHECK(say(b, "GET k") == "7");  // the records add nothing
  CHECK(say(b, "INCR k") == "8");
}

TEST_CASE("rewrites_catch_up_before_they_read") {
  for (const char* name : {"append", "setrange", "incrbyfloat", "hincrbyfloat", "hsetnx"}) {
    const auto table = commands();
    const auto at =
        std::find_if(table.begin(), table.end(), [&](const Command& each) { return each.name == name; });
    REQUIRE(at != table.end());
    CHECK(at->access == Access::observed_write);
  }
}
