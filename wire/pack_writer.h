// Writes the part of MessagePack that our messages are made of, each number in its shortest form, as every library does.
#pragma once

#include <bit>
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/bytes.h"

namespace causeway {

class PackWriter {
 public:
  /// Fastest if there are at most so many bytes.
  explicit PackWriter(std::size_t bytes_expected)
      : out_(bytes_expected, '\0'), at_(out_.data()), end_(at_ + out_.size()) {}
  PackWriter(const PackWriter&) = delete;
  PackWriter& operator=(const PackWriter&) = delete;

  void nil() { byte(0xc0); }
  void boolean(bool value) { byte(value ? 0xc3 : 0xc2); }
  void natural(std::uint64_t value) {
    if (value < 0x80) {
      byte(static_cast<std::uint8_t>(value));
    } else if (value <= 0xff) {
      tagged(0xcc, static_cast<std::uint8_t>(value));
    } else if (value <= 0xffff) {
      tagged(0xcd, static_cast<std::uint16_t>(value));
    } else if (value <= 0xffff'ffff) {
      tagged(0xce, static_cast<std::uint32_t>(value));
    } else {
      tagged(0xcf, value);
    }
  }
  void integer(std::int64_t value) {
    if (value >= 0) {
      natural(static_cast<std::uint64_t>(value));
    } else if (value >= -32) {
      byte(static_cast<std::uint8_t>(value));
    } else if (value >= INT8_MIN) {
      tagged(0xd0, static_cast<std::uint8_t>(value));
    } else if (value >= INT16_MIN) {
      tagged(0xd1, static_cast<std::uint16_t>(value));
    } else if (value >= INT32_MIN) {
      tagged(0xd2, static_cast<std::uint32_t>(value));
    } else {
      tagged(0xd3, static_cast<std::uint64_t>(value));
    }
  }
  void number(double value) { tagged(0xcb, std::bit_cast<std::uint64_t>(value)); }
  void bytes(BytesView value) {
    if (value.size() <= 0xff) {
      tagged(0xc4, static_cast<std::uint8_t>(value.size()));
    } else if (value.size() <= 0xffff) {
      tagged(0xc5, static_cast<std::uint16_t>(value.size()));
    } else {
      tagged(0xc6, static_cast<std::uint32_t>(value.size()));
    }
    make_room(value.size());
    std::copy(value.begin(), value.end(), at_);
    at_ += value.size();
  }
  /// So many elements follow.
  void array(std::size_t size) {
    if (size < 16) {
      byte(static_cast<std::uint8_t>(0x90U | size));
    } else if (size <= 0xffff) {
      tagged(0xdc, static_cast<std::uint16_t>(size));
    } else {
      tagged(0xdd, static_cast<std::uint32_t>(size));
    }
  }

  /// All that was written. The writer is of no use afterwards.
  Bytes take() {
    out_.resize(static_cast<std::size_t>(at_ - out_.data()));
    return std::move(out_);
  }

 private:
  void make_room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
  }
  void grow(std::size_t bytes) {
    const auto used = static_cast<std::size_t>(at_ - out_.data());
    out_.resize(std::max(used + bytes, 2 * out_.size()));
    at_ = out_.data() + used;
    end_ = out_.data() + out_.size();
  }
  void byte(std::uint8_t value) {
    make_room(1);
    *at_++ = static_cast<char>(value);
  }
  /// Big-endian.
  template <class T>
  void tagged(std::uint8_t tag, T value) {
    make_room(1 + sizeof(T));
    *at_++ = static_cast<char>(tag);
    if constexpr (sizeof(T) == 2) value = __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) value = __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) value = __builtin_bswap64(value);
    std::memcpy(at_, &value, sizeof(T));
    at_ += sizeof(T);
  }

  Bytes out_;
  char* at_;
  char* end_;
};

}  // namespace causeway
