#include "client/cpp/examples/text.h"

#include <fstream>

namespace causeway::word_count {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Result<std::vector<std::string>> read_lines(const std::vector<std::string>& files) {
  std::vector<std::string> lines;
  for (const std::string& file : files) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
    if (!in.eof()) return fail(ErrorCode::invalid, "cannot read " + file + ": name a text file");
  }
  return lines;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : line) {
    if (is_letter(c)) {
      if (!inside) words.emplace_back();
      words.back().push_back(lower(c));
    }
    inside = is_letter(c);
  }
  return words;
}

std::map<std::string, std::int64_t> count(const std::vector<std::string>& lines) {
  std::map<std::string, std::int64_t> counts;
  for (const std::string& line : lines) {
    for (std::string& word : words_of(line)) ++counts[std::move(word)];
  }
  return counts;
}

}  // namespace causeway::word_count
