#include "base/serial.h"

#include <bit>
#include <cstring>

namespace causeway {
namespace {

static_assert(std::endian::native == std::endian::little, "the formats are little-endian");

template <class T>
void append_raw(Bytes& out, T value) {
  char buffer[sizeof(T)];
  std::memcpy(buffer, &value, sizeof(T));
  out.append(buffer, sizeof(T));
}

template <class T>
T load(BytesView from) {
  if (from.size() < sizeof(T)) return T{};
  T value;
  std::memcpy(&value, from.data(), sizeof(T));
  return value;
}

}  // namespace

void Writer::u32(std::uint32_t value) { append_raw(out_, value); }
void Writer::u64(std::uint64_t value) { append_raw(out_, value); }
void Writer::u64_big(std::uint64_t value) { append_raw(out_, __builtin_bswap64(value)); }

void Writer::varint(std::uint64_t value) {
  while (value >= 0x80) {
    u8(static_cast<std::uint8_t>(value | 0x80U));
    value >>= 7U;
  }
  u8(static_cast<std::uint8_t>(value));
}

void Writer::bytes(BytesView value) {
  varint(value.size());
  raw(value);
}

void Reader::fault() {
  ok_ = false;
  in_ = {};
}

BytesView Reader::raw(std::uint64_t count) {
  if (count > in_.size()) {
    fault();
    return {};
  }
  const BytesView taken = in_.substr(0, count);
  in_.remove_prefix(count);
  return taken;
}

std::uint8_t Reader::u8() { return load<std::uint8_t>(raw(1)); }
std::uint32_t Reader::u32() { return load<std::uint32_t>(raw(4)); }
std::uint64_t Reader::u64() { return load<std::uint64_t>(raw(8)); }
std::uint64_t Reader::u64_big() { return __builtin_bswap64(load<std::uint64_t>(raw(8))); }

std::uint64_t Reader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = u8();
    if (!ok_) return 0;
    if (shift == 63 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) {
      if (byte == 0 && shift != 0) break;  // one form per number
      return value;
    }
  }
  fault();
  return 0;
}

BytesView Reader::bytes(std::uint64_t max_bytes) {
  const std::uint64_t size = varint();
  if (size > max_bytes) {
    fault();
    return {};
  }
  return raw(size);
}

std::uint64_t Reader::count(std::uint64_t max) {
  const std::uint64_t number = varint();
  if (number > max || number > in_.size()) {
    fault();
    return 0;
  }
  return number;
}

}  // namespace causeway
