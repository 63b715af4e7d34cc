#include "storage/names.h"

#include <algorithm>

#include "base/hash.h"
#include "base/serial.h"

namespace causeway {
namespace {

constexpr char zero = '\x00';
constexpr char zero_follows = '\xFF';
constexpr char end_follows = '\x00';
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
  const bool whole = append_escaped(name, out);
  out.push_back(zero);
  out.push_back(whole ? end_follows : hash_follows);
  if (whole) return false;
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
  BytesView name = in.substr(0, at);
  if (at + 1 < in.size() && in[at + 1] == zero_follows) {
    unescaped.clear();
    for (at = 0; at + 1 < in.size() && !(in[at] == zero && in[at + 1] != zero_follows); ++at) {
      unescaped.push_back(in[at]);
      if (in[at] == zero) ++at;
    }
    name = unescaped;
  }
  if (at + 1 >= in.size() || in[at] != zero) return std::nullopt;
  const bool hashed = in[at + 1] == hash_follows;
  const std::size_t group = at + 2;
  const std::size_t form = group + (hashed ? hash_bytes : 0);
  if ((!hashed && in[at + 1] != end_follows) || in.size() < form) return std::nullopt;
  return ParsedName{name, hashed, group, form};
}

}  // namespace causeway
