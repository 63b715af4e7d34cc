#include "crdt/glob.h"

#include <utility>

namespace causeway {
namespace {

unsigned char byte_at(BytesView pattern, std::size_t at) { return static_cast<unsigned char>(pattern[at]); }

/// One byte, or what stands for one.
struct Unit {
  std::size_t end;  ///< where the next begins
  bool takes;       ///< whether it takes the byte
};

/// The set behind a '['; one that is not closed ends with the pattern.
Unit match_set(BytesView pattern, std::size_t at, unsigned char byte) {
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  bool found = false;
  for (; at < pattern.size() && pattern[at] != ']'; ++at) {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) {
      found = found || byte_at(pattern, ++at) == byte;
    } else if (at + 2 < pattern.size() && pattern[at + 1] == '-') {
      unsigned char low = byte_at(pattern, at);
      unsigned char high = byte_at(pattern, at + 2);
      if (low > high) std::swap(low, high);
      found = found || (byte >= low && byte <= high);
      at += 2;
    } else {
      found = found || byte_at(pattern, at) == byte;
    }
  }
  return {at < pattern.size() ? at + 1 : at, found != negated};
}

/// REQUIRES: no '*' stands there.
Unit match_unit(BytesView pattern, std::size_t at, unsigned char byte) {
  if (pattern[at] == '?') return {at + 1, true};
  if (pattern[at] == '[') return match_set(pattern, at + 1, byte);
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return {at + 1, byte_at(pattern, at) == byte};
}

}  // namespace

// If all behind the last '*' fails, that one takes a byte more: the earlier ones need no second look.
bool matches_glob(BytesView pattern, BytesView text) {
  std::size_t at = 0;
  std::size_t star = BytesView::npos;  // behind the last '*'
  std::size_t resume = 0;              // in the text, when that takes one more
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = ++at;
      resume = i;
      continue;
    }
    if (at < pattern.size()) {
      const Unit unit = match_unit(pattern, at, static_cast<unsigned char>(text[i]));
      if (unit.takes) {
        at = unit.end;
        ++i;
        continue;
      }
    }
    if (star == BytesView::npos) return false;
    at = star;
    i = ++resume;
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace causeway
