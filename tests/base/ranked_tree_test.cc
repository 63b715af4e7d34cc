// A ranked tree does what a sorted list does.
#include "base/ranked_tree.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/random.h"

using namespace causeway;

namespace {

using Tree = RankedTree<std::uint64_t, std::less<>>;

void check(const Tree& tree, const std::vector<std::uint64_t>& model, Random& random) {
  REQUIRE(tree.size() == model.size());
  const std::uint64_t wanted = random.below(4000);
  const auto at = std::lower_bound(model.begin(), model.end(), wanted);
  REQUIRE(tree.rank(wanted) == static_cast<std::size_t>(at - model.begin()));
  REQUIRE(tree.contains(wanted) == (at != model.end() && *at == wanted));
  if (model.empty()) return;
  const std::size_t from = random.below(model.size());
  REQUIRE(tree.at(from) == model[from]);
  const std::size_t some = random.below(100);
  std::vector<std::uint64_t> found;
  const auto take = [&](std::uint64_t key) {
    found.push_back(key);
    return found.size() < some;
  };
  tree.visit(from, take);
  const std::size_t up = std::min(std::max<std::size_t>(some, 1), model.size() - from);
  const auto begin = model.begin() + static_cast<std::ptrdiff_t>(from);
  REQUIRE(std::equal(found.begin(), found.end(), begin, begin + static_cast<std::ptrdiff_t>(up)));
  found.clear();
  tree.visit_back(from, take);
  const std::size_t down = std::min(std::max<std::size_t>(some, 1), from + 1);
  const auto back = model.rbegin() + static_cast<std::ptrdiff_t>(model.size() - 1 - from);
  REQUIRE(std::equal(found.begin(), found.end(), back, back + static_cast<std::ptrdiff_t>(down)));
}

}  // namespace

TEST_CASE("a_ranked_tree_does_what_a_sorted_list_does") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Random random(seed);
    Tree tree;
    std::vector<std::uint64_t> model;
    for (int step = 0; step < 12'000; ++step) {
      const bool grows = step / 3'000 % 2 == 0;  // up, down to nothing, and again
      const bool in_order = seed % 2 == 0 && grows;
      const std::uint64_t key = in_order ? static_cast<std::uint64_t>(step) : random.below(4'000);
      const auto at = std::lower_bound(model.begin(), model.end(), key);
      const bool is_there = at != model.end() && *at == key;
      if (random.chance(grows ? 9 : 1, 10)) {
        REQUIRE(tree.insert(key) == !is_there);
        if (!is_there) model.insert(at, key);
      } else {
        const std::uint64_t gone = model.empty() ? key : model[random.below(model.size())];
        const bool was_there = !model.empty();
        REQUIRE(tree.erase(gone).has_value() == was_there);
        REQUIRE_FALSE(tree.erase(gone));
        std::erase(model, gone);
      }
      if (step % 7 == 0) check(tree, model, random);
    }
    while (!model.empty()) {
      REQUIRE(tree.erase(model.back()) == model.back());
      model.pop_back();
    }
    check(tree, model, random);
    CHECK(tree.bytes() < 2'000);  // one node
  }
}

TEST_CASE("keys_that_come_in_order_leave_no_room_unused") {
  Tree tree;
  for (std::uint64_t key = 0; key < 100'000; ++key) tree.insert(key);
  CHECK(tree.bytes() < std::size_t{100'000} * 11);
  for (std::uint64_t key = 0; key < 100'000; ++key) {
    if (key % 50 != 0) tree.erase(key);
  }
  CHECK(tree.bytes() < std::size_t{2'000} * 40);
}
