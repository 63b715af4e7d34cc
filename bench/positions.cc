// causeway-positions [ITEMS]: how long the positions of list items get (crdt/position.h), by the way in which they are put there; and the time that
// one takes to make. By itself with two million items at the ends, and 10^5 elsewhere.
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/random.h"
#include "bench/edit_trace.h"
#include "bench/histogram.h"
#include "crdt/element_order.h"
#include "crdt/position.h"

namespace {

using namespace causeway;
using namespace causeway::bench;
using nlohmann::json;

/// One list, and who puts items into it.
class Builder {
 public:
  Builder() {
    for (ActorId& actor : actors_) actor = ActorId(random.next());
  }

  void insert(std::uint64_t rank, Growth growth, std::size_t actor = 0) {
    const Dot dot{actors_[actor], ++counter_};
    const BytesView left = rank > 0 ? order_.at(rank - 1) : BytesView();
    const BytesView right = rank < order_.size() ? order_.at(rank) : BytesView();
    const auto begun = std::chrono::steady_clock::now();
    const auto made = make_positions({left, right}, dot, growth, 1);
    making_ += std::chrono::steady_clock::now() - begun;
    CW_CHECK(made.has_value(), "there is room");
    order_.insert(made->front());
    lengths_.add(made->front().size());
  }
  void erase(std::uint64_t rank) {
    ++counter_;
    order_.erase(Bytes(order_.at(rank)));
  }
  [[nodiscard]] std::uint64_t size() const { return order_.size(); }

  [[nodiscard]] json result() const {
    return {{"items", lengths_.count()},
            {"mean", lengths_.mean()},
            {"p50", lengths_.at(0.5)},
            {"p90", lengths_.at(0.9)},
            {"p99", lengths_.at(0.99)},
            {"max", lengths_.max()},
            {"ns_each", static_cast<double>(making_.count()) / static_cast<double>(lengths_.count())}};
  }

  static constexpr std::size_t actors = 9;
  Random random{1};

 private:
  std::array<ActorId, actors> actors_;
  std::uint64_t counter_ = 0;
  ElementOrder order_;
  Histogram lengths_;
  std::chrono::nanoseconds making_{};
};

using Put = std::function<void(Builder& list, std::uint64_t number)>;

struct Pattern {
  const char* name;
  bool at_ends;
  Put put;
};

void push(Builder& list, bool behind, std::size_t actor = 0) {
  list.insert(behind ? list.size() : 0, behind ? Growth::rising : Growth::falling, actor);
}

std::vector<Pattern> patterns() {
  return {
      {"pushed behind", true, [](Builder& list, std::uint64_t) { push(list, true); }},
      {"pushed in front", true, [](Builder& list, std::uint64_t) { push(list, false); }},
      {"pushed to both ends in turn", true, [](Builder& list, std::uint64_t i) { push(list, i % 2 == 0); }},
      {"pushed behind by two in turn", false,
       [](Builder& list, std::uint64_t i) { push(list, true, i % 2); }},
      {"pushed to any end by any of nine", false,
       [](Builder& list, std::uint64_t) {
         push(list, list.random.chance(1, 2), list.random.below(Builder::actors));
       }},
      {"put anywhere", false,
       [](Builder& list, std::uint64_t i) { list.insert(list.random.below(i + 1), Growth::rising); }},
      {"put anywhere by any of nine", false,
       [](Builder& list, std::uint64_t i) {
         list.insert(list.random.below(i + 1), Growth::rising, list.random.below(Builder::actors));
       }},
      {"put into the middle", false,
       [](Builder& list, std::uint64_t i) { list.insert(i / 2, Growth::rising); }},
      {"put in front of the last", false,
       [](Builder& list, std::uint64_t i) { list.insert(i > 0 ? i - 1 : 0, Growth::rising); }},
      {"put behind the first", false,
       [](Builder& list, std::uint64_t i) { list.insert(i > 0 ? 1 : 0, Growth::rising); }},
  };
}

json edit() {
  Builder list;
  for (EditTrace trace(1); !trace.is_over();) {
    const EditTrace::Step step = trace.next();
    if (step.inserts) {
      list.insert(step.index, Growth::rising);
    } else {
      list.erase(step.index);
    }
  }
  return list.result();
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t items = 0;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), items);
  json result;
  for (const Pattern& pattern : patterns()) {
    Builder list;
    const std::uint64_t count = items > 0 ? items : pattern.at_ends ? 2'000'000 : 100'000;
    for (std::uint64_t i = 0; i < count; ++i) pattern.put(list, i);
    result[pattern.name] = list.result();
  }
  result["an editing session"] = edit();
  std::printf("%s\n", result.dump(1).c_str());
  return 0;
}
