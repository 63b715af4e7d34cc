#include "net/byte_buffer.h"

#include <algorithm>
#include <utility>

namespace causeway {

void ByteBuffer::make_room(std::size_t bytes) {
  constexpr std::size_t first_bytes = 1024;
  const std::size_t held = size();
  if (held + bytes > capacity_ || begin_ < capacity_ / 2) {
    const std::size_t capacity = std::max({first_bytes, 2 * capacity_, held + bytes});
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (held > 0) std::memcpy(larger.get(), data_.get() + begin_, held);
    data_ = std::move(larger);
    capacity_ = capacity;
  } else {
    std::memmove(data_.get(), data_.get() + begin_, held);
  }
  begin_ = 0;
  end_ = held;
}

void SpareBuffers::equip(ByteBuffer& buffer) {
  if (buffer.capacity() > 0) return;
  if (spare_.empty()) {
    buffer.space(bytes_);
    return;
  }
  buffer = std::move(spare_.back());
  spare_.pop_back();
}

void SpareBuffers::put_away(ByteBuffer& buffer) {
  if (!buffer.empty() || buffer.capacity() == 0) return;
  const bool usual = buffer.capacity() <= 4 * bytes_;
  if (usual && spare_.size() < count_max_) spare_.push_back(std::move(buffer));
  buffer.release();
}

}  // namespace causeway
