// Commands of the Redis protocol, out of a stream of bytes.
//
//   command := '*' count CRLF ('$' length CRLF bytes CRLF)*     multibulk
//            | word (space word)* LF                            inline, for people; words may be quoted
//
// The strictness and the words of errors are those of Redis, but for two things: a line feed must follow each carriage
// return, and a command has a limit as a whole.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "net/limits.h"

namespace causeway {

/// The name and what follows it.
using RespArguments = std::span<const BytesView>;

/// Keeps its place in a command that has not arrived as a whole, so that no byte is looked at twice.
class RespParser {
 public:
  /// `limits` must outlive the parser.
  explicit RespParser(const RespLimits& limits) : limits_(limits) {}

  enum class Step {
    command,  ///< arguments() are one; none of them is one to pass over
    more,     ///< the rest has not arrived
    error,    ///< no command will come any more: error() says why
  };
  /// `input`: all that has arrived since the end of the last command; it may have moved in memory.
  Step next(BytesView input);

  /// Of the command: views into its input, or (inline) into the parser; until the next call.
  [[nodiscard]] RespArguments arguments() const { return arguments_; }
  /// They are views into the input.
  [[nodiscard]] bool in_input() const { return !arguments_.empty() && arguments_[0].data() != words_.data(); }
  /// Gives back the memory that an unusually large command took.
  void put_away();
  /// How many bytes of the input the command took.
  [[nodiscard]] std::size_t consumed() const { return position_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  struct Piece {
    std::size_t at;
    std::size_t size;
  };
  enum class Number { yes, more, no };

  Step multibulk(BytesView input);
  Step bulks(BytesView input);
  Step inline_words(BytesView input);
  bool split(BytesView line);
  bool quoted(BytesView line, std::size_t& at, char quote);
  Number number(BytesView input, std::int64_t& value);
  void add(Piece piece);
  Step fail(std::string sentence);
  Step finish(const char* base);

  const RespLimits& limits_;
  bool inside_ = false;        // a multibulk command whose count is known
  std::size_t position_ = 0;   // from the begin of the command
  std::size_t looked_at_ = 0;  // of an inline command: here is no line feed
  std::int64_t left_ = 0;      // arguments to come
  std::int64_t length_ = -1;   // of the argument that comes, -1: not known yet
  std::vector<Piece> pieces_;  // the first found_ of them; the rest is room
  std::size_t found_ = 0;
  std::vector<BytesView> arguments_;
  Bytes words_;  // of an inline command, without their quotes
  std::string error_;
};

}  // namespace causeway
