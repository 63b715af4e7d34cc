#include "crdt/value.h"

#include <array>
#include <charconv>

namespace causeway {

Bytes text_of(double number) {
  constexpr int digits = 17;
  std::array<char, 32> text;  // NOLINT: written below
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, digits);
  return {text.data(), end.ptr};
}

}  // namespace causeway
