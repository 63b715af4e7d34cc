// Work that must not hold up a shard's loop: syncing a log, writing a checkpoint, zeroing a segment. In the server a thread
// does it; in the simulator it is done later, when chance says so. No result comes back by itself: who starts work leaves
// itself a place for the result (Job), and looks there in its turns.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace causeway {

class Worker {
 public:
  virtual ~Worker() = default;
  /// Runs `work` once, after all that was started here before, beside the caller or later. Whoever built the worker sees
  /// to it that the caller's loop turns again soon after.
  virtual void start(std::function<void()> work) = 0;
  /// Returns once all that was started is done.
  virtual void finish() = 0;
};

/// Does it at once, in the caller's turn.
class InlineWorker final : public Worker {
 public:
  void start(std::function<void()> work) override { work(); }
  void finish() override {}
};
inline Worker& inline_worker() {
  static InlineWorker worker;
  return worker;
}

/// One piece of work and its result. The work may outlive the job: it shares what it writes to.
template <class T>
class Job {
 public:
  /// REQUIRES: none is running. What `work` refers to must outlive it.
  template <class F>
  void start(Worker& worker, F work) {
    place_ = std::make_shared<Place>();
    worker.start([place = place_, work = std::move(work)]() mutable {
      place->result.emplace(work());
      place->done.store(true, std::memory_order_release);
    });
  }
  [[nodiscard]] bool running() const { return place_ != nullptr; }
  /// The result, once; nothing while it runs, or if nothing was started.
  std::optional<T> take() {
    if (!place_ || !place_->done.load(std::memory_order_acquire)) return std::nullopt;
    return std::move(std::exchange(place_, nullptr)->result);
  }

 private:
  struct Place {
    std::atomic<bool> done = false;
    std::optional<T> result;
  };
  std::shared_ptr<Place> place_;
};

}  // namespace causeway
