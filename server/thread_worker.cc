#include "server/thread_worker.h"

#include <utility>

namespace causeway {

ThreadWorker::~ThreadWorker() {
  {
    const std::lock_guard held(mutex_);
    ending_ = true;
  }
  come_.notify_one();
  thread_.join();
}

void ThreadWorker::start(std::function<void()> work) {
  {
    const std::lock_guard held(mutex_);
    queue_.push_back(std::move(work));
  }
  come_.notify_one();
}

void ThreadWorker::wake_with(std::function<void()> wake) {
  const std::lock_guard held(waking_);
  wake_ = std::move(wake);
}

void ThreadWorker::run() {
  for (;;) {
    std::unique_lock held(mutex_);
    come_.wait(held, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    held.unlock();
    work();
    work = nullptr;  // what it holds goes before anybody is told
    const std::lock_guard calling(waking_);
    if (wake_) wake_();
  }
}

}  // namespace causeway
