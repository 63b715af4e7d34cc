// SCAN of what one value holds, in parts, while it changes: sets and fields are in an order of their hashes (scan_key), and a
// cursor is the hash to go on from. What is there all the time is in its place all the time, so that it is visited exactly
// once; a rank would move with what comes and goes before it. Cursors mean the same on all nodes.
#pragma once

#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "crdt/element_order.h"

namespace causeway {

/// Of the name's hash: so few that every client reads a cursor exactly, also one that keeps numbers as doubles.
inline constexpr std::size_t scan_hash_bytes = 6;

/// What an element is called in an order for scans: a hash of its name, never 0, and the name.
Bytes scan_key(BytesView name);
/// The name in it.
inline BytesView name_in_scan_key(BytesView key) { return key.substr(scan_hash_bytes); }

/// "cursor [MATCH pattern] [COUNT count]".
struct ScanRequest {
  std::uint64_t cursor = 0;         ///< 0: from the start
  std::uint64_t count = 10;         ///< about so many at once: those with one hash are not parted
  std::optional<BytesView> pattern;  ///< of the names to be answered

  [[nodiscard]] bool wants(BytesView name) const;
};

/// Errors: invalid, in the words of Redis.
Result<ScanRequest> parse_scan(std::span<const BytesView> arguments);

/// Visits the next elements of an order of scan keys, by what stands behind the hash; where to go on, 0 at the end.
std::uint64_t scan_step(const ElementOrder& order, const ScanRequest& scan, FunctionRef<void(BytesView name)> visit);

}  // namespace causeway
