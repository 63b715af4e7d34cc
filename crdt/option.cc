#include "crdt/option.h"

#include <algorithm>

namespace causeway {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

bool is_option(BytesView argument, BytesView word) {
  return std::equal(argument.begin(), argument.end(), word.begin(), word.end(),
                    [](char a, char b) { return upper(a) == upper(b); });
}

Bytes upper_case(BytesView option) {
  Bytes upper_cased(option);
  std::transform(option.begin(), option.end(), upper_cased.begin(), upper);
  return upper_cased;
}

tl::unexpected<Error> syntax_error() { return fail(ErrorCode::invalid, "syntax error"); }

}  // namespace causeway
