// Commands of several add-wins sets, and those that pop: each is a write of what its coordinator saw.
#include "tests/crdt/claims.h"
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// A member of a key.
using Claim = std::pair<Bytes, Bytes>;
using All = std::set<Claim>;

std::set<Bytes> members_of(const Bytes& key, const All& all) {
  std::set<Bytes> members;
  for (const auto& [of, member] : all) {
    if (of == key) members.insert(member);
  }
  return members;
}

/// `what`: "sinter", "sunion" or "sdiff", of the sets from argument `at` on.
std::set<Bytes> combined(const Bytes& what, const std::vector<Bytes>& arguments, std::size_t at,
                         const All& all) {
  std::set<Bytes> result = members_of(arguments[at], all);
  for (++at; at < arguments.size(); ++at) {
    for (const char* member : {"a", "b", "c", "d"}) {
      const bool other = members_of(arguments[at], all).contains(member);
      if (what == "sunion" && other) result.insert(member);
      if (what == "sinter" && !other) result.erase(member);
      if (what == "sdiff" && other) result.erase(member);
    }
  }
  return result;
}

bool is_store(const Bytes& command) { return command.ends_with("store"); }

/// What a write adds.
All claimed(const Write& write, const All& present) {
  const auto& arguments = write.arguments;
  All claims;
  if (write.command() == "sadd") claims.emplace(arguments[1], arguments[2]);
  if (write.command() == "smove")
    claims.emplace(arguments[2], arguments[3]);  // it had the member, or it would be none
  if (is_store(write.command())) {
    const Bytes what = write.command().substr(0, write.command().size() - 5);
    for (const Bytes& member : combined(what, arguments, 2, present)) claims.emplace(arguments[1], member);
  }
  return claims;
}

/// What a write removes of what it saw.
bool removes(const Write& later, const Claim& claim) {
  const auto& arguments = later.arguments;
  if (arguments[1] != claim.first) return false;
  if (later.command() == "del" || is_store(later.command())) return true;
  if (later.command() == "srem") return arguments[2] == claim.second;
  if (later.command() == "smove") return arguments[3] == claim.second;
  if (later.command() != "spop") return false;
  const auto* popped = std::get_if<Value::Array>(&later.reply);
  if (popped == nullptr) return later.reply == Value(claim.second);
  return std::find(popped->begin(), popped->end(), Value(claim.second)) != popped->end();
}

std::vector<Bytes> draw(unsigned a, unsigned b) {
  const Bytes key = name(b % 3);
  const Bytes other = name(b / 3 % 3);
  const Bytes member = name(b / 9 % 4);
  switch (a) {
    case 0: return {"del", key};
    case 1: return {"spop", key};
    case 2: return {"spop", key, std::to_string(b / 9 % 4)};
    case 3: return {"srem", key, member};
    case 4: return {"smove", key, other, member};
    case 5: return {"sunionstore", key, other, name(b / 9 % 3)};
    case 6: return {"sinterstore", key, other, name(b / 9 % 3)};
    case 7: return {"sdiffstore", key, other, name(b / 9 % 3)};
    default: return {"sadd", key, member};
  }
}

Value answer(const std::vector<Bytes>& read, const All& all) {
  if (read[0] == "type") return Status{members_of(read[1], all).empty() ? "none" : "set"};
  if (read[0] == "scard") return static_cast<std::int64_t>(members_of(read[1], all).size());
  const std::set<Bytes> members =
      read[0] == "smembers" ? members_of(read[1], all) : combined(read[0], read, 1, all);
  Value::Array values;
  for (const Bytes& member : members) values.emplace_back(member);
  return values;
}

}  // namespace

TEST_CASE("sets_that_move_pop_and_store_hold_all_laws", "[laws]") {
  const auto claims = std::make_shared<Claims<Claim>>(claimed, removes);
  holds_all_laws(with_claims<Claim>(claims, draw,
                                    {{"smembers", "a"},
                                     {"smembers", "b"},
                                     {"smembers", "c"},
                                     {"scard", "a"},
                                     {"type", "a"},
                                     {"sinter", "a", "b"},
                                     {"sunion", "a", "b", "c"},
                                     {"sdiff", "a", "b", "c"}},
                                    answer));
}

TEST_CASE("sets_are_combined_as_in_redis") {
  Replica r(1);
  say(r, "sadd a 1 2 3 4");
  say(r, "sadd b 3 4 5");
  say(r, "sadd c 4 9 8 7 6 5");
  CHECK(say(r, "sinter a b c") == "4");
  CHECK(say(r, "sinter a") == "1 2 3 4");
  CHECK(say(r, "sinter a none").empty());
  CHECK(say(r, "sunion b c none") == "3 4 5 6 7 8 9");
  CHECK(say(r, "sdiff a b c") == "1 2");
  CHECK(say(r, "sdiff none a").empty());
  CHECK(say(r, "sdiff a a").empty());
  CHECK(say(r, "sintercard 2 a b") == "2");
  CHECK(say(r, "sintercard 2 a b LIMIT 1") == "1");
  CHECK(say(r, "sintercard 2 a b limit 0") == "2");
  CHECK(say(r, "sintercard 0 a") == "INVALID: numkeys should be greater than 0");
  CHECK(say(r, "sintercard x a") == "INVALID: numkeys should be greater than 0");
  CHECK(say(r, "sintercard 2 a") == "INVALID: Number of keys can't be greater than number of args");
  CHECK(say(r, "sintercard 1 a limit") == "INVALID: syntax error");
  CHECK(say(r, "sintercard 1 a limit -1") == "INVALID: LIMIT can't be negative");
  say(r, "set text 1");
  for (const char* line : {"sinter none text", "sunion a text", "sdiff a text", "sunionstore d a text",
                           "sintercard 2 none text", "smove a text 1", "smove text a 1"}) {
    CHECK(say(r, line).starts_with("WRONG_TYPE"));
  }
  CHECK(say(r, "smove none text 1") == "0");
}

TEST_CASE("a_store_takes_the_place_of_whatever_was_there") {
  Replica r(1);
  say(r, "sadd a 1 2");
  say(r, "sadd b 2 3");
  say(r, "set d text");
  CHECK(say(r, "sunionstore d a b") == "3");
  CHECK(say(r, "smembers d") == "1 2 3");
  CHECK(say(r, "sinterstore d a b") == "1");
  CHECK(say(r, "smembers d") == "2");
  CHECK(say(r, "sdiffstore d none a") == "0");
  CHECK(say(r, "exists d") == "0");
  CHECK_FALSE(r.issue(words("sdiffstore d none a")).event);
  CHECK(say(r, "sunionstore a a b a") == "3");
  CHECK(say(r, "smembers a") == "1 2 3");
  CHECK(say(r, "scard a") == "3");
  CHECK(say(r, "sdiffstore a a a") == "0");
  CHECK(say(r, "exists a") == "0");
}

TEST_CASE("a_stored_member_wins_over_a_concurrent_remove_and_an_unseen_one_survives_the_store") {
  Replica a(1);
  Replica b(2);
  say(a, "sadd src m");
  say(a, "sadd dst m old");
  b.merge_from(a);
  say(a, "sunionstore dst src");
  say(b, "srem dst m");
  say(b, "sadd dst new");
  heal(a, b);
  CHECK(say(a, "smembers dst") == "m new");
}

TEST_CASE("a_member_moves_in_one_event") {
  Replica r(1);
  say(r, "sadd a x");
  say(r, "sadd b y");
  CHECK(say(r, "smove a b q") == "0");
  CHECK_FALSE(r.issue(words("smove a b q")).event);
  CHECK(say(r, "smove b c y") == "1");
  CHECK(say(r, "smove a c x") == "1");
  CHECK(say(r, "smembers c") == "x y");
  CHECK(say(r, "exists a") == "0");
  CHECK(r.entries().all().size() == 3);  // two members, a marker
}

TEST_CASE("a_move_of_a_member_to_where_it_is_changes_nothing") {
  Replica r(1);
  say(r, "sadd a x");
  const Done done = r.issue(words("smove a a x"));
  CHECK(show(*done.reply) == "1");
  CHECK_FALSE(done.event);
  CHECK(say(r, "smove a a y") == "0");
}

TEST_CASE("a_member_that_is_moved_apart_is_in_both_places") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "sadd a x"));
  say(a, "smove a b x");
  say(b, "smove a c x");
  heal(a, b);
  CHECK(say(a, "sunion a").empty());
  CHECK(say(a, "smembers b") == "x");
  CHECK(say(a, "smembers c") == "x");
}

TEST_CASE("a_move_into_a_set_that_has_the_member_wins_over_a_remove_there") {
  Replica a(1);
  Replica b(2);
  say(a, "sadd a x");
  say(a, "sadd b x");
  b.merge_from(a);
  say(a, "smove a b x");
  say(b, "srem b x");
  heal(a, b);
  CHECK(say(b, "smembers b") == "x");
}

TEST_CASE("an_intersection_reads_the_smallest_set_and_asks_the_others") {
  Replica r(1);
  for (int i = 0; i < 500; ++i) say(r, "sadd large m" + std::to_string(i));
  say(r, "sadd small m1 m2 m600");
  (void)r.entries().take_visited();
  CHECK(say(r, "sinter large small") == "m1 m2");
  CHECK(say(r, "sdiff small large") == "m600");
  CHECK(r.entries().take_visited() <= 30);
}
