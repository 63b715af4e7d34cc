// The commands of expiry, and the options of others, answer as in Redis, but for what several nodes cannot decide.
#include "crdt/expiry.h"
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

}  // namespace

TEST_CASE("expire_and_its_like_answer_as_in_redis") {
  Replica a(1);
  CHECK(say(a, "expire k 10") == "0");
  CHECK(say(a, "ttl k") == "-2");
  CHECK(say(a, "persist k") == "0");
  say(a, "set k v");
  CHECK(say(a, "ttl k") == "-1");
  CHECK(say(a, "expire k 10") == "1");
  CHECK(say(a, "ttl k") == "10");
  CHECK(say(a, "pttl k") == "10000");
  CHECK(say(a, "expiretime k") == "1010");
  CHECK(say(a, "pexpiretime k") == "1010000");
  CHECK(at(a, t0 + 600, "ttl k") == "9");  // rounded
  CHECK(say(a, "expireat k 1020") == "1");
  CHECK(say(a, "ttl k") == "20");
  CHECK(say(a, "pexpireat k 1000700") == "1");
  CHECK(say(a, "pttl k") == "700");
  CHECK(say(a, "expire k x") == "INVALID: value is not an integer or out of range");
  CHECK(say(a, "expire k 9223372036854775807") == "INVALID: invalid expire time in 'expire' command");
  CHECK(say(a, "expire k 10 YY") == "INVALID: Unsupported option YY");
  CHECK(say(a, "expire k -1") == "1");  // at once
  CHECK(say(a, "exists k") == "0");
  CHECK(entries(a) == 0);
}

TEST_CASE("expire_sets_on_its_conditions_alone") {
  Replica a(1);
  say(a, "set k v");
  CHECK(say(a, "expire k 10 xx") == "0");
  CHECK(say(a, "expire k 10 gt") == "0");  // no expiry is longer than any
  CHECK(say(a, "expire k 10 lt") == "1");
  CHECK(say(a, "expire k 20 nx") == "0");
  CHECK(say(a, "expire k 20 lt") == "0");
  CHECK(say(a, "expire k 20 xx gt") == "1");
  CHECK(say(a, "expire k 20 gt") == "0");
  CHECK(say(a, "ttl k") == "20");
  CHECK(say(a, "expire k 5 nx gt").starts_with("INVALID: NX and XX, GT or LT"));
  CHECK(say(a, "expire k 5 lt gt").starts_with("INVALID: GT and LT"));
}

TEST_CASE("set_and_its_like_take_the_options_of_redis_that_can_be_kept") {
  Replica a(1);
  CHECK(say(a, "set k v ex 10") == "OK");
  CHECK(say(a, "ttl k") == "10");
  CHECK(say(a, "set k w exat 1020 get") == "v");
  CHECK(say(a, "ttl k") == "20");
  CHECK(say(a, "set k x get pxat 1000300") == "w");
  CHECK(say(a, "pttl k") == "300");
  CHECK(say(a, "setex k 5 y") == "OK");
  CHECK(say(a, "ttl k") == "5");
  CHECK(say(a, "psetex k 50 y") == "OK");
  CHECK(say(a, "pttl k") == "50");
  CHECK(say(a, "getset k z") == "y");
  CHECK(say(a, "ttl k") == "-1");
  CHECK(say(a, "getex k ex 9") == "z");
  CHECK(say(a, "ttl k") == "9");
  CHECK(say(a, "getex k") == "z");
  CHECK(say(a, "ttl k") == "9");
  CHECK(say(a, "getex k persist") == "z");
  CHECK(say(a, "ttl k") == "-1");
  CHECK(say(a, "getdel k") == "z");
  CHECK(say(a, "getdel k") == "(nil)");
  CHECK(say(a, "set k v get") == "(nil)");
  for (const auto* wrong : {"set k v ex", "set k v ex 1 px 1", "set k v ex 1 keepttl", "set k v keepttl px 5",
                            "set k v what", "getex k ex", "getex k what", "getex k ex 1 persist"})
    CHECK(say(a, wrong) == "INVALID: syntax error");
  CHECK(say(a, "set k v ex 0") == "INVALID: invalid expire time in 'set' command");
  CHECK(say(a, "setex k -1 v") == "INVALID: invalid expire time in 'setex' command");
  CHECK(say(a, "getex k px 0") == "INVALID: invalid expire time in 'getex' command");
  CHECK(say(a, "get k") == "v");
}

TEST_CASE("what_several_datacenters_cannot_decide_is_refused_with_what_to_use_instead") {
  Replica a(1);
  say(a, "set k v");
  for (const auto* line : {"set k w nx", "set k w xx", "setnx k w", "set k w px 5 NX"}) {
    CHECK(say(a, line).find("cannot be kept where several nodes write") != std::string::npos);
    CHECK(say(a, line).find("Use SET") != std::string::npos);
  }
  CHECK(say(a, "get k") == "v");
}

TEST_CASE("a_key_with_one_replica_is_set_on_conditions_as_in_redis") {
  Replica a(1);
  a.be_alone();
  CHECK(say(a, "set k v xx") == "(nil)");
  CHECK(say(a, "setnx k v") == "1");
  CHECK(say(a, "setnx k w") == "0");
  CHECK(say(a, "set k w nx") == "(nil)");
  CHECK(say(a, "set k w nx get") == "v");
  CHECK(say(a, "get k") == "v");
  CHECK(say(a, "set k w xx px 50") == "OK");
  CHECK(say(a, "set k w nx xx") == "INVALID: syntax error");
  CHECK(at(a, t0 + 49, "setnx k x") == "0");
  CHECK(at(a, t0 + 50, "setnx k x") == "1");
  CHECK(at(a, t0 + 60, "get k") == "x");
}

TEST_CASE("of_several_keys_each_ends_at_its_time") {
  Replica a(1);
  say(a, "sadd s m");
  say(a, "sadd t n");
  say(a, "sadd u n o");
  say(a, "pexpire s 50");
  say(a, "pexpire u 90");
  CHECK(at(a, t0 + 49, "sunion s t") == "m n");
  CHECK(at(a, t0 + 50, "sunion s t") == "n");
  CHECK(at(a, t0 + 50, "smove s t m") == "0");
  CHECK(at(a, t0 + 50, "smove t s n") == "1");
  CHECK(at(a, t0 + 51, "smembers s") == "n");
  CHECK(at(a, t0 + 51, "ttl s") == "-1");
  CHECK(at(a, t0 + 60, "sunionstore u u s") == "2");
  CHECK(at(a, t0 + 200, "smembers u") == "n o");
}

TEST_CASE("get_options_on_another_type_are_refused_and_nothing_changes") {
  Replica a(1);
  say(a, "sadd k m");
  for (const auto* line : {"set k v get", "getset k v", "getdel k", "getex k ex 5"})
    CHECK(say(a, line).starts_with("WRONG_TYPE"));
  CHECK(say(a, "smembers k") == "m");
  CHECK(say(a, "ttl k") == "-1");
}
