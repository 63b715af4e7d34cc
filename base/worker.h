// Work that must not hold up a shard's loop: syncing a log, writing a checkpoint, zeroing a segment. In the server a thread
// does it; in the simulator it is done later, when chance says so. No result comes back by itself: who starts work leaves
// itself a place for the result (Job), and looks there in its turns.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace causeway {

class Worker {
 public:
  virtual ~Worker() = default;
  /// Runs `work` once, after all that was started here before, beside the caller or later. Whoever built the worker sees
  /// to it that the caller's loop turns again soon after.
  virtual void start(std::function<void()> work) = 0;
};

/// Does it at once, in the caller's turn.
class InlineWorker final : public Worker {
 public:
  void start(std::function<void()> work) override { work(); }
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
  void start(Worker& worker, std::function<T()> work) {
    place_ = std::make_shared<Place>();
    place_->work = std::move(work);
    worker.start([place = place_] { place->run(); });
  }
  [[nodiscard]] bool running() const { return place_ != nullptr; }
  /// The result, once; nothing while it runs, or if nothing was started.
  std::optional<T> take() {
    if (!place_ || !place_->done.load(std::memory_order_acquire)) return std::nullopt;
    return std::move(std::exchange(place_, nullptr)->result);
  }
  /// The result, now: does the work here if the worker has not begun it, else waits until it has ended.
  /// REQUIRES: running().
  T finish() {
    place_->run();
    return *take();
  }
  /// What has not begun is not done any more; waits for what has.
  void cancel() {
    if (place_) place_->cancel();
    place_ = nullptr;
  }

 private:
  struct Place {
    std::mutex busy;  ///< held by who does the work
    std::function<T()> work;
    std::optional<T> result;
    std::atomic<bool> done = false;

    void cancel() {
      const std::lock_guard held(busy);
      done.store(true, std::memory_order_release);
    }
    void run() {
      const std::lock_guard held(busy);
      if (done.load(std::memory_order_relaxed)) return;
      result.emplace(work());
      work = nullptr;
      done.store(true, std::memory_order_release);
    }
  };
  std::shared_ptr<Place> place_;
};

}  // namespace causeway
