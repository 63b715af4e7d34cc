// Proves what the load is made of: each key once where that is promised, and times from when an operation was due.
#include <catch2/catch.hpp>
#include <set>

#include "bench/flights.h"
#include "bench/workload.h"

using namespace causeway::bench;

TEST_CASE("sequential_and_shuffled_orders_give_each_key_once_before_any_comes_twice") {
  for (const Order order : {Order::sequential, Order::shuffled}) {
    for (const std::uint64_t keys : {1, 2, 3, 10, 97, 1'000, 4'096}) {
      WorkloadOptions options;
      options.order = order;
      options.keys = keys;
      options.first = 5;
      Workload workload(options);
      std::set<std::uint64_t> seen;
      for (std::uint64_t i = 0; i < keys; ++i) seen.insert(workload.next_key());
      CHECK(seen.size() == keys);
      CHECK(*seen.begin() == 5);
      CHECK(*seen.rbegin() == 4 + keys);
    }
  }
}

TEST_CASE("the_same_seed_gives_the_same_steps") {
  WorkloadOptions options;
  options.reads = 0.5;
  Workload one(options);
  Workload other(options);
  std::uint64_t reads = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto step = one.next();
    const auto same = other.next();
    CHECK((step.operation == same.operation && step.key == same.key));
    CHECK(step.key < options.keys);
    reads += step.operation == Operation::get ? 1 : 0;
  }
  CHECK(reads > 4'500);
  CHECK(reads < 5'500);
}

TEST_CASE("an_answer_counts_from_when_its_operation_was_due") {
  Recorder recorder;
  recorder.begin(100, 10'000);
  Flights flights;
  flights.start(50, 2);  // in the warm-up
  flights.start(200, 3);
  flights.start(400, 1);
  flights.land(4, 1'000, recorder);
  CHECK(flights.under_way() == 2);
  CHECK(recorder.operations() == 2);
  flights.land(2, 20'000, recorder);  // too late for the rate, not for the times
  recorder.end();
  CHECK(recorder.operations() == 2);
  CHECK(recorder.times().count() == 4);
  CHECK(recorder.times().max() == 19'800);
}

TEST_CASE("any_number_of_operations_may_be_under_way") {
  Recorder recorder;
  recorder.begin(0, 1'000'000);
  Flights flights;
  for (std::uint64_t i = 0; i < 1'000; ++i) flights.start(i, 1);
  flights.land(500, 2'000, recorder);
  for (std::uint64_t i = 0; i < 1'000; ++i) flights.start(1'000 + i, 1);
  flights.land(1'500, 3'000, recorder);
  CHECK(flights.under_way() == 0);
  CHECK(recorder.operations() == 2'000);
}
