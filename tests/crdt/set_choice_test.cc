// Random members of sets, and their iteration.
#include <map>
#include <numeric>
#include <set>

#include "crdt/sample.h"
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

Replica with_members(int members, const std::string& key = "s") {
  Replica r(1);
  for (int i = 0; i < members; ++i) say(r, "sadd " + key + " m" + std::to_string(i));
  return r;
}

std::set<Bytes> distinct(const std::string& reply) {
  const auto all = words(reply);
  return {all.begin(), all.end()};
}

/// Chi squared of how often each of `kinds` came.
double unevenness(const std::map<Bytes, int>& times, std::size_t kinds, int draws) {
  const double expected = static_cast<double>(draws) / static_cast<double>(kinds);
  double sum = static_cast<double>(kinds - times.size()) * expected;
  for (const auto& [which, count] : times) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

}  // namespace

TEST_CASE("distinct_ranks_are_drawn_evenly") {
  Random random(7);
  std::map<Bytes, int> times;
  for (int i = 0; i < 20'000; ++i) {
    Bytes drawn;
    for (const std::uint64_t rank : draw_ranks(random, 5, 2)) drawn += std::to_string(rank);
    ++times[drawn];
  }
  CHECK(times.size() == 10);
  CHECK(unevenness(times, 10, 20'000) < 27.9);  // 9 degrees of freedom: one in a thousand
  CHECK(draw_ranks(random, 3, 3) == std::vector<std::uint64_t>{0, 1, 2});
  CHECK(draw_ranks(random, 3, 0).empty());
}

TEST_CASE("a_random_member_is_another_each_time_and_all_are_as_likely") {
  Replica r = with_members(8);
  std::map<Bytes, int> times;
  for (int i = 0; i < 8'000; ++i) ++times[say(r, "srandmember s")];
  CHECK(times.size() == 8);
  CHECK(unevenness(times, 8, 8'000) < 24.3);  // 7 degrees of freedom: one in a thousand
}

TEST_CASE("random_choice_is_the_same_when_all_is_repeated") {
  Replica a = with_members(50);
  Replica b = with_members(50);
  for (const char* line : {"srandmember s", "srandmember s 5", "srandmember s -5", "spop s", "spop s 7"}) {
    CHECK(say(a, line) == say(b, line));
  }
}

TEST_CASE("random_members_come_as_in_redis") {
  Replica r = with_members(10);
  CHECK(distinct(say(r, "srandmember s 4")).size() == 4);
  CHECK(distinct(say(r, "srandmember s 99")).size() == 10);
  CHECK(words(say(r, "srandmember s -30")).size() == 30);
  CHECK(say(r, "srandmember s 0").empty());
  CHECK(say(r, "srandmember none") == "(nil)");
  CHECK(*r.issue(words("srandmember none 3")).reply == Value(Value::Array{}));
  CHECK(say(r, "srandmember s x") == "INVALID: value is not an integer or out of range");
  CHECK(say(r, "srandmember s 1 2") == "INVALID: syntax error");
  CHECK(say(r, "srandmember s -9223372036854775808") ==
        "INVALID: value is out of range, value must between -9223372036854775807 and 9223372036854775807");
  CHECK(say(r, "srandmember s -9223372036854775807").starts_with("TOO_LARGE"));
}

TEST_CASE("popped_members_are_removed") {
  Replica r = with_members(10);
  const Bytes popped = say(r, "spop s");
  CHECK(say(r, "sismember s " + popped) == "0");
  CHECK(say(r, "scard s") == "9");
  const auto three = distinct(say(r, "spop s 3"));
  CHECK(three.size() == 3);
  for (const Bytes& member : three) CHECK(say(r, "sismember s " + member) == "0");
  CHECK(say(r, "scard s") == "6");
  CHECK(say(r, "spop s 0").empty());
  CHECK(distinct(say(r, "spop s 99")).size() == 6);
  CHECK(say(r, "exists s") == "0");
  CHECK(r.entries().all().empty());
  CHECK(say(r, "spop s") == "(nil)");
  CHECK(*r.issue(words("spop s 2")).reply == Value(Value::Array{}));
  CHECK_FALSE(r.issue(words("spop s 2")).event);
  for (const char* count : {"-1", "x", "18446744073709551615"}) {
    CHECK(say(r, "spop s " + Bytes(count)) == "INVALID: value is out of range, must be positive");
  }
  CHECK(say(r, "spop s 1 2") == "INVALID: syntax error");
}

TEST_CASE("a_pop_of_all_takes_what_it_saw_in_an_event_of_constant_size") {
  Replica a = with_members(100);
  Replica b(2);
  b.merge_from(a);
  say(b, "sadd s m5 new");
  const EventDraft event = event_of(a, "spop s 1000");
  CHECK(event.mutations.size() == 1);
  b.apply(event);
  CHECK(say(b, "smembers s") == "m5 new");
}

TEST_CASE("two_regions_may_pop_the_same_member") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "sadd s m"));
  CHECK(say(a, "spop s") == "m");
  CHECK(say(b, "spop s") == "m");
  heal(a, b);
  CHECK(say(a, "exists s") == "0");
}

TEST_CASE("a_scan_returns_what_is_there_all_the_time_whatever_comes_and_goes") {
  Replica r = with_members(200);
  std::multiset<Bytes> seen;
  Bytes cursor = "0";
  int round = 0;
  do {
    const auto reply = words(say(r, "sscan s " + cursor + " count 7"));
    cursor = reply[0];
    seen.insert(reply.begin() + 1, reply.end());
    // Half of them stay; the others go and come back, beside new ones.
    for (int i = 100; i < 200; ++i) {
      const bool goes = (i * 7 + round) % 3 == 0;
      say(r, (goes ? "srem s m" : "sadd s m") + std::to_string(i));
    }
    say(r, "sadd s new" + std::to_string(round++));
  } while (cursor != "0");
  for (int i = 0; i < 100; ++i) CHECK(seen.count("m" + std::to_string(i)) == 1);
  CHECK(round > 10);
}

TEST_CASE("a_scan_matches_and_counts_as_in_redis") {
  Replica r = with_members(30);
  CHECK(words(say(r, "sscan s 0 count 100")).size() == 31);
  CHECK(distinct(say(r, "sscan s 0 MATCH m2? COUNT 100")).size() == 11);
  CHECK(say(r, "sscan none 0") == "0 ");
  CHECK(say(r, "sscan s x") == "INVALID: invalid cursor");
  CHECK(say(r, "sscan s 0 count 0") == "INVALID: syntax error");
  CHECK(say(r, "sscan s 0 count x") == "INVALID: value is not an integer or out of range");
  CHECK(say(r, "sscan s 0 foo") == "INVALID: syntax error");
}
