// Maps: a field is there if the value in it is; a value is declared as it would be of a key.
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {
namespace {

/// What is asked of a value, asked of it in a field.
std::vector<Bytes> in_field(const Bytes& field, const std::vector<Bytes>& words) {
  std::vector<Bytes> nested{"MAP.IN", field};
  nested.insert(nested.end(), words.begin(), words.end());
  return nested;
}

}  // namespace

const TypeRule map_rule{
    EntryType::map, [](EventBook& book, const Story& story, const Who& clears) {
      Declared declared;
      std::vector<Question> questions;
      Value::Array all;
      std::int64_t fields = 0;
      for (const auto& [field, container] : story.fields) {
        const Expected expected = expected_of(book, container, clears);
        declared.entries += expected.entries;
        ask({"HEXISTS", field}, std::int64_t{expected.type.has_value()}, questions);
        if (!expected.type) continue;
        ++fields;
        all.emplace_back(field);
        all.push_back(*expected.type == EntryType::string ? expected.shown.whole : Value());
        for (const Question& question : expected.shown.questions) {
          ask(in_field(field, question.words), question.answer, questions);
        }
      }
      if (fields == 0) return declared;
      ask({"HLEN"}, fields, questions);
      ask({"HGETALL"}, all, questions);
      declared.shown = Shown{all, std::move(questions)};
      return declared;
    }};

}  // namespace causeway::testing
