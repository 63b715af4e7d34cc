#include "net/resp_parser.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

namespace causeway {
namespace {

constexpr std::size_t usual_arguments = 64;  // memory for more is not kept
constexpr std::size_t usual_words_bytes = 1024;
constexpr std::size_t digits_max = 20;  // "-9223372036854775808"

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char escaped(char c) {
  switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'a': return '\a';
    default: return c;
  }
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

}  // namespace

RespParser::Step RespParser::fail(std::string sentence) {
  error_ = "Protocol error: " + std::move(sentence);
  return Step::error;
}

inline void RespParser::add(Piece piece) {
  if (found_ == pieces_.size()) pieces_.resize(std::max<std::size_t>(8, 2 * found_));
  pieces_[found_++] = piece;
}

RespParser::Step RespParser::next(BytesView input) {
  if (!inside_) {
    if (input.empty()) return Step::more;
    if (input[0] != '*') return inline_words(input);
  }
  return multibulk(input);
}

/// The number at position_ + 1 and the end of its line: position_ is behind it then.
RespParser::Number RespParser::number(BytesView input, std::int64_t& value) {
  const std::size_t first = position_ + 1;
  std::size_t at = first;
  const bool negative = at < input.size() && input[at] == '-';
  if (negative) ++at;
  const std::size_t digits = at;
  std::uint64_t sum = 0;
  while (at < input.size() && input[at] >= '0' && input[at] <= '9') {
    sum = sum * 10 + static_cast<std::uint64_t>(input[at++] - '0');
    if (at - first > digits_max) return Number::no;
  }
  if (at == input.size()) return Number::more;
  const std::size_t count = at - digits;
  constexpr std::uint64_t beyond_all_limits = std::uint64_t{1} << 62U;  // and so that nothing wraps around
  if (count == 0 || count >= digits_max || (input[digits] == '0' && count > 1) || input[at] != '\r')
    return Number::no;
  if (at + 1 == input.size()) return Number::more;
  if (input[at + 1] != '\n') return Number::no;
  value = static_cast<std::int64_t>(std::min(sum, beyond_all_limits));
  if (negative) value = -value;
  position_ = at + 2;
  return Number::yes;
}

RespParser::Step RespParser::multibulk(BytesView input) {
  if (!inside_) {
    position_ = 0;
    const Number count = number(input, left_);
    if (count == Number::more) return Step::more;
    if (count == Number::no || left_ > static_cast<std::int64_t>(limits_.arguments_max)) {
      return fail("invalid multibulk length");
    }
    found_ = 0;
    if (left_ <= 0) {
      arguments_.clear();
      return Step::command;
    }
    inside_ = true;
    length_ = -1;
  }
  return bulks(input);
}

RespParser::Step RespParser::bulks(BytesView input) {
  for (; left_ > 0; --left_) {
    if (length_ < 0) {
      if (position_ >= input.size()) return Step::more;
      if (input[position_] != '$') return fail(std::string("expected '$', got '") + input[position_] + "'");
      const Number known = number(input, length_);
      if (known == Number::more) return Step::more;
      if (known == Number::no || length_ < 0 || length_ > static_cast<std::int64_t>(limits_.bulk_bytes_max)) {
        return fail("invalid bulk length");
      }
    }
    const auto size = static_cast<std::size_t>(length_);
    if (position_ + size > limits_.command_bytes_max) return fail("too big request");
    if (input.size() < position_ + size + 2) return Step::more;
    if (input[position_ + size] != '\r' || input[position_ + size + 1] != '\n') {
      return fail("expected CR LF behind an argument");
    }
    add({position_, size});
    position_ += size + 2;
    length_ = -1;
  }
  inside_ = false;
  return finish(input.data());
}

RespParser::Step RespParser::finish(const char* base) {
  arguments_.resize(found_);
  for (std::size_t i = 0; i < found_; ++i) arguments_[i] = {base + pieces_[i].at, pieces_[i].size};
  return Step::command;
}

void RespParser::put_away() {
  if (words_.capacity() > usual_words_bytes) words_ = Bytes();
  if (inside_ || pieces_.size() <= usual_arguments) return;
  pieces_ = std::vector<Piece>();
  arguments_ = std::vector<BytesView>();
}

RespParser::Step RespParser::inline_words(BytesView input) {
  const void* found = std::memchr(input.data() + looked_at_, '\n', input.size() - looked_at_);
  const std::size_t end = found == nullptr
                              ? input.size()
                              : static_cast<std::size_t>(static_cast<const char*>(found) - input.data());
  if (end > limits_.inline_bytes_max) return fail("too big inline request");
  looked_at_ = found == nullptr ? end : 0;
  if (found == nullptr) return Step::more;
  position_ = end + 1;
  const bool carriage_return = end > 0 && input[end - 1] == '\r';
  if (!split(input.substr(0, carriage_return ? end - 1 : end))) return fail("unbalanced quotes in request");
  return finish(words_.data());
}

/// False if a quote is not closed, or something stands right behind a closed one.
bool RespParser::split(BytesView line) {
  words_.clear();
  found_ = 0;
  for (std::size_t at = 0;;) {
    while (at < line.size() && is_space(line[at])) ++at;
    if (at == line.size()) return true;
    const std::size_t begin = words_.size();
    while (at < line.size() && !is_space(line[at])) {
      if (line[at] != '"' && line[at] != '\'') {
        words_ += line[at++];
        continue;
      }
      const char quote = line[at];
      if (!quoted(line, ++at, quote)) return false;
      if (at < line.size() && !is_space(line[at])) return false;
    }
    add({begin, words_.size() - begin});
  }
}

/// Appends what stands between quotes; `at`, behind the opening one, is behind the closing one then.
bool RespParser::quoted(BytesView line, std::size_t& at, char quote) {
  for (; at < line.size() && line[at] != quote; ++at) {
    const std::size_t left = line.size() - at;
    if (line[at] != '\\' || left < 2) {
      words_ += line[at];
    } else if (quote == '\'') {
      if (line[at + 1] == '\'') ++at;  // the only escape there
      words_ += line[at];
    } else if (left >= 4 && line[at + 1] == 'x' && hex_digit(line[at + 2]) >= 0 &&
               hex_digit(line[at + 3]) >= 0) {
      words_ += static_cast<char>(hex_digit(line[at + 2]) * 16 + hex_digit(line[at + 3]));
      at += 3;
    } else {
      words_ += escaped(line[++at]);
    }
  }
  return at++ < line.size();
}

}  // namespace causeway
