#include "net/resp_writer.h"

#include <charconv>
#include <cstring>

namespace causeway {
namespace {

constexpr std::size_t head_bytes_max = 1 + 20 + 2;  // kind, number, end of line

char* write_head(char* at, char kind, std::int64_t number) {
  *at++ = kind;
  at = std::to_chars(at, at + 20, number).ptr;
  *at++ = '\r';
  *at++ = '\n';
  return at;
}

}  // namespace

void RespWriter::head(char kind, std::int64_t number) {
  char* begin = into_.space(head_bytes_max);
  into_.commit(static_cast<std::size_t>(write_head(begin, kind, number) - begin));
}

void RespWriter::line(char kind, BytesView text) {
  char* begin = into_.space(text.size() + 3);
  char* at = begin;
  *at++ = kind;
  for (const char c : text) *at++ = c == '\r' || c == '\n' ? ' ' : c;
  *at++ = '\r';
  *at++ = '\n';
  into_.commit(text.size() + 3);
}

void RespWriter::bulk(BytesView bytes) {
  char* begin = into_.space(head_bytes_max + bytes.size() + 2);
  char* at = write_head(begin, '$', static_cast<std::int64_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  at += bytes.size();
  *at++ = '\r';
  *at++ = '\n';
  into_.commit(static_cast<std::size_t>(at - begin));
}

void RespWriter::null() { into_.append(three() ? BytesView("_\r\n") : BytesView("$-1\r\n")); }

void RespWriter::map(std::size_t pairs) {
  head(three() ? '%' : '*', static_cast<std::int64_t>(three() ? pairs : 2 * pairs));
}

void RespWriter::set(std::size_t size) { head(three() ? '~' : '*', static_cast<std::int64_t>(size)); }

void RespWriter::verbatim(BytesView text) {
  if (!three()) {
    bulk(text);
    return;
  }
  head('=', static_cast<std::int64_t>(text.size() + 4));
  into_.append("txt:");
  into_.append(text);
  into_.append("\r\n");
}

void RespWriter::number(double number) {
  const Bytes text = text_of(number);
  three() ? line(',', text) : bulk(text);
}

void RespWriter::pairs(const Value::Array& list) {
  const auto parts_of = [](const Value& value) { return std::get_if<Value::Array>(&value); };
  std::size_t size = 0;
  for (const Value& each : list) size += three() || !parts_of(each) ? 1 : parts_of(each)->size();
  array(size);
  for (const Value& each : list) {
    if (three() || !parts_of(each)) {
      value(each);
    } else {
      for (const Value& part : *parts_of(each)) value(part);
    }
  }
}

void RespWriter::value(const Value& value, ReplyShape shape) {
  if (const auto* bytes = std::get_if<Bytes>(&value)) {
    bulk(*bytes);
  } else if (const auto* state = std::get_if<Status>(&value)) {
    status(state->text);
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    integer(*number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    this->number(*real);
  } else if (const auto* list = std::get_if<Value::Array>(&value)) {
    switch (shape) {
      case ReplyShape::plain: array(list->size()); break;
      case ReplyShape::set: set(list->size()); break;
      case ReplyShape::map: map(list->size() / 2); break;
      case ReplyShape::pairs: pairs(*list); return;
    }
    for (const Value& each : *list) this->value(each);
  } else {
    null();
  }
}

}  // namespace causeway
