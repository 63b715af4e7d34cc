#include "storage/record.h"

#include "base/hash.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr std::size_t checksum_bytes = 8;

std::uint64_t checksum_of(BytesView key, BytesView body) { return hash64(body, hash64(key)); }

}  // namespace

Bytes seal_record(BytesView key, BytesView body) {
  Bytes value;
  value.reserve(checksum_bytes + body.size());
  Writer writer(value);
  writer.u64(checksum_of(key, body));
  writer.raw(body);
  return value;
}

Result<BytesView> open_record(BytesView key, BytesView value) {
  Reader reader(value);
  const std::uint64_t checksum = reader.u64();
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
