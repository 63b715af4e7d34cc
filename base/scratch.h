// Bytes that are written raw, again and again: memory that is neither cleared nor given back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>

#include "base/bytes.h"

namespace causeway {

class Scratch {
 public:
  void clear() { size_ = 0; }
  /// Where the next bytes go: at least so many fit. What was there before may move.
  char* room(std::size_t bytes) {
    if (capacity_ - size_ < bytes) grow(bytes);
    return memory_.get() + size_;
  }
  /// What was written in the room up to `end` belongs to it. REQUIRES: not beyond the room.
  void end_at(const char* end) { size_ = static_cast<std::size_t>(end - memory_.get()); }

  [[nodiscard]] char* data() { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] BytesView view() const { return {memory_.get(), size_}; }

 private:
  void grow(std::size_t bytes) {
    const std::size_t capacity = std::max(size_ + bytes, 2 * capacity_);
    auto memory = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
    memory_ = std::move(memory);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace causeway
