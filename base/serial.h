// Reading and writing bytes. Integers are little-endian; a varint is base 128, least significant group first;
// a byte string is a varint length and its bytes. A Reader never reads past its end: the first fault sticks.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace causeway {

class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  /// Big-endian, so that the order of bytes is the order of numbers.
  void u64_big(std::uint64_t value);
  void varint(std::uint64_t value);
  void bytes(BytesView value);
  void raw(BytesView value) { out_.append(value); }

 private:
  Bytes& out_;
};

class Reader {
 public:
  explicit Reader(BytesView in) : in_(in) {}

  /// After a fault every read gives 0 or an empty view.
  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t u64_big();
  std::uint64_t varint();
  /// A fault if longer than max_bytes. The view lives as long as the input.
  BytesView bytes(std::uint64_t max_bytes);
  BytesView raw(std::uint64_t count);
  /// A count of things of at least one byte each: a fault if more than max or than what is left.
  std::uint64_t count(std::uint64_t max);

  [[nodiscard]] bool ok() const { return ok_; }
  /// Everything read, without a fault.
  [[nodiscard]] bool done() const { return ok_ && in_.empty(); }
  [[nodiscard]] BytesView rest() const { return in_; }

 private:
  void fault();

  BytesView in_;
  bool ok_ = true;
};

}  // namespace causeway
