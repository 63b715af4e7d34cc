#include "storage/record.h"

#include <cstring>

#include "base/hash.h"
#include "base/serial.h"

namespace causeway {
namespace {

std::uint32_t checksum_of(BytesView key, BytesView body) {
  return static_cast<std::uint32_t>(hash64(body, hash64(key)));
}

}  // namespace

Bytes seal_record(BytesView key, BytesView body) {
  Bytes value(checksum_bytes, '\0');
  value.append(body);
  seal_in_place(key, value);
  return value;
}

void seal_in_place(BytesView key, Bytes& value) {
  const std::uint32_t checksum = checksum_of(key, BytesView(value).substr(checksum_bytes));
  std::memcpy(value.data(), &checksum, sizeof(checksum));
}

Result<BytesView> open_record(BytesView key, BytesView value) {
  Reader reader(value);
  const std::uint32_t checksum = reader.u32();
  if (!reader.ok()) return damaged_record(key, "it is too short");
  if (checksum != checksum_of(key, reader.rest())) return damaged_record(key, "its checksum does not match");
  return reader.rest();
}

tl::unexpected<Error> damaged_record(BytesView key, const std::string& why) {
  return fail(ErrorCode::internal, "damaged record in the state under " + to_hex(key) + ": " + why);
}

std::string to_hex(BytesView bytes, std::size_t bytes_max) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes.substr(0, bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 15U]);
  }
  if (bytes.size() > bytes_max) text += "…";
  return text;
}

}  // namespace causeway
