// The one hash (XXH3): of keys onto the ring, of records for their checksum, of entries for the digest.
#pragma once

#include <compare>
#include <cstdint>

#include "base/bytes.h"

namespace causeway {

std::uint64_t hash64(BytesView bytes, std::uint64_t seed = 0);

/// 128 bits that add up: the digest of a set of entries is the sum of their hashes, modulo 2^128.
struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  Hash128& operator+=(const Hash128& other);
  Hash128& operator-=(const Hash128& other);
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

Hash128 hash128(BytesView bytes);

}  // namespace causeway
