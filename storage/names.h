// Names inside state keys: object keys and entry paths, of any bytes and any length, in keys of at most 511 bytes
// whose order is the order of the names.
//
//   name    := escaped                       if it has at most name_bytes_max bytes; the key ends with it
//            | cut 0x00 0x01 hash:16 bytes   otherwise; the record's body then has the name
//   escaped := the name, each byte 0x00 followed by 0xFF
//   cut     := the first name_bytes_max bytes of escaped, less one where that would part a pair
//
// The names of one *group* (all up to and with 0x00 0x01 is equal) are ordered by reading them from the bodies.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace causeway {

inline constexpr std::size_t name_bytes_max = 448;

/// Appends the form of a whole name. Returns whether it is hashed: the body must then carry the name.
bool append_name(BytesView name, Bytes& out);

/// Appends what the forms of all names that begin with `prefix` begin with.
void append_name_prefix(BytesView prefix, Bytes& out);

/// Whether the form of this name is hashed.
bool is_hashed(BytesView name);

struct ParsedName {
  BytesView name;  ///< whole, or only its first part if hashed
  bool hashed;
  std::size_t group;  ///< bytes of the form that its whole group shares
};

/// Nothing if `in` is no name's form. The name is a part of `in`, or else of `unescaped`.
std::optional<ParsedName> parse_name(BytesView in, Bytes& unescaped);

}  // namespace causeway
