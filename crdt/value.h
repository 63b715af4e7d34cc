// What commands answer: the shape of a reply, as Redis users know it.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace causeway {

struct Nil {
  friend bool operator==(const Nil&, const Nil&) = default;
};
/// "OK" and the like.
struct Status {
  Bytes text;
  friend bool operator==(const Status&, const Status&) = default;
};

struct Value : std::variant<Nil, Status, std::int64_t, Bytes, std::vector<Value>> {
  using Array = std::vector<Value>;
  using variant::variant;

  [[nodiscard]] bool is_nil() const { return std::holds_alternative<Nil>(*this); }
};

}  // namespace causeway
