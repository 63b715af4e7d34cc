// The commands of sorted sets: what they answer, what they issue, and what they read.
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("sorted_sets_answer_as_in_redis") {
  // What redis-server 7.0.15 answered to the same commands, in this order.
  const std::pair<const char*, const char*> dialogue[] = {
      {"zadd z 1 a 2 b 3 c", "3"},
      {"zadd z 1 a 5 b 4 d", "1"},
      {"zadd z ch 1 a 6 b 5 e", "2"},
      {"zadd z nx 9 a 9 f", "1"},
      {"zadd z xx 7 a 7 g", "0"},
      {"zadd z xx ch 7 a 8 f", "1"},
      {"zadd z gt ch 6 a 9 b", "1"},
      {"zadd z lt ch 6 a 9 b", "1"},
      {"zadd z gt 3 h", "1"},
      {"zadd z incr 2.5 a", "8.5"},
      {"zadd z nx incr 2.5 a", "(nil)"},
      {"zadd z xx incr 2.5 x", "(nil)"},
      {"zadd z gt incr -1 a", "(nil)"},
      {"zadd z lt incr -1 a", "7.5"},
      {"zadd z 1 x 2 x 3 x", "1"},
      {"zadd z ch 1 y 2 y 2 y", "2"},
      {"zadd z nx 1 w 2 w", "1"},
      {"zscore z w", "1"},
      {"zrange z 0 -1 withscores", "w 1 y 2 c 3 h 3 x 3 d 4 e 5 a 7.5 f 8 b 9"},
      {"zadd z nx xx 1 a", "INVALID: XX and NX options at the same time are not compatible"},
      {"zadd z gt lt 1 a", "INVALID: GT, LT, and/or NX options at the same time are not compatible"},
      {"zadd z nx gt 1 a", "INVALID: GT, LT, and/or NX options at the same time are not compatible"},
      {"zadd z incr 1 a 2 b", "INVALID: INCR option supports a single increment-element pair"},
      {"zadd z 1 a 2", "INVALID: syntax error"},
      {"zadd z ch nx", "INVALID: syntax error"},
      {"zadd z 1x a", "INVALID: value is not a valid float"},
      {"zadd z 1 a nan b", "INVALID: value is not a valid float"},
      {"zadd z inf p -INF q", "2"},
      {"zincrby z -inf p", "INVALID: resulting score is not a number (NaN)"},
      {"zincrby z nan p", "INVALID: value is not a valid float"},
      {"zincrby z 0x10 a", "23.5"},
      {"zincrby z 1 p", "inf"},
      {"zincrby new 2 m", "2"},
      {"zscore new m", "2"},
      {"zscore z q", "-inf"},
      {"zscore z nobody", "(nil)"},
      {"zmscore z a nobody p", "23.5 (nil) inf"},
      {"zmscore nokey a", "(nil)"},
      {"zcard z", "12"},
      {"zcard nokey", "0"},
      {"zrank z q", "0"},
      {"zrank z nobody", "(nil)"},
      {"zrevrank z q", "11"},
      {"zrank nokey a", "(nil)"},
      {"zrem z a b nobody a", "2"},
      {"zrem nokey a", "0"},
      {"zrange z 0 -1 withscores", "q -inf w 1 y 2 c 3 h 3 x 3 d 4 e 5 f 8 p inf"},
      {"zrange z 1 3", "w y c"},
      {"zrange z -3 -2", "e f"},
      {"zrange z 5 3", ""},
      {"zrange z 100 200", ""},
      {"zrange z -100 1", "q w"},
      {"zrange z 0 1 rev", "p f"},
      {"zrange z x 1", "INVALID: value is not an integer or out of range"},
      {"zrange z 0 1 limit 0 1",
       "INVALID: syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"},
      {"zrange z (2 5 byscore", "c h x d e"},
      {"zrange z (2 5 byscore withscores limit 1 2", "h 3 x 3"},
      {"zrange z 5 (2 byscore rev", "e d x h c"},
      {"zrange z 5 2 byscore", ""},
      {"zrange z -inf +inf byscore limit 2 -1", "y c h x d e f p"},
      {"zrange z -inf +inf byscore limit -1 2", ""},
      {"zrange z x 5 byscore", "INVALID: min or max is not a float"},
      {"zrange z 0 1 byscore bylex", "INVALID: syntax error"},
      {"zrange z 0 1 bylex", "INVALID: min or max not valid string range item"},
      {"zrange z - + bylex withscores",
       "INVALID: syntax error, WITHSCORES not supported in combination with BYLEX"},
      {"zrange z 0 1 nonsense", "INVALID: syntax error"},
      {"zrange z 0 1 byscore limit 1", "INVALID: syntax error"},
      {"zrevrange z 0 2 withscores", "p inf f 8 e 5"},
      {"zrevrange z 0 2 rev", "INVALID: syntax error"},
      {"zrangebyscore z (1 +inf", "y c h x d e f p"},
      {"zrangebyscore z 1 (3 withscores limit 0 1", "w 1"},
      {"zrangebyscore z 1 3 rev", "INVALID: syntax error"},
      {"zrevrangebyscore z +inf (3 limit 1 2", "f e"},
      {"zcount z (1 3", "4"},
      {"zcount z -inf inf", "10"},
      {"zcount z ( 5", "7"},
      {"zcount z a b", "INVALID: min or max is not a float"},
      {"zcount nokey 1 2", "0"},
      {"zadd l 0 a 0 b 0 c 0 aa 0 abc", "5"},
      {"zrange l [a (b bylex", "a aa abc"},
      {"zrange l (a [b bylex", "aa abc b"},
      {"zrange l + - bylex rev limit 1 2", "b abc"},
      {"zrangebylex l - [aa", "a aa"},
      {"zrevrangebylex l (c [aa", "b abc aa"},
      {"zrangebylex l + -", ""},
      {"zrangebylex l a c", "INVALID: min or max not valid string range item"},
      {"zrangebylex l - + withscores",
       "INVALID: syntax error, WITHSCORES not supported in combination with BYLEX"},
      {"zlexcount l [aa +", "4"},
      {"zlexcount l (aa (b", "1"},
      {"zlexcount l -x +", "INVALID: min or max not valid string range item"},
      {"zremrangebylex l [a (b", "3"},
      {"zrange l 0 -1", "b c"},
      {"zadd r 1 a 2 b 3 c 4 d 5 e 6 f", "6"},
      {"zremrangebyrank r 0 0", "1"},
      {"zremrangebyrank r -1 -1", "1"},
      {"zremrangebyrank r 5 9", "0"},
      {"zremrangebyscore r (2 3", "1"},
      {"zremrangebyscore r 9 1", "0"},
      {"zremrangebyscore r x 1", "INVALID: min or max is not a float"},
      {"zremrangebyrank r x 1", "INVALID: value is not an integer or out of range"},
      {"zrange r 0 -1 withscores", "b 2 d 4 e 5"},
      {"zpopmin r", "b 2"},
      {"zpopmax r 5", "e 5 d 4"},
      {"zpopmin r", ""},
      {"exists r", "0"},
      {"zpopmin z 2", "q -inf w 1"},
      {"zpopmax z 0", ""},
      {"zpopmin z -1", "INVALID: value is out of range, must be positive"},
      {"zpopmin z x", "INVALID: value is out of range, must be positive"},
      {"zpopmin z 1 2", "INVALID: syntax error"},
      {"zpopmax z 3", "p inf f 8 e 5"},
      {"type z", "zset"}};
  Replica r(1);
  for (const auto& [command, reply] : dialogue) {
    INFO(command);
    CHECK(say(r, command) == reply);
  }
}

TEST_CASE("pairs_are_arrays_of_a_member_and_a_double") {
  Replica r(1);
  say(r, "zadd z 1 a 2.5 b");
  const auto pair = [](const char* member, double score) {
    return Value(Value::Array{Bytes(member), score});
  };
  CHECK(r.issue({"zrange", "z", "0", "-1", "withscores"}).reply ==
        Value(Value::Array{pair("a", 1), pair("b", 2.5)}));
  CHECK(r.issue({"zpopmax", "z"}).reply == pair("b", 2.5));
  CHECK(r.issue({"zpopmax", "z", "1"}).reply == Value(Value::Array{pair("a", 1)}));
  CHECK(r.issue({"zpopmax", "z"}).reply == Value(Value::Array{}));
}

TEST_CASE("a_sorted_set_s_member_may_be_any_bytes") {
  Replica r(1);
  const Bytes odd("\0\xff m", 4);
  CHECK(r.issue({"zadd", "z", "1", odd, "1", Bytes(), "1", odd + "x"}).reply == Value(std::int64_t{3}));
  CHECK(r.issue({"zrange", "z", "0", "-1"}).reply == Value(Value::Array{Bytes(), odd, odd + "x"}));
  CHECK(r.issue({"zrank", "z", odd}).reply == Value(std::int64_t{1}));
  CHECK(r.issue({"zrem", "z", odd}).reply == Value(std::int64_t{1}));
  CHECK(r.issue({"zadd", "z", "nx", "ch", "1", Bytes(65537, 'm')}).reply.error().code ==
        ErrorCode::too_large);
}

TEST_CASE("a_sorted_set_is_not_another_type") {
  Replica r(1);
  say(r, "set s x");
  for (const char* command : {"zadd s 1 a", "zincrby s 1 a", "zrem s a", "zscore s a", "zmscore s a",
                              "zcard s", "zrank s a", "zrange s 0 1", "zcount s 0 1", "zlexcount s - +",
                              "zpopmin s 1", "zremrangebyrank s 0 1", "zadd s incr 1 a"}) {
    CHECK(say(r, command).starts_with("WRONG_TYPE"));
  }
  say(r, "zadd z 1 a");
  CHECK(say(r, "sadd z a").starts_with("WRONG_TYPE"));
  CHECK(say(r, "set z x") == "OK");
  CHECK(say(r, "type z") == "string");
}

TEST_CASE("what_changes_no_score_issues_nothing_and_a_zadd_always_claims") {
  Replica r(1);
  for (const char* command : {"zrem z a", "zadd z xx 1 a", "zpopmin z", "zremrangebyrank z 0 -1"}) {
    CHECK_FALSE(r.issue(words(command)).event);
  }
  CHECK(r.issue(words("zadd z 1 a")).event);
  CHECK(r.issue(words("zadd z 1 a")).event);  // it must win over a removal elsewhere
  for (const char* command : {"zincrby z 0 a", "zadd z nx 2 a", "zadd z gt 1 a", "zadd z gt incr -1 a",
                              "zrem z b", "zremrangebyscore z 5 9", "zpopmin z 0"}) {
    CHECK_FALSE(r.issue(words(command)).event);
  }
  CHECK(r.issue(words("zincrby z 0 b")).event);  // it creates the member
}

TEST_CASE("what_would_wait_says_what_to_use_instead") {
  Replica r(1);
  for (const char* command : {"bzpopmin z 0", "bzpopmax z y 0", "bzmpop 0 1 z min"}) {
    const Done done = r.issue(words(command));
    REQUIRE_FALSE(done.reply.has_value());
    CHECK(done.reply.error().sentence.find("ZPOPMIN") != Bytes::npos);
  }
}

TEST_CASE("no_command_of_a_sorted_set_reads_more_than_it_needs") {
  Replica r(1);
  std::vector<Bytes> add{"zadd", "z"};
  for (int i = 0; i < 1000; ++i) {
    add.push_back(std::to_string(i));
    add.push_back("m" + std::to_string(i));
  }
  r.issue(add);
  r.entries().take_visited();
  const auto visited = [&](const char* command) {
    say(r, command);
    return r.entries().take_visited();
  };
  // Of one member: its entry, and for each of a few reads the one that stops it.
  CHECK(visited("zadd z 5 m1") <= 6);
  CHECK(visited("zadd z 5 m") <= 4);
  CHECK(visited("zincrby z 5 m1") <= 8);
  CHECK(visited("zincrby z 5 m1") <= 8);
  CHECK(visited("zscore z m1") <= 5);
  CHECK(visited("zrank z m1") <= 5);
  CHECK(visited("zrem z m1") <= 8);
  CHECK(visited("zpopmin z") <= 6);
  // Of a range: the order alone.
  for (const char* command : {"zcard z", "zcount z 5 900", "zrange z 10 20",
                              "zrange z 10 20 byscore withscores", "zlexcount z [m2 +", "del z"}) {
    CHECK(visited(command) == 0);
  }
}
