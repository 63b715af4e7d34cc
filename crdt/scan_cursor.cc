#include "crdt/scan_cursor.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/hash.h"
#include "crdt/glob.h"
#include "crdt/integer.h"

namespace causeway {
namespace {

constexpr unsigned byte_bits = 8;
constexpr std::uint64_t hash_end = std::uint64_t{1} << (byte_bits * scan_hash_bytes);

/// Big-endian, so that the order of bytes is the order of hashes.
Bytes hash_text(std::uint64_t hash) {
  Bytes text(scan_hash_bytes, '\0');
  for (std::size_t i = scan_hash_bytes; i-- > 0; hash >>= byte_bits) text[i] = static_cast<char>(hash);
  return text;
}

std::uint64_t hash_in(BytesView scan_key) {
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < scan_hash_bytes; ++i) {
    hash = hash << byte_bits | static_cast<unsigned char>(scan_key[i]);
  }
  return hash;
}

bool is_word(BytesView text, BytesView lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char given, char wanted) {
    return (given >= 'A' && given <= 'Z' ? static_cast<char>(given | 0x20) : given) == wanted;
  });
}

}  // namespace

Bytes scan_key(BytesView name) {
  return hash_text(std::max<std::uint64_t>(hash64(name) % hash_end, 1)).append(name);
}

bool ScanRequest::wants(BytesView name) const { return !pattern || matches_glob(*pattern, name); }

Result<ScanRequest> parse_scan(std::span<const BytesView> arguments) {
  ScanRequest scan;
  const BytesView cursor = arguments.front();
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), scan.cursor);
  if (error != std::errc() || end != cursor.data() + cursor.size()) {
    return fail(ErrorCode::invalid, "invalid cursor");
  }
  for (std::size_t at = 1; at < arguments.size(); at += 2) {
    if (at + 1 == arguments.size()) return fail(ErrorCode::invalid, "syntax error");
    if (is_word(arguments[at], "match")) {
      scan.pattern = arguments[at + 1];
    } else if (is_word(arguments[at], "count")) {
      const auto count = parse_integer(arguments[at + 1]);
      if (!count) return fail(ErrorCode::invalid, "value is not an integer or out of range");
      if (*count < 1) return fail(ErrorCode::invalid, "syntax error");
      scan.count = static_cast<std::uint64_t>(*count);
    } else {
      return fail(ErrorCode::invalid, "syntax error");
    }
  }
  return scan;
}

std::uint64_t scan_step(const ElementOrder& order, const ScanRequest& scan,
                        FunctionRef<void(BytesView name)> visit) {
  if (scan.cursor >= hash_end) return 0;
  std::uint64_t visited = 0;
  std::uint64_t last = 0;
  std::uint64_t next = 0;
  order.visit(order.rank(hash_text(scan.cursor)), [&](BytesView key) {
    const std::uint64_t hash = hash_in(key);
    if (visited >= scan.count && hash != last) {
      next = hash;
      return false;
    }
    last = hash;
    ++visited;
    const BytesView name = name_in_scan_key(key);
    visit(name);
    return true;
  });
  return next;
}

}  // namespace causeway
