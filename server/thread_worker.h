// A thread for work beside a shard's loop: one piece after the other, in the order in which they were started.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "base/worker.h"

namespace causeway {

class ThreadWorker final : public Worker {
 public:
  ThreadWorker() : thread_([this] { run(); }) {}
  ThreadWorker(const ThreadWorker&) = delete;
  ThreadWorker& operator=(const ThreadWorker&) = delete;
  /// Does all that was started, and ends.
  ~ThreadWorker() override;

  void start(std::function<void()> work) override;
  /// Called on the thread after each piece of work from here on; nothing: no more. Returns once the one before is not
  /// called any more. It must not call this object.
  void wake_with(std::function<void()> wake);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable come_;
  std::deque<std::function<void()>> queue_;
  bool ending_ = false;
  std::mutex waking_;  ///< held during a call
  std::function<void()> wake_;
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace causeway
