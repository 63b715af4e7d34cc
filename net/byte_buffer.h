// Bytes on their way through a socket: written at the end, taken from the front.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace causeway {

/// What view() gave stays where it is until the next space() or release(), also while it is consumed.
class ByteBuffer {
 public:
  [[nodiscard]] BytesView view() const { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  /// What space() gives without moving or growing.
  [[nodiscard]] std::size_t room() const { return capacity_ - end_; }

  /// At least `bytes` to write to, not initialised; commit() says how many were written.
  char* space(std::size_t bytes) {
    if (room() < bytes) make_room(bytes);
    return data_.get() + end_;
  }
  void commit(std::size_t bytes) { end_ += bytes; }
  void append(BytesView bytes) {
    if (bytes.empty()) return;
    std::memcpy(space(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }

  void consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  /// Takes back what was written behind the first `size` bytes.
  void truncate(std::size_t size) { end_ = begin_ + size; }
  /// Empty, without memory.
  void release() { *this = ByteBuffer(); }

  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept { swap(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    ByteBuffer taken(std::move(other));
    swap(taken);
    return *this;
  }
  void swap(ByteBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
  }

 private:
  void make_room(std::size_t bytes);

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// Memory for the buffers of many connections, most of which are empty between turns.
class SpareBuffers {
 public:
  /// Keeps `count_max` at most, of usually `bytes` each.
  SpareBuffers(std::size_t bytes, std::size_t count_max) : bytes_(bytes), count_max_(count_max) {}

  /// Gives a buffer without memory some.
  void equip(ByteBuffer& buffer);
  /// Takes the memory of an empty buffer back.
  void put_away(ByteBuffer& buffer);

 private:
  std::size_t bytes_;
  std::size_t count_max_;
  std::vector<ByteBuffer> spare_;  // empty, with memory
};

}  // namespace causeway
