#include "causeway/key_handle.h"

namespace causeway {
namespace {

tl::unexpected<Error> unexpected_reply(BytesView wanted) {
  return fail(ErrorCode::internal, "the store answered something else than " + Bytes(wanted) +
                                       ": use a client and nodes of one release");
}

}  // namespace

template <>
Result<void> value_as(Value /*value*/) {
  return {};
}

template <>
Result<std::int64_t> value_as(Value value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  return unexpected_reply("an integer");
}

template <>
Result<bool> value_as(Value value) {
  CW_TRY(const std::int64_t number, value_as<std::int64_t>(std::move(value)));
  return number != 0;
}

template <>
Result<std::optional<std::int64_t>> value_as(Value value) {
  if (value.is_nil()) return std::nullopt;
  return value_as<std::int64_t>(std::move(value));
}

template <>
Result<double> value_as(Value value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return unexpected_reply("a number");
}

template <>
Result<std::optional<double>> value_as(Value value) {
  if (value.is_nil()) return std::nullopt;
  return value_as<double>(std::move(value));
}

template <>
Result<std::optional<Bytes>> value_as(Value value) {
  if (value.is_nil()) return std::nullopt;
  if (auto* bytes = std::get_if<Bytes>(&value)) return std::move(*bytes);
  if (auto* status = std::get_if<Status>(&value)) return std::move(status->text);
  return unexpected_reply("a string");
}

template <>
Result<Bytes> value_as(Value value) {
  CW_TRY(auto bytes, value_as<std::optional<Bytes>>(std::move(value)));
  if (!bytes) return unexpected_reply("a string");
  return std::move(*bytes);
}

namespace {

template <class T>
Result<std::map<Bytes, T>> map_as(Value value) {
  auto* items = std::get_if<Value::Array>(&value);
  if (items == nullptr || items->size() % 2 != 0) return unexpected_reply("a map");
  std::map<Bytes, T> all;
  for (std::size_t i = 0; i < items->size(); i += 2) {
    CW_TRY(Bytes name, value_as<Bytes>(std::move((*items)[i])));
    CW_TRY(T held, value_as<T>(std::move((*items)[i + 1])));
    all.emplace(std::move(name), std::move(held));
  }
  return all;
}

}  // namespace

template <>
Result<std::vector<std::pair<Bytes, double>>> value_as(Value value) {
  auto* items = std::get_if<Value::Array>(&value);
  if (items == nullptr) return unexpected_reply("an array");
  std::vector<std::pair<Bytes, double>> all;
  for (Value& item : *items) {
    auto* pair = std::get_if<Value::Array>(&item);
    if (pair == nullptr || pair->size() != 2) return unexpected_reply("pairs");
    CW_TRY(Bytes member, value_as<Bytes>(std::move((*pair)[0])));
    CW_TRY(const double score, value_as<double>(std::move((*pair)[1])));
    all.emplace_back(std::move(member), score);
  }
  return all;
}

template <>
Result<std::map<Bytes, std::int64_t>> value_as(Value value) {
  return map_as<std::int64_t>(std::move(value));
}

template <>
Result<std::map<Bytes, Bytes>> value_as(Value value) {
  return map_as<Bytes>(std::move(value));
}

template <>
Result<std::map<Bytes, std::optional<Bytes>>> value_as(Value value) {
  return map_as<std::optional<Bytes>>(std::move(value));
}

template <>
Result<std::vector<Bytes>> value_as(Value value) {
  auto* items = std::get_if<Value::Array>(&value);
  if (items == nullptr) return unexpected_reply("an array");
  std::vector<Bytes> all;
  for (Value& item : *items) {
    CW_TRY(Bytes bytes, value_as<Bytes>(std::move(item)));
    all.push_back(std::move(bytes));
  }
  return all;
}

}  // namespace causeway
