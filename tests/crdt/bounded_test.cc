// Bounded counters: what is held, who may spend it, and that it never falls below 0.
#include <catch2/catch.hpp>

#include "crdt/bounded.h"
#include "tests/crdt/dialogue.h"
#include "tests/crdt/laws.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::size_t actor_digits = 16;

Bytes actor(unsigned number) { return Bytes(actor_digits - 1, '0') + std::to_string(number); }

std::vector<Bytes> draw(unsigned a, unsigned b, unsigned /*number*/) {
  switch (a % 6) {
    case 0:
    case 1: return {"bounded.add", "k", std::to_string(1 + b % 7)};
    case 2:
    case 3:
    case 4: return {"bounded.sub", "k", std::to_string(1 + b % 5)};
    default: return {"bounded.give", "k", std::to_string(1 + b % 4), actor(1 + b % 4)};
  }
}

std::vector<Bytes> draw_with_deletes(unsigned a, unsigned b, unsigned number) {
  if (a % 7 == 6) return {"del", "k"};
  return draw(a, b, number);
}

std::int64_t sum_of(const Seen& seen) {
  std::int64_t sum = 0;
  for (const Write* write : seen) {
    const bool adds = write->command() == "bounded.add";
    if (!adds && write->command() != "bounded.sub") continue;
    if (is_taken_back(*write, seen, [](const Write& later) { return later.command() == "del"; })) continue;
    const std::int64_t amount = std::stoll(write->arguments[2]);
    sum += adds ? amount : -amount;
  }
  return sum;
}

}  // namespace

TEST_CASE("a_bounded_counter_holds_what_was_added_less_what_was_subtracted_and_never_less_than_0", "[laws]") {
  holds_all_laws({draw, {{"bounded.get", "k"}}, [](const std::vector<Bytes>&, const Seen& seen) {
                    const std::int64_t sum = sum_of(seen);
                    if (sum < 0) RC_FAIL("it fell below 0");
                    return std::optional<Value>(sum);
                  }});
}

TEST_CASE("a_delete_of_a_bounded_counter_forgets_exactly_what_it_saw", "[laws]") {
  holds_all_laws({draw_with_deletes, {{"bounded.get", "k"}}, [](const std::vector<Bytes>&, const Seen& seen) {
                    return std::optional<Value>(std::max<std::int64_t>(sum_of(seen), 0));
                  }});
}

TEST_CASE("who_lacks_the_right_to_subtract_is_told_where_it_is") {
  Replica a(1);
  Replica b(2);
  CHECK(say(a, "bounded.add k 10") == "10");
  b.merge_from(a);
  const std::string refused = say(b, "bounded.sub k 4");
  CHECK(refused.starts_with("UNAVAILABLE: only 0 of 4 may be subtracted here; 10 at " + actor(1)));
  CHECK(say(a, "bounded.give k 4 " + actor(2)) == "5");  // half
  b.merge_from(a);
  CHECK(say(b, "bounded.sub k 4") == "6");
  CHECK(say(b, "bounded.rights k") == actor(1) + " 5 " + actor(2) + " 1");
  CHECK(say(a, "bounded.sub k 6").starts_with("UNAVAILABLE"));
  heal(a, b);
  CHECK(say(a, "bounded.sub k 7") == "INVALID: the counter would fall below 0: it holds 6");
}

TEST_CASE("what_is_given_away_cannot_be_given_or_spent_again") {
  Replica a(1);
  say(a, "bounded.add k 3");
  CHECK(say(a, "bounded.give k 3 " + actor(2)) == "3");
  CHECK(say(a, "bounded.give k 3 " + actor(3)) == "0");
  CHECK(say(a, "bounded.sub k 1").starts_with("UNAVAILABLE"));
  CHECK(say(a, "bounded.get k") == "3");
}

TEST_CASE("a_named_subtraction_counts_once") {
  constexpr RequestId q{1, 1, 1'060'000};
  Replica a(1);
  say(a, "bounded.add k 10");
  CHECK(say(a, "bounded.sub k 4", q) == "6");
  CHECK(say(a, "bounded.sub k 4", q) == "6");
}

TEST_CASE("what_one_request_spent_twice_is_there_and_nobody_may_subtract_it") {
  constexpr RequestId q{1, 1, 1'060'000};
  Replica a(1);
  Replica b(2);
  say(a, "bounded.add k 5");
  say(b, "bounded.add k 5");
  heal(a, b);
  say(a, "bounded.sub k 5", q);
  say(b, "bounded.sub k 5", q);
  heal(a, b);
  CHECK(say(a, "bounded.get k") == "5");
  CHECK(say(a, "bounded.sub k 1") ==
        "UNAVAILABLE: only 0 of 1 may be subtracted here; nobody holds the right to subtract the rest");
}

TEST_CASE("what_is_subtracted_beside_a_delete_is_owed_by_what_is_added_later") {
  Replica a(1);
  Replica b(2);
  say(a, "bounded.add k 10");
  b.merge_from(a);
  say(b, "del k");
  say(a, "bounded.sub k 4");
  heal(a, b);
  CHECK(say(a, "bounded.get k") == "0");
  say(b, "bounded.add k 5");
  CHECK(say(b, "bounded.get k") == "1");
}

TEST_CASE("amounts_must_be_more_than_0_and_fit_64_bits") {
  Replica a(1);
  CHECK(say(a, "bounded.add k 0") == "INVALID: the amount must be more than 0");
  CHECK(say(a, "bounded.sub k -1") == "INVALID: the amount must be more than 0");
  CHECK(say(a, "bounded.add k 9223372036854775807") == "9223372036854775807");
  CHECK(say(a, "bounded.add k 1").starts_with("INVALID: increment or decrement would overflow"));
  CHECK(say(a, "bounded.sub k 9223372036854775807") == "0");
  CHECK(say(a, "bounded.give k 1 x").starts_with("INVALID: an actor has 16 hexadecimal digits"));
}
