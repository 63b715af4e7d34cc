// How many bytes wait to be sent.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace causeway {

/// Counts what waits in one queue, and in the whole that the queue is a part of. From any thread.
class SendQueue {
 public:
  explicit SendQueue(std::size_t bytes_max, std::shared_ptr<SendQueue> whole = nullptr)
      : bytes_max_(bytes_max), whole_(std::move(whole)) {}

  [[nodiscard]] bool has_room(std::size_t bytes) const {
    return bytes_.load(std::memory_order_relaxed) + bytes <= bytes_max_ &&
           (!whole_ || whole_->has_room(bytes));
  }
  void add(std::size_t bytes) {
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    if (whole_) whole_->add(bytes);
  }
  void remove(std::size_t bytes) {
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    if (whole_) whole_->remove(bytes);
  }

 private:
  std::atomic<std::size_t> bytes_{0};
  std::size_t bytes_max_;
  std::shared_ptr<SendQueue> whole_;
};

}  // namespace causeway
