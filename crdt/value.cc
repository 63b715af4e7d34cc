#include "crdt/value.h"

#include <array>
#include <charconv>
#include <cmath>

namespace causeway {

// As Redis writes them: whole numbers without an exponent, as long as a double tells them apart.
Bytes text_of(double number) {
  constexpr double whole_max = 1e17;
  std::array<char, 32> text;  // NOLINT: written below
  char* const end = text.data() + text.size();
  const bool whole = std::abs(number) < whole_max && number == std::trunc(number);
  if (whole && number == 0) return std::signbit(number) ? "-0" : "0";
  const auto to = whole ? std::to_chars(text.data(), end, static_cast<std::int64_t>(number)).ptr
                        : std::to_chars(text.data(), end, number).ptr;
  return {text.data(), to};
}

}  // namespace causeway
