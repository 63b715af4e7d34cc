#include "base/hash.h"

#define XXH_INLINE_ALL  // short keys: a call costs as much as the hash
#include <xxhash.h>

namespace causeway {

std::uint64_t hash64(BytesView bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128& Hash128::operator+=(const Hash128& other) {
  low += other.low;
  high += other.high + (low < other.low ? 1U : 0U);
  return *this;
}

Hash128& Hash128::operator-=(const Hash128& other) {
  const std::uint64_t borrow = low < other.low ? 1U : 0U;
  low -= other.low;
  high -= other.high + borrow;
  return *this;
}

Hash128 hash128(BytesView bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

}  // namespace causeway
