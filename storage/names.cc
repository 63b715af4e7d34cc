#include "storage/names.h"

#include <algorithm>

#include "base/hash.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr char zero = '\x00';
constexpr char zero_follows = '\xFF';
constexpr char hash_follows = '\x01';
constexpr std::size_t hash_bytes = 16;

/// Appends the escaped name, cut. Returns whether it is whole.
bool append_escaped(BytesView name, Bytes& out) {
  const std::size_t end = out.size() + name_bytes_max;
  for (const char c : name) {
    if (out.size() + (c == zero ? 2 : 1) > end) return false;
    out.push_back(c);
    if (c == zero) out.push_back(zero_follows);
  }
  return true;
}

}  // namespace

bool append_name(BytesView name, Bytes& out) {
  if (append_escaped(name, out)) return false;
  out.push_back(zero);
  out.push_back(hash_follows);
  const Hash128 hash = hash128(name);
  Writer writer(out);
  writer.u64_big(hash.high);
  writer.u64_big(hash.low);
  return true;
}

void append_name_prefix(BytesView prefix, Bytes& out) { append_escaped(prefix, out); }

bool is_hashed(BytesView name) {
  if (2 * name.size() <= name_bytes_max) return false;
  Bytes escaped;
  return !append_escaped(name, escaped);
}

std::optional<ParsedName> parse_name(BytesView in, Bytes& unescaped) {
  std::size_t at = std::min(in.find(zero), in.size());
  if (at == in.size()) return ParsedName{in, false, at};
  unescaped.assign(in.substr(0, at));
  for (; at < in.size(); ++at) {
    unescaped.push_back(in[at]);
    if (in[at] != zero) continue;
    if (++at == in.size()) return std::nullopt;
    if (in[at] == zero_follows) continue;
    unescaped.pop_back();
    if (in[at] != hash_follows || in.size() - at - 1 != hash_bytes) return std::nullopt;
    return ParsedName{unescaped, true, at + 1};
  }
  return ParsedName{unescaped, false, in.size()};
}

}  // namespace causeway
