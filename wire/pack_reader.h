// Reads MessagePack where it stands, without making a tree of it: views of the bytes, and no memory. Nothing is read behind
// the end, however the bytes lie: the first fault sticks, and from then on everything reads as empty.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/bytes.h"

namespace causeway {

class PackReader {
 public:
  /// Deeper nesting and longer arrays are faults; so are maps and extensions, which no message has.
  PackReader(BytesView in, std::size_t depth_max, std::size_t array_max)
      : at_(in.data()), end_(in.data() + in.size()), depth_left_(depth_max), array_max_(array_max) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  void fail() {
    ok_ = false;
    at_ = end_;
  }

  /// Goes into an array, of so many elements. They are to be read, or skipped, before leave().
  std::size_t enter() {
    if (depth_left_ == 0) return fault<std::size_t>();
    --depth_left_;
    const std::uint8_t tag = take_tag();
    if ((tag & 0xf0U) == 0x90) return checked(tag & 0x0fU);
    if (tag == 0xdc) return checked(number<std::uint16_t>());
    if (tag == 0xdd) return checked(number<std::uint32_t>());
    return fault<std::size_t>();
  }
  void leave() { ++depth_left_; }

  /// Whether nil stands here; then it is taken.
  bool nil() {
    if (at_ == end_ || static_cast<std::uint8_t>(*at_) != 0xc0) return false;
    ++at_;
    return true;
  }
  bool boolean() {
    const std::uint8_t tag = take_tag();
    if (tag != 0xc2 && tag != 0xc3) fail();
    return tag == 0xc3;
  }
  /// An integer that T has, in whatever form it is written; else a fault, and 0.
  template <class T>
  T integer() {
    if (at_ != end_ && static_cast<std::uint8_t>(*at_) < 0x80) return static_cast<T>(*at_++);
    const std::uint8_t tag = take_tag();
    if (tag >= 0xe0) return narrow<T>(static_cast<std::int8_t>(tag));
    switch (tag) {
      case 0xcc: return narrow<T>(number<std::uint8_t>());
      case 0xcd: return narrow<T>(number<std::uint16_t>());
      case 0xce: return narrow<T>(number<std::uint32_t>());
      case 0xcf: return narrow<T>(number<std::uint64_t>());
      case 0xd0: return narrow<T>(static_cast<std::int8_t>(number<std::uint8_t>()));
      case 0xd1: return narrow<T>(static_cast<std::int16_t>(number<std::uint16_t>()));
      case 0xd2: return narrow<T>(static_cast<std::int32_t>(number<std::uint32_t>()));
      case 0xd3: return narrow<T>(static_cast<std::int64_t>(number<std::uint64_t>()));
      default: return fault<T>();
    }
  }
  double number() {
    if (take_tag() != 0xcb) return fault<double>();
    return std::bit_cast<double>(number<std::uint64_t>());
  }
  /// A byte string, or a text.
  BytesView bytes() {
    const std::uint8_t tag = take_tag();
    if ((tag & 0xe0U) == 0xa0) return body(tag & 0x1fU);
    switch (tag) {
      case 0xc4:
      case 0xd9: return body(number<std::uint8_t>());
      case 0xc5:
      case 0xda: return body(number<std::uint16_t>());
      case 0xc6:
      case 0xdb: return body(number<std::uint32_t>());
      default: return fault<BytesView>();
    }
  }

  /// Passes over one element, whatever it is.
  void skip() {
    if (at_ == end_) return fail();
    const auto tag = static_cast<std::uint8_t>(*at_);
    if ((tag & 0xf0U) == 0x90 || tag == 0xdc || tag == 0xdd) {
      for (std::size_t left = enter(); left > 0 && ok_; --left) skip();
      return leave();
    }
    if ((tag & 0xe0U) == 0xa0 || (tag >= 0xc4 && tag <= 0xc6) || (tag >= 0xd9 && tag <= 0xdb)) {
      bytes();
    } else if (tag < 0x80 || tag >= 0xe0 || tag == 0xc0 || tag == 0xc2 || tag == 0xc3) {
      ++at_;
    } else if (tag == 0xca || tag == 0xcb) {  // floating point
      ++at_;
      body(tag == 0xca ? 4 : 8);
    } else if (tag >= 0xcc && tag <= 0xd3) {  // integers of 1, 2, 4, 8 bytes
      ++at_;
      body(std::size_t{1} << (tag & 3U));
    } else {
      fail();
    }
  }

 private:
  template <class T>
  T fault() {
    fail();
    return T{};
  }
  std::uint8_t take_tag() {
    if (at_ == end_) return fault<std::uint8_t>();
    return static_cast<std::uint8_t>(*at_++);
  }
  /// Big-endian.
  template <class T>
  T number() {
    if (static_cast<std::size_t>(end_ - at_) < sizeof(T)) return fault<T>();
    T value;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    if constexpr (sizeof(T) == 2) value = __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) value = __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) value = __builtin_bswap64(value);
    return value;
  }
  template <class T, class From>
  T narrow(From value) {
    if (std::in_range<T>(value)) return static_cast<T>(value);
    return fault<T>();
  }
  BytesView body(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) return fault<BytesView>();
    const BytesView found(at_, size);
    at_ += size;
    return found;
  }
  /// An element takes a byte at least: a short message cannot announce a long array.
  std::size_t checked(std::size_t size) {
    if (size <= array_max_ && size <= static_cast<std::size_t>(end_ - at_)) return size;
    return fault<std::size_t>();
  }

  const char* at_;
  const char* end_;
  std::size_t depth_left_;
  std::size_t array_max_;
  bool ok_ = true;
};

}  // namespace causeway
