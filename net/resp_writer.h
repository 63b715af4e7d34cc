// Replies in the Redis protocol, version 2 or 3.
//
//             RESP2                          RESP3
//   null      $-1                            _
//   map       *2n key value …                %n key value …
//   set       *n member …                    ~n member …
//   double    $length text                   ,text
//   verbatim  $length text                   =length txt:text
//   other     +status -error :integer $length bytes *n …, in both
#pragma once

#include "base/bytes.h"
#include "net/byte_buffer.h"
#include "wire/message.h"

namespace causeway {

enum class RespVersion : std::uint8_t { two = 2, three = 3 };

/// Appends to a buffer. array(), map() and set() are followed by their elements.
class RespWriter {
 public:
  RespWriter(ByteBuffer& into, RespVersion version) : into_(into), version_(version) {}

  void status(BytesView text) { line('+', text); }
  void ok() { into_.append("+OK\r\n"); }
  /// "CODE and a sentence": one line, whatever bytes it has.
  void error(BytesView text) { line('-', text); }
  void integer(std::int64_t number) { head(':', number); }
  void bulk(BytesView bytes);
  void null();
  void array(std::size_t size) { head('*', static_cast<std::int64_t>(size)); }
  void map(std::size_t pairs);
  void set(std::size_t size);
  void verbatim(BytesView text);
  void number(double number);
  /// What a data command answers; its outermost array in this shape.
  void value(const Value& value, ReplyShape shape = ReplyShape::plain);

  [[nodiscard]] RespVersion version() const { return version_; }
  /// HELLO: this reply has the new version already.
  void set_version(RespVersion version) { version_ = version; }

 private:
  [[nodiscard]] bool three() const { return version_ == RespVersion::three; }
  void head(char kind, std::int64_t number);
  void line(char kind, BytesView text);
  void pairs(const Value::Array& list);

  ByteBuffer& into_;
  RespVersion version_;
};

}  // namespace causeway
