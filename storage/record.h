// Checksums of state records: over key and value, made on each write and checked on each read.
//
//   value := checksum:u32 body
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace causeway {

/// The value to store under `key`.
Bytes seal_record(BytesView key, BytesView body);
/// Makes a value of what was appended to a `checksum_bytes` long head.
void seal_in_place(BytesView key, Bytes& value);
inline constexpr std::size_t checksum_bytes = 4;

/// The body of a stored value. Errors: internal, damaged record: never taken for an absent one.
Result<BytesView> open_record(BytesView key, BytesView value);

/// The error for a record that cannot be right.
[[nodiscard]] tl::unexpected<Error> damaged_record(BytesView key, const std::string& why);

/// The bytes as hexadecimal digits, at most `bytes_max` of them: for the sentences of errors.
std::string to_hex(BytesView bytes, std::size_t bytes_max = 64);

}  // namespace causeway
