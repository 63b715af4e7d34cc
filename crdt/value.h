// What commands answer: the shape of a reply, as Redis users know it.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace causeway {

/// What RESP3 makes of an array: itself, a set, or a map of its pairs.
enum class ReplyShape : std::uint8_t { plain, set, map };

struct Nil {
  friend bool operator==(const Nil&, const Nil&) = default;
};
/// "OK" and the like.
struct Status {
  Bytes text;
  friend bool operator==(const Status&, const Status&) = default;
};

/// A double is what Redis answers as a number in RESP3, and as its shortest text in RESP2.
struct Value : std::variant<Nil, Status, std::int64_t, Bytes, std::vector<Value>, double> {
  using Array = std::vector<Value>;
  using Variant = variant;
  using variant::variant;

  [[nodiscard]] bool is_nil() const { return std::holds_alternative<Nil>(*this); }
};

/// The shortest text that reads back as the same number; "inf", "-inf", "nan".
Bytes text_of(double number);

}  // namespace causeway
