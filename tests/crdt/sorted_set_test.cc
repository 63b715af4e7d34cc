// Sorted sets: concurrent ZADD, ZINCRBY and removal.
#include "crdt/sorted_set.h"

#include <rapidcheck/catch.h>

#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr std::int64_t now_ms = 1'000'000;  // as in say()
constexpr RequestId q{1, 2, now_ms + 60'000};

/// Both apply what the other has issued.
void exchange(Replica& a, const EventDraft& of_a, Replica& b, const EventDraft& of_b) {
  a.apply(of_b);
  b.apply(of_a);
  REQUIRE(a.entries().all() == b.entries().all());
}

std::size_t entries_of_part(const Replica& replica, Part part) {
  const auto all = replica.entries().all();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Entry& entry) {
    const auto head = parse_path(entry.path);
    return head && head->part == part;
  }));
}

}  // namespace

TEST_CASE("of_concurrent_zadds_the_last_writer_wins") {
  Replica a(1);
  Replica b(2, 500);  // whose clock is ahead
  const EventDraft one = event_of(a, "zadd z 1 m");
  const EventDraft two = event_of(b, "zadd z 2 m");
  exchange(a, one, b, two);
  CHECK(say(a, "zscore z m") == "2");
  CHECK(say(a, "zrange z 0 -1") == "m");
  say(a, "zadd z 3 m");
  CHECK(entries_of_part(a, Part::value) == 3);  // one score, and two markers of concurrent creations
}

TEST_CASE("concurrent_zincrbys_all_count") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "zadd z 10 m"));
  const EventDraft one = event_of(a, "zincrby z 1.5 m");
  const EventDraft two = event_of(b, "zincrby z -4 m");
  exchange(a, one, b, two);
  CHECK(say(a, "zscore z m") == "7.5");
}

TEST_CASE("a_zincrby_that_a_zadd_has_not_seen_adds_to_what_was_set") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "zincrby z 5 m"));
  const EventDraft set = event_of(b, "zadd z 100 m");
  const EventDraft one = event_of(a, "zincrby z 1 m");
  exchange(a, one, b, set);
  CHECK(say(a, "zscore z m") == "101");  // not 106: the 5 were seen
}

TEST_CASE("a_zincrby_that_a_removal_has_not_seen_survives_it_with_its_own_amount") {
  const auto removal = GENERATE("zrem z m", "del z", "zpopmin z", "zremrangebyrank z 0 -1",
                                "zremrangebyscore z -inf inf", "zremrangebylex z - +");
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "zadd z 40 m"));
  b.apply(event_of(a, "zincrby z 5 m"));
  const EventDraft removed = event_of(b, removal);
  CHECK(say(b, "exists z") == "0");
  const EventDraft one = event_of(a, "zincrby z 1 m");
  exchange(a, one, b, removed);
  CHECK(say(a, "zrange z 0 -1 withscores") == "m 1");
  CHECK(say(b, "zincrby z 1 m") == "2");
  CHECK(say(b, "zcard z") == "1");
  CHECK(say(b, "type z") == "zset");
}

TEST_CASE("a_zadd_that_a_removal_has_not_seen_survives_it") {
  const auto removal = GENERATE("zrem z m", "del z", "zpopmax z");
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "zadd z 5 m"));
  const EventDraft removed = event_of(b, removal);
  const EventDraft again = event_of(a, "zadd z 5 m");  // the same score: it claims all the same
  exchange(a, again, b, removed);
  CHECK(say(a, "zrange z 0 -1 withscores") == "m 5");
}

TEST_CASE("a_removed_score_does_not_come_back_from_a_stale_replica") {
  Replica a(1);
  Replica stale(2);
  stale.apply(event_of(a, "zadd z 1 m 2 n"));
  stale.apply(event_of(a, "zincrby z 3 m"));
  say(a, "zrem z m");
  a.merge_from(stale);
  CHECK(say(a, "zrange z 0 -1") == "n");
  stale.merge_from(a);
  CHECK(say(stale, "zrange z 0 -1") == "n");
  CHECK(say(stale, "zincrby z 1 m") == "1");
}

TEST_CASE("a_removal_of_all_members_leaves_nothing_that_was_not_counted_elsewhere") {
  Replica a(1);
  say(a, "zadd z 1 a 2 b");
  say(a, "zincrby z 1 a");
  CHECK(say(a, "zrem z a b a x") == "2");
  CHECK(a.entries().all().empty());
  say(a, "zincrby z 0 c");
  CHECK(say(a, "zrange z 0 -1 withscores") == "c 0");
  CHECK(say(a, "del z") == "1");
  CHECK(a.entries().all().empty());
}

TEST_CASE("setting_and_incrementing_over_and_over_costs_nothing") {
  Replica a(1);
  Replica b(2);
  for (int i = 0; i < 20; ++i) {
    b.apply(event_of(a, "zincrby z 1.25 m"));
    a.apply(event_of(b, i % 2 == 0 ? "zadd z 3 m" : "zrem z m"));
  }
  say(a, "zincrby z 1 m");
  CHECK(a.entries().all().size() ==
        2);  // the marker, and a's cell: what was forgotten of the earlier ones is gone
}

TEST_CASE("a_retried_zincrby_counts_once_in_all_datacenters") {
  Replica e(1);
  Replica u(2);
  e.apply(event_of(u, "zadd z 10 m"));
  say(e, "zincrby z 0.5 m");
  CHECK(say(e, "zincrby z 0.25 m", q) == "10.75");
  CHECK(say(u, "zincrby z 0.25 m", q) == "10.25");
  heal(e, u);
  CHECK(say(e, "zscore z m") == "10.75");
  CHECK(say(u, "zrange z 0 -1 withscores") == "m 10.75");
  CHECK(say(u, "zincrby z 0.25 m", q) == "10.75");
  CHECK(say(u, "zadd z incr 0.25 m", q) == "10.75");
}

TEST_CASE("a_removal_or_a_zadd_that_saw_one_execution_takes_back_the_request") {
  const auto reset = GENERATE("zrem z m", "del z", "zadd z 0 m");
  Replica e(1);
  Replica u(2);
  say(e, "zincrby z 10 m");
  say(u, "zincrby z 4 m");
  say(e, "zincrby z 1 m", q);
  say(u, "zincrby z 1 m", q);
  say(e, reset);
  heal(e, u);
  CHECK(say(u, "zscore z m") == "4");
}

TEST_CASE("an_infinity_that_was_added_twice_counts_once") {
  Replica e(1);
  Replica u(2);
  say(e, "zincrby z inf m", q);
  say(u, "zincrby z inf m", q);
  heal(e, u);
  CHECK(say(e, "zscore z m") == "inf");
  CHECK(say(e, "zincrby z -inf m") == "INVALID: resulting score is not a number (NaN)");
  say(e, "zrem z m");
  CHECK(say(e, "zscore z m") == "(nil)");
}

TEST_CASE("a_score_counts_as_a_counter_does") {
  rc::prop("with requests, resets and merges in any order", [] {
    std::vector<Replica> replicas{Replica(1), Replica(2), Replica(3)};
    for (auto left = *rc::gen::inRange(1, 40); left > 0; --left) {
      Replica& at = replicas[*rc::gen::inRange<std::size_t>(0, 3)];
      const int kind = *rc::gen::inRange(0, 8);
      if (kind < 3) {
        at.merge_from(replicas[*rc::gen::inRange<std::size_t>(0, 3)]);
      } else if (kind == 3) {
        say(at, "counter.reset c");
        say(at, "zrem z m");
      } else {
        const unsigned id = *rc::gen::inRange(0U, 4U);
        const std::string delta =
            std::to_string(id == 0 ? *rc::gen::inRange(-9, 9) : 100 * static_cast<int>(id) - 150);
        const auto request = id == 0 ? std::nullopt : std::optional(RequestId{7, id, q.expires_ms});
        RC_ASSERT(say(at, "zincrby z " + delta + " m", request) ==
                  say(at, "counter.add c " + delta, request));
      }
      RC_ASSERT(say(at, "zcard z") == say(at, "exists c"));
      const std::string score = say(at, "zscore z m");
      RC_ASSERT((score == "(nil)" ? "0" : score) == say(at, "counter.get c"));
    }
  });
}

TEST_CASE("inexact_amounts_add_up_to_the_same_on_every_replica") {
  rc::prop("in every order of delivery", [] {
    std::vector<Replica> replicas{Replica(1), Replica(2), Replica(3)};
    const auto some = [&]() -> Replica& { return replicas[*rc::gen::inRange<std::size_t>(0, 3)]; };
    const std::vector<std::string> amounts{"0.1",   "-0.3",   "1e17", "-1e17", "1e-9", "3.3333333333333335",
                                           "1e308", "-7e-320"};
    for (auto left = *rc::gen::inRange(1, 30); left > 0; --left) {
      Replica& at = some();
      const std::string amount = *rc::gen::elementOf(amounts);
      switch (*rc::gen::inRange(0, 6)) {
        case 0: say(at, "zadd z " + amount + " m"); break;
        case 1:
        case 2: at.merge_from(some()); break;
        default: {
          const std::string after = say(at, "zincrby z " + amount + " m");
          RC_ASSERT(after == say(at, "zscore z m"));
          RC_ASSERT("m " + after == say(at, "zrange z 0 -1 withscores"));
        }
      }
    }
    Replica& first = replicas.front();
    for (Replica& other : replicas) first.merge_from(other);
    for (Replica& other : replicas) {
      other.merge_from(first);
      RC_ASSERT(say(other, "zrange z 0 -1 withscores") == say(first, "zrange z 0 -1 withscores"));
    }
  });
}

TEST_CASE("a_small_amount_beside_a_large_one_counts_exactly") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "zincrby z 1e17 m"));
  const EventDraft set = event_of(b, "zadd z 0 m");
  const EventDraft one = event_of(a, "zincrby z 1 m");  // of which a double of 1e17 would keep nothing
  exchange(a, one, b, set);
  CHECK(say(a, "zscore z m") == "1");
}

TEST_CASE("small_amounts_between_large_ones_do_not_begin_ever_more_runs") {
  Replica a(1);
  for (int i = 0; i < 20; ++i) {
    say(a, "zincrby z 1 m");
    say(a, "zincrby z 1e17 m");
    say(a, "zincrby z 1e-17 m");
    say(a, "zincrby z 1e300 m");
  }
  CHECK(entries_of_part(a, Part::cell) <= 5);
}

TEST_CASE("a_sum_beyond_the_doubles_is_infinite_and_comes_back") {
  Replica a(1);
  Replica b(2);
  say(a, "zadd z 1e308 m");
  CHECK(say(a, "zincrby z 1e308 m") == "inf");
  CHECK(say(a, "zincrby z 1e308 m") == "inf");
  CHECK(say(a, "zincrby z -1e308 m") == "inf");
  CHECK(say(a, "zincrby z -1e308 m") == "1e+308");
  b.merge_from(a);
  CHECK(say(b, "zrange z 0 -1 withscores") == "m 1e+308");
}

TEST_CASE("infinities_that_meet_cancel_out") {
  Replica a(1);
  Replica b(2);
  say(a, "zincrby z inf m");
  say(a, "zincrby z 5 m");
  say(b, "zincrby z -inf m");
  heal(a, b);
  CHECK(say(a, "zscore z m") == "5");
  CHECK(say(b, "zadd z inf m") == "0");
  CHECK(say(b, "zscore z m") == "inf");
}

TEST_CASE("a_score_is_never_minus_zero") {
  Replica a(1);
  CHECK(say(a, "zadd z -0 m") == "1");
  CHECK(say(a, "zscore z m") == "0");
  CHECK(say(a, "zrange z 0 -1 withscores") == "m 0");
  CHECK(say(a, "zincrby z -0 n") == "0");
  CHECK(say(a, "zadd z 1.5 m") == "0");
  CHECK(say(a, "zincrby z -1.5 m") == "0");
  CHECK(say(a, "zrank z m") == "0");
}

TEST_CASE("an_order_key_orders_by_score_and_then_by_member") {
  const auto any_score = [] {
    return *rc::gen::elementOf(std::vector<double>{-1e300, -2, -1.5, -5e-324, 0, 5e-324, 1, 1.5, 1e300});
  };
  const auto any_member = [] {
    return *rc::gen::container<Bytes>(rc::gen::elementOf(Bytes("\0\x01\xff" "a", 4)));
  };
  rc::prop("whatever their bytes", [&] {
    const double score = any_score();
    const double other_score = any_score();
    const Bytes member = any_member();
    const Bytes other = any_member();
    const Bytes key = member_key(score, member);
    RC_ASSERT((key < member_key(other_score, other)) ==
              (std::tie(score, member) < std::tie(other_score, other)));
    RC_ASSERT(score_in(key) == score);
    RC_ASSERT(member_in(key) == member);
    RC_ASSERT(score_key(score) <= key);
    RC_ASSERT(key < score_key_above(score));
  });
  CHECK(score_key(-0.0) == score_key(0.0));
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(score_key_above(1e308) < score_key(infinity));
  CHECK(score_key(-infinity) < score_key(-1e308));
  CHECK(member_key(infinity, "m") < score_key_above(infinity));
}

TEST_CASE("the_order_follows_from_the_entries_alone") {
  Replica a(1);
  Replica b(2);
  say(a, "zadd z 3 x 3 y 1 gone");
  say(a, "zincrby z -2.5 y");
  say(b, "zincrby z 9 y");
  say(a, "zrem z gone");
  heal(a, b);
  ElementOrder order;
  REQUIRE(read_order(a.entries(), place_of("z", EntryType::sorted_set), order).has_value());
  REQUIRE(order.size() == 2);
  CHECK(order.at(0) == member_key(3, "x"));
  CHECK(order.at(1) == member_key(9.5, "y"));
}

TEST_CASE("a_score_that_cannot_be_read_is_an_error_and_still_has_a_place") {
  for (const Bytes& payload : {Bytes("short"), Bytes(8, '\0') + Bytes(8, '\xff')}) {
    Replica a(1);
    EventDraft event = event_of(a, "zadd z 1 m");
    for (Drafted& mutation : event.mutations) {
      Update& update = std::get<Update>(mutation);
      if (update.path.front() == static_cast<char>(EntryType::sorted_set)) update.payload = payload;
    }
    Replica b(2);
    b.apply(event);
    CHECK(say(b, "zscore z m").starts_with("INTERNAL"));
    CHECK(say(b, "zrange z 0 -1") == "m");
    CHECK(say(b, "zcard z") == "1");
  }
}
