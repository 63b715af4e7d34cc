// Work beside a shard's loop, on a thread.
#include "server/thread_worker.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace causeway;

TEST_CASE("a_thread_does_all_that_was_started_in_order_and_ends") {
  std::vector<int> done;  // touched by the thread alone until it has ended
  {
    ThreadWorker worker;
    for (int i = 0; i < 1000; ++i) worker.start([&done, i] { done.push_back(i); });
  }
  REQUIRE(done.size() == 1000);
  for (int i = 0; i < 1000; ++i) CHECK(done[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a_thread_wakes_after_each_piece_until_it_is_told_not_to") {
  ThreadWorker worker;
  std::atomic<int> woken = 0;
  worker.wake_with([&woken] {
    ++woken;
    woken.notify_one();
  });
  Job<int> job;
  job.start(worker, [] { return 7; });
  woken.wait(0);
  CHECK(job.take() == 7);
  worker.wake_with({});
  job.start(worker, [] { return 8; });
  CHECK(job.finish() == 8);
  CHECK(woken == 1);
}

TEST_CASE("who_waits_for_work_does_it_or_gets_its_result_once") {
  ThreadWorker worker;
  for (int i = 0; i < 500; ++i) {
    int runs = 0;  // of either thread, never of both at a time
    Job<int> job;
    job.start(worker, [&runs, i] {
      ++runs;
      return i;
    });
    CHECK(job.finish() == i);
    CHECK(runs == 1);
    CHECK_FALSE(job.running());
    CHECK_FALSE(job.take());
  }
}
