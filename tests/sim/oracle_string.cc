// Strings: a register and increments. An integer is the base of what the increments add up to that no write saw.
#include <charconv>

#include "tests/sim/oracle_rules.h"

namespace causeway::testing {
namespace {

Bytes text_of(const Bytes& written, std::int64_t sum) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
  const bool whole = error == std::errc() && end == written.data() + written.size() && !written.empty();
  return whole ? std::to_string(number + sum) : written;
}

}  // namespace

const TypeRule string_rule{
    EntryType::string,
    [](EventBook& book, const Story& story, const Who& clears) {
      const Sum sum = sum_of(book, story, takers_of(story, clears));
      auto values = siblings_of(story, clears);
      Declared declared;
      declared.entries = values.size() + sum.cells;
      if (declared.entries == 0) return declared;
      for (Bytes& value : values) value = text_of(value, sum.amount);
      if (values.empty()) values.push_back(std::to_string(sum.amount));
      declared.shown = Shown{values.front(), {{{"GET"}, values.front()}, {{"SIBLINGS"}, array_of(values)}}};
      return declared;
    },
    written_by};

}  // namespace causeway::testing
