#include "storage/names.h"

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

std::optional<ParsedName> parse_name(BytesView in) {
  ParsedName parsed{{}, false, 0, {}};
  for (std::size_t at = 0; at < in.size(); ++at) {
    if (in[at] != zero) {
      parsed.name.push_back(in[at]);
      continue;
    }
    if (++at == in.size()) return std::nullopt;
    if (in[at] == zero_follows) {
      parsed.name.push_back(zero);
      continue;
    }
    parsed.hashed = in[at] == hash_follows;
    parsed.group = at + 1;
    const std::size_t form = parsed.group + (parsed.hashed ? hash_bytes : 0);
    if ((!parsed.hashed && in[at] != end_follows) || in.size() < form) return std::nullopt;
    parsed.suffix = in.substr(form);
    return parsed;
  }
  return std::nullopt;
}

}  // namespace causeway
