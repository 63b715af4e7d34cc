// Positions alone: what crdt/position.h says of them, in random schedules where items are removed everywhere meanwhile.
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <rapidcheck/catch.h>
#include <set>

#include "base/random.h"
#include "crdt/element_order.h"
#include "crdt/position.h"
#include "crdt/version_vector.h"
#include "tests/crdt/gen.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

std::vector<Bytes> between(BytesView left, BytesView right, const Dot& dot, Growth growth = Growth::rising,
                           std::size_t number = 1) {
  auto positions = make_positions({left, right}, dot, growth, number);
  RC_ASSERT(positions.has_value());
  RC_ASSERT(positions->size() == number);
  return *std::move(positions);
}

struct Item {
  Bytes position;
  Dot dot;
  VersionVector past;
  std::optional<std::size_t> parent;  // the neighbour in whose territory it is
};

struct Change {
  Dot dot;
  VersionVector past;
  std::vector<std::size_t> inserted;
  std::optional<std::size_t> removed;
};

/// Knows what is present, and nothing of what was.
struct Site {
  std::map<Bytes, std::size_t> present;  // item by position
  VersionVector clock;
};

class World {
 public:
  void run(const Step& step) {
    Site& at = sites_[step.replica % sites_.size()];
    switch (step.kind) {
      case Step::Kind::write: write(step, at); break;
      case Step::Kind::deliver: deliver(at, step.a); break;
      case Step::Kind::catch_up:
      case Step::Kind::merge:
      case Step::Kind::cut:
        for (const Change& change : changes_) {
          if (sites_[step.a % sites_.size()].clock.covers(change.dot)) apply(at, change);
        }
    }
  }

  void check() const {
    std::set<Bytes> all;
    for (const Item& item : items_) {
      RC_ASSERT(all.insert(item.position).second);
      RC_ASSERT(is_position(item.position));
      RC_ASSERT(item.position.find('\0') == Bytes::npos);
    }
    for (std::size_t root = 0; root < items_.size(); ++root) check_territory(root);
  }

 private:
  void write(const Step& step, Site& at) {
    Change change;
    change.dot = {actors_[step.replica % sites_.size()], 0};
    change.dot.counter = at.clock.counter(change.dot.actor) + 1;
    change.past = at.clock;
    const std::size_t rank = step.c % (at.present.size() + 1);
    if (step.b < 3 && rank < at.present.size()) {
      change.removed = std::next(at.present.begin(), static_cast<std::ptrdiff_t>(rank))->second;
    } else {
      insert(at, change, step, step.b < 6 ? at.present.size() * (step.b % 2) : rank);
    }
    changes_.push_back(change);
    apply(at, changes_.back());
  }

  void insert(const Site& at, Change& change, const Step& step, std::size_t rank) {
    const auto right = std::next(at.present.begin(), static_cast<std::ptrdiff_t>(rank));
    const auto left = rank > 0 ? std::prev(right) : at.present.end();
    const Growth growth = step.a % 4 == 0 ? Growth::falling : Growth::rising;
    const BytesView low = rank > 0 ? BytesView(left->first) : BytesView();
    const BytesView high = right != at.present.end() ? BytesView(right->first) : BytesView();
    auto positions = between(low, high, change.dot, growth, 1 + (step.a % 5 == 0 ? step.a % 3 : 0));
    auto parent = parent_of(rank > 0 ? std::optional(left->second) : std::nullopt,
                            right != at.present.end() ? std::optional(right->second) : std::nullopt,
                            change.dot.actor, growth);
    for (Bytes& position : positions) {
      RC_ASSERT(low < position);
      RC_ASSERT((high.empty() || position < high));
      if (!change.inserted.empty()) {
        RC_ASSERT((items_[change.inserted.back()].position < position) == (growth == Growth::rising));
      }
      change.inserted.push_back(items_.size());
      items_.push_back({std::move(position), change.dot, change.past, parent});
      parent = change.inserted.front();
    }
  }

  /// The neighbour that the actor issued last, or, where positions are short, either.
  [[nodiscard]] std::optional<std::size_t> parent_of(std::optional<std::size_t> left,
                                                     std::optional<std::size_t> right, ActorId actor,
                                                     Growth growth) const {
    const bool own_left = left && items_[*left].dot.actor == actor;
    const bool own_right = right && items_[*right].dot.actor == actor;
    if (own_left && own_right) return items_[*left].dot >= items_[*right].dot ? left : right;
    if (own_left || own_right) return own_left ? left : right;
    const auto either = growth == Growth::falling ? (right ? right : left) : (left ? left : right);
    constexpr std::size_t step_bytes_max = 12;
    const bool is_short = either && items_[*either].position.size() + step_bytes_max <= comfortable_bytes;
    return is_short ? either : std::nullopt;
  }

  void deliver(Site& to, unsigned which) {
    std::vector<const Change*> ready;
    for (const Change& change : changes_) {
      if (!to.clock.covers(change.dot) && to.clock.covers(change.past)) ready.push_back(&change);
    }
    if (!ready.empty()) apply(to, *ready[which % ready.size()]);
  }

  void apply(Site& to, const Change& change) {
    if (to.clock.covers(change.dot)) return;
    for (const std::size_t item : change.inserted) to.present[items_[item].position] = item;
    if (change.removed) to.present.erase(items_[*change.removed].position);
    to.clock.raise(change.dot);
  }

  [[nodiscard]] bool is_below(std::size_t item, std::size_t root) const {
    std::optional<std::size_t> at = item;
    while (at && *at != root) at = items_[*at].parent;
    return at.has_value();
  }

  /// Of all items that were ever issued: those that had not seen the root stand outside of what came of it.
  void check_territory(std::size_t root) const {
    const Item& of = items_[root];
    BytesView low = of.position;
    BytesView high = of.position;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!is_below(i, root)) continue;
      low = std::min(low, BytesView(items_[i].position));
      high = std::max(high, BytesView(items_[i].position));
    }
    for (const Item& item : items_) {
      if (item.dot == of.dot || item.past.covers(of.dot)) continue;
      RC_ASSERT((item.position < low || item.position > high));
    }
  }

  std::vector<ActorId> actors_{ActorId(7), ActorId(0xFFFFFFFFFFFFFFFF), ActorId(0x0100000000000001),
                               ActorId(0x9a3b5c7d11223344)};
  std::array<Site, 4> sites_;
  std::deque<Item> items_;
  std::deque<Change> changes_;
};

/// Positions of one actor, or several, that put items at ranks of one list.
class Builder {
 public:
  void insert(std::uint64_t rank, Growth growth = Growth::rising, std::uint64_t actor = 0x9a3b5c7d11223344) {
    const BytesView left = rank > 0 ? order_.at(rank - 1) : BytesView();
    const BytesView right = rank < order_.size() ? order_.at(rank) : BytesView();
    const auto made = make_positions({left, right}, {ActorId(actor), ++counter_}, growth, 1);
    REQUIRE(made.has_value());
    order_.insert(made->front());
    REQUIRE(order_.at(rank) == made->front());
    longest_ = std::max(longest_, made->front().size());
    bytes_ += made->front().size();
  }
  [[nodiscard]] std::uint64_t size() const { return order_.size(); }
  [[nodiscard]] std::size_t longest() const { return longest_; }
  [[nodiscard]] std::size_t average() const { return bytes_ / counter_; }

 private:
  ElementOrder order_;
  std::uint64_t counter_ = 0;
  std::size_t longest_ = 0;
  std::size_t bytes_ = 0;
};

constexpr std::uint64_t many = 100'000;

}  // namespace

TEST_CASE("positions_are_unique_dense_and_keep_concurrent_runs_apart_whatever_is_removed") {
  rc::prop("in every schedule", [] {
    World world;
    for (const Step& step : any_schedule()) world.run(step);
    world.check();
  });
}

TEST_CASE("two_texts_typed_at_one_place_do_not_mix_forward_or_backward") {
  const auto shared = between({}, {}, {ActorId(1), 1}, Growth::rising, 2);
  const auto type = [&](std::uint64_t actor, bool backward) {
    std::vector<Bytes> word;
    Bytes left = shared[0];
    Bytes right = shared[1];
    for (std::uint64_t counter = 2; counter < 12; ++counter) {
      word.push_back(between(left, right, {ActorId(actor), counter}).front());
      (backward ? right : left) = word.back();
    }
    return word;
  };
  for (const bool first_backward : {false, true}) {
    for (const bool second_backward : {false, true}) {
      const auto a = type(2, first_backward);
      const auto b = type(3, second_backward);
      const auto [a_low, a_high] = std::minmax_element(a.begin(), a.end());
      const auto [b_low, b_high] = std::minmax_element(b.begin(), b.end());
      CHECK((*a_high < *b_low || *b_high < *a_low));
    }
  }
}

TEST_CASE("a_run_stays_together_after_its_first_items_were_removed") {
  // Each item is removed as soon as the next one stands; another actor, who saw none of them, types at the same place.
  Bytes left;
  std::vector<Bytes> run;
  for (std::uint64_t counter = 1; counter < 10; ++counter)
    run.push_back(left = between(left, {}, {ActorId(5), counter}).front());
  for (const std::uint64_t actor : {1, 9}) {
    const Bytes other = between({}, {}, {ActorId(actor), 1}).front();
    CHECK((other < run.front() || other > run.back()));
  }
}

TEST_CASE("an_item_typed_after_a_deletion_does_not_take_the_place_of_the_deleted_one") {
  const auto first = between({}, {}, {ActorId(1), 1}).front();
  const auto deleted = between(first, {}, {ActorId(1), 2}).front();
  const auto next = between(first, {}, {ActorId(1), 4}).front();
  CHECK(next != deleted);
  CHECK(next > deleted);
}

TEST_CASE("positions_have_one_byte_form") {
  const Dot first{ActorId(255), 5};
  const Bytes a = between({}, {}, first).front();
  CHECK(a == Bytes("\xFC\x01\x01\x01\x01\x01\x01\x02\x01\x0C", 10));
  CHECK(between(a, {}, {ActorId(255), 6}).front() == a.substr(0, 9) + "\x0E");
  CHECK(between({}, a, {ActorId(255), 7}, Growth::falling).front() == a.substr(0, 9) + "\x0B\x02\xF1");
  CHECK(between(a, {}, {ActorId(255), 100}).front() == a.substr(0, 9) + "\x21\xAA");
  CHECK(between({}, {}, first, Growth::rising, 2).back() == a + "\x01\x04");
}

TEST_CASE("counters_of_any_size_are_in_order") {
  rc::prop("in both runs", [] {
    auto counters =
        *rc::gen::container<std::set<std::uint64_t>>(rc::gen::mapcat(rc::gen::inRange(1, 61), [](int bits) {
          return rc::gen::inRange<std::uint64_t>(1, std::uint64_t{1} << bits);
        }));
    Bytes last;
    Bytes first;
    for (const std::uint64_t counter : counters) {
      const Bytes behind = between(last, {}, {ActorId(3), counter}).front();
      RC_ASSERT(behind > last);
      RC_ASSERT(behind.size() <= 9 + 9);
      last = behind;
      const Bytes before = between({}, first, {ActorId(3), counter}, Growth::falling).front();
      RC_ASSERT((first.empty() || before < first));
      RC_ASSERT(before.size() <= 9 + 9);
      first = before;
    }
  });
}

TEST_CASE("any_bytes_are_a_position_or_are_refused") {
  rc::prop("as neighbours", [] {
    // Mostly steps, so that many are valid.
    const auto piece = rc::gen::weightedOneOf<Bytes>(
        {{30, rc::gen::elementOf(std::vector<Bytes>{
                  "\x02\x0C", "\x02\x0B", "\x02\xF1", "\x02\xF2", "\x03\x21\xAA", "\x01\x04",
                  "\xFC\x01\x01\x01\x01\x01\x01\x02\x01\x0C", "\xFD\x01\x01\x01\x01\x01\x01\x09\x01\xF1"})},
         {1, rc::gen::container<Bytes>(2, rc::gen::arbitrary<char>())}});
    const auto pieces = rc::gen::container<std::vector<Bytes>>(piece);
    Bytes left("\xFC\x01\x01\x01\x01\x01\x01\x02\x01\x0C", 10);
    for (const Bytes& each : *pieces) left += each;
    Bytes right = left;
    for (const Bytes& each : *pieces) left += each;
    for (const Bytes& each : *pieces) right += each;
    for (Bytes* each : {&left, &right}) {
      if (!each->empty()) *each += "\x02\x0C";
    }
    if (left > right) std::swap(left, right);
    const auto made = make_positions({left, right}, {ActorId(255), 1'000}, Growth::rising, 2);
    RC_ASSERT(made.has_value() == (is_position(left) && is_position(right) && left != right));
    RC_CLASSIFY(made.has_value(), "valid");
    if (!made) return;
    for (const Bytes& position : *made) RC_ASSERT((left < position && position < right));
  });
}

TEST_CASE("a_hundred_thousand_pushes_keep_positions_short") {
  Builder behind;
  Builder before;
  Builder both;
  for (std::uint64_t i = 0; i < many; ++i) {
    behind.insert(i);
    before.insert(0, Growth::falling);
    both.insert(i % 2 == 0 ? i : 0, i % 2 == 0 ? Growth::rising : Growth::falling);
  }
  CHECK(behind.longest() <= 12);
  CHECK(before.longest() <= 12);
  CHECK(both.longest() <= 14);
}

TEST_CASE("runs_within_a_list_keep_positions_short") {
  Builder forward;
  Builder backward;
  Builder middle;
  for (std::uint64_t i = 0; i < many; ++i) {
    forward.insert(i > 0 ? i - 1 : 0);
    backward.insert(i > 0 ? 1 : 0);
    middle.insert(i / 2);
  }
  CHECK(forward.longest() <= 16);
  CHECK(backward.longest() <= 16);
  CHECK(middle.longest() <= 16);
}

TEST_CASE("random_inserts_keep_positions_short") {
  Random random(1);
  Builder list;
  for (std::uint64_t i = 0; i < many; ++i) list.insert(random.below(i + 1));
  CHECK(list.average() <= 48);
  CHECK(list.longest() <= 120);
}

TEST_CASE("many_actors_that_push_in_turn_keep_positions_short") {
  Random random(1);
  Builder list;
  std::vector<std::uint64_t> actors(9);
  for (std::uint64_t& actor : actors) actor = random.next();
  for (std::uint64_t i = 0; i < many; ++i) {
    const bool behind = random.chance(1, 2);
    list.insert(behind ? i : 0, behind ? Growth::rising : Growth::falling,
                actors[random.below(actors.size())]);
  }
  CHECK(list.average() <= comfortable_bytes);
  CHECK(list.longest() <= 150);
}
