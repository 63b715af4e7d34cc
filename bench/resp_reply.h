// Counts the replies in a stream of RESP2 or RESP3, without keeping any.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/bytes.h"

namespace causeway::bench {

class RespReplies {
 public:
  /// How many replies end within these bytes.
  std::uint64_t feed(BytesView bytes) {
    const std::uint64_t before = done_;
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    while (at < end) {
      if (skip_ > 0) {
        const auto skipped = std::min<std::uint64_t>(skip_, static_cast<std::uint64_t>(end - at));
        at += skipped;
        skip_ -= skipped;
        if (skip_ == 0) complete();
        continue;
      }
      const auto* line_end =
          static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      if (line_end == nullptr) {
        part_.append(at, end);
        break;
      }
      if (part_.empty()) {
        take_line({at, static_cast<std::size_t>(line_end - at)});
      } else {
        part_.append(at, line_end);
        take_line(part_);
        part_.clear();
      }
      at = line_end + 1;
    }
    return done_ - before;
  }
  [[nodiscard]] std::uint64_t errors() const { return errors_; }
  [[nodiscard]] const std::string& first_error() const { return first_error_; }

 private:
  void take_line(BytesView line) {
    const char kind = line.empty() ? ' ' : line[0];
    switch (kind) {
      case '$':
      case '=':
      case '!': {
        const std::int64_t size = number(line);
        if (size < 0) return complete();
        skip_ = static_cast<std::uint64_t>(size) + 2;
        return;
      }
      case '*':
      case '~':
      case '>':
      case '%': {
        const std::int64_t items = number(line) * (kind == '%' ? 2 : 1);
        if (items > 0) owed_ += static_cast<std::uint64_t>(items);
        return complete();
      }
      case '-':
        if (errors_++ == 0) first_error_ = line.substr(1, line.find('\r') - 1);
        return complete();
      default: return complete();
    }
  }
  static std::int64_t number(BytesView line) {
    std::int64_t value = 0;
    const bool negative = line.size() > 1 && line[1] == '-';
    for (std::size_t i = negative ? 2 : 1; i < line.size() && line[i] >= '0' && line[i] <= '9'; ++i) {
      value = value * 10 + (line[i] - '0');
    }
    return negative ? -value : value;
  }
  void complete() {
    if (--owed_ > 0) return;
    owed_ = 1;
    ++done_;
  }

  std::string part_;        ///< of a line whose end has not come
  std::uint64_t skip_ = 0;  ///< bytes of a string that are still to come
  std::uint64_t owed_ = 1;  ///< values that the current reply still lacks
  std::uint64_t done_ = 0;
  std::uint64_t errors_ = 0;
  std::string first_error_;
};

}  // namespace causeway::bench
