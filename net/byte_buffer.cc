#include "net/byte_buffer.h"

#include <algorithm>

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

}  // namespace causeway
