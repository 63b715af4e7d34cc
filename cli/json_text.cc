#include "cli/json_text.h"

#include <cmath>
#include <cstdint>

namespace causeway::cli {
namespace {

std::string base64(BytesView bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8U | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j <= bytes.size() ? digits[group >> (18 - 6 * j) & 63U] : '=';
    }
  }
  return text;
}

bool is_utf8(BytesView bytes) {
  try {
    static_cast<void>(Json(std::string(bytes)).dump());
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

struct ToJson {
  Json operator()(const Nil& /*nil*/) const { return nullptr; }
  Json operator()(const Status& status) const { return status.text; }
  Json operator()(std::int64_t number) const { return number; }
  Json operator()(const Bytes& bytes) const { return json_of_bytes(bytes); }
  Json operator()(double number) const {
    if (std::isfinite(number)) return number;
    return text_of(number);  // JSON has none
  }
  Json operator()(const Value::Array& items) const {
    Json all = Json::array();
    for (const Value& item : items) all.push_back(json_of(item));
    return all;
  }
};

}  // namespace

std::string json_text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

Json json_of_bytes(BytesView bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  return {{"base64", base64(bytes)}};
}

Json json_of(const Value& value) {
  return std::visit(ToJson{}, static_cast<const Value::Variant&>(value));
}

}  // namespace causeway::cli
