// Reading and writing bytes. Integers are little-endian; a varint is base 128, least significant group first;
// a byte string is a varint length and its bytes. A Reader never reads past its end: the first fault sticks.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace causeway {

static_assert(std::endian::native == std::endian::little, "the formats are little-endian");

class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void u32(std::uint32_t value) { fixed(value); }
  void u64(std::uint64_t value) { fixed(value); }
  /// Big-endian, so that the order of bytes is the order of numbers.
  void u64_big(std::uint64_t value) { fixed(__builtin_bswap64(value)); }
  void varint(std::uint64_t value) {
    if (value < 0x80) return u8(static_cast<std::uint8_t>(value));
    char buffer[10];
    std::size_t size = 0;
    for (; value >= 0x80; value >>= 7U) buffer[size++] = static_cast<char>(value | 0x80U);
    buffer[size++] = static_cast<char>(value);
    out_.append(buffer, size);
  }
  void bytes(BytesView value) {
    varint(value.size());
    raw(value);
  }
  void raw(BytesView value) { out_.append(value); }

 private:
  template <class T>
  void fixed(T value) {
    char buffer[sizeof(T)];
    std::memcpy(buffer, &value, sizeof(T));
    out_.append(buffer, sizeof(T));
  }

  Bytes& out_;
};

/// Writes into memory that is known to be large enough.
class RawWriter {
 public:
  explicit RawWriter(char* at) : at_(at) {}

  static constexpr std::size_t varint_bytes_max = 10;

  void u8(std::uint8_t value) { *at_++ = static_cast<char>(value); }
  void u64(std::uint64_t value) {
    std::memcpy(at_, &value, sizeof(value));
    at_ += sizeof(value);
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) u8(static_cast<std::uint8_t>(value | 0x80U));
    u8(static_cast<std::uint8_t>(value));
  }
  void raw(BytesView value) {
    if (!value.empty()) std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }
  void bytes(BytesView value) {
    varint(value.size());
    raw(value);
  }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

class Reader {
 public:
  explicit Reader(BytesView in) : at_(in.data()), end_(in.data() + in.size()) {}

  /// After a fault every read gives 0 or an empty view.
  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }
  std::uint64_t u64_big() { return __builtin_bswap64(fixed<std::uint64_t>()); }
  std::uint64_t varint() {
    if (left() >= 1 && byte(0) < 0x80) return static_cast<std::uint64_t>(*at_++);
    // One form per number: the last group is not 0.
    if (left() >= 2 && byte(1) - 1U < 0x7F) {
      const std::uint64_t value = (byte(0) & 0x7FU) | static_cast<std::uint64_t>(byte(1)) << 7U;
      at_ += 2;
      return value;
    }
    return long_varint();
  }
  /// A fault if longer than max_bytes. The view lives as long as the input.
  BytesView bytes(std::uint64_t max_bytes) {
    const std::uint64_t size = varint();
    if (size <= max_bytes) return raw(size);
    fault();
    return {};
  }
  BytesView raw(std::uint64_t count) {
    if (count > left()) {
      fault();
      return {};
    }
    const BytesView taken(at_, count);
    at_ += count;
    return taken;
  }
  /// A count of things of at least one byte each: a fault if more than max or than what is left.
  std::uint64_t count(std::uint64_t max) {
    const std::uint64_t number = varint();
    if (number <= max && number <= left()) return number;
    fault();
    return 0;
  }

  [[nodiscard]] bool ok() const { return ok_; }
  /// Everything read, without a fault.
  [[nodiscard]] bool done() const { return ok_ && at_ == end_; }
  [[nodiscard]] BytesView rest() const { return {at_, left()}; }

 private:
  template <class T>
  T fixed() {
    T value{};
    if (left() < sizeof(T)) {
      fault();
      return value;
    }
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::uint64_t long_varint();
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] std::uint32_t byte(std::size_t i) const { return static_cast<unsigned char>(at_[i]); }
  void fault() {
    ok_ = false;
    at_ = end_;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace causeway
