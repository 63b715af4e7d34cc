#include "cli/print_value.h"

#include <cstdio>

namespace causeway::cli {
namespace {

void print_item(const Value& value, const std::string& indent, std::ostream& out) {
  if (value.is_nil()) {
    out << "(nil)\n";
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    out << "(integer) " << *number << '\n';
  } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
    out << quoted(*bytes) << '\n';
  } else if (const auto* real = std::get_if<double>(&value)) {
    out << "(double) " << text_of(*real) << '\n';
  } else if (const auto* status = std::get_if<Status>(&value)) {
    out << status->text << '\n';
  } else {
    const auto& items = std::get<Value::Array>(value);
    if (items.empty()) out << "(empty array)\n";
    const std::size_t width = std::to_string(items.size()).size();
    for (std::size_t i = 0; i < items.size(); ++i) {
      std::string place = std::to_string(i + 1);
      place.insert(0, width - place.size(), ' ');
      out << (i == 0 ? "" : indent) << place << ") ";
      print_item(items[i], indent + std::string(width + 2, ' '), out);
    }
  }
}

}  // namespace

std::string quoted(BytesView bytes) {
  std::string text = "\"";
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    switch (each) {
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      case '\t': text += "\\t"; break;
      case '"': text += "\\\""; break;
      case '\\': text += "\\\\"; break;
      default:
        if (byte >= 0x20 && byte < 0x7f) {
          text += each;
        } else {
          char escape[5];
          std::snprintf(escape, sizeof escape, "\\x%02x", byte);
          text += escape;
        }
    }
  }
  return text + '"';
}

void print_for_reader(const Value& value, std::ostream& out) { print_item(value, "", out); }

void print_raw(const Value& value, std::ostream& out) {
  if (value.is_nil()) {
    out << "(nil)\n";
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    out << *number << '\n';
  } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
    out << *bytes << '\n';
  } else if (const auto* real = std::get_if<double>(&value)) {
    out << text_of(*real) << '\n';
  } else if (const auto* status = std::get_if<Status>(&value)) {
    out << status->text << '\n';
  } else {
    for (const Value& item : std::get<Value::Array>(value)) print_raw(item, out);
  }
}

}  // namespace causeway::cli
