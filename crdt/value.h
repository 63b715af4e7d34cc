// What commands answer: the shape of a reply, as Redis users know it.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace causeway {

/// What an array is: itself; in RESP3 a set, or a map of its pairs; or an array of arrays of two, which RESP2 puts one behind
/// the other.
enum class ReplyShape : std::uint8_t { plain, set, map, pairs };

struct Nil {
  friend bool operator==(const Nil&, const Nil&) = default;
};
/// "OK" and the like.
struct Status {
  Bytes text;
  friend bool operator==(const Status&, const Status&) = default;
};

/// A double is what Redis answers as a number in RESP3, and as its text in RESP2.
struct Value : std::variant<Nil, Status, std::int64_t, Bytes, std::vector<Value>, double> {
  using Array = std::vector<Value>;
  using Variant = variant;
  using variant::variant;

  [[nodiscard]] bool is_nil() const { return std::holds_alternative<Nil>(*this); }
};

/// As Redis 7.0 writes it: with 17 digits at most, which tell any two doubles apart; "inf", "-inf".
Bytes text_of(double number);

}  // namespace causeway
