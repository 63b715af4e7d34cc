#include "cli/words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "cli/data_command.h"

namespace causeway::cli {
namespace {

constexpr std::array<BytesView, 5> with_value{"--at", "--topology", "--dc", "--level", "--timeout"};
constexpr BytesView json_flag = "--json";

bool takes_value(BytesView word) {
  return std::find(with_value.begin(), with_value.end(), word) != with_value.end();
}

/// "--at=…" and the like.
bool has_value(BytesView word) {
  return std::any_of(with_value.begin(), with_value.end(), [&](BytesView option) {
    return word.size() > option.size() && word.starts_with(option) && word[option.size()] == '=';
  });
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// The character that "\x" stands for; takes it off the line.
Result<char> take_escaped(BytesView& line) {
  if (line.empty()) return fail(ErrorCode::invalid, "a backslash at the end of the line");
  const char c = line.front();
  line.remove_prefix(1);
  switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'x': {
      unsigned byte = 0;
      const auto parsed =
          std::from_chars(line.data(), line.data() + std::min<std::size_t>(2, line.size()), byte, 16);
      if (parsed.ec != std::errc() || parsed.ptr != line.data() + 2) {
        return fail(ErrorCode::invalid, "\\x needs two hexadecimal digits");
      }
      line.remove_prefix(2);
      return static_cast<char>(byte);
    }
    default: return c;
  }
}

/// The rest of a word that began with `quote`, and the quote that ends it.
Result<Bytes> take_quoted(BytesView& line, char quote) {
  Bytes word;
  while (!line.empty()) {
    const char c = line.front();
    line.remove_prefix(1);
    if (c == quote) {
      if (!line.empty() && !is_space(line.front()))
        return fail(ErrorCode::invalid, "a space must follow a closing quote");
      return word;
    }
    if (c == '\\' && quote == '"') {
      CW_TRY(const char escaped, take_escaped(line));
      word += escaped;
    } else {
      word += c;
    }
  }
  return fail(ErrorCode::invalid, "a quote is not closed");
}

}  // namespace

Words split_words(const std::vector<std::string>& arguments) {
  Words words;
  bool options_over = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const bool option = !options_over && (takes_value(word) || has_value(word) || word == json_flag);
    if (option) {
      words.options.push_back(word);
      if (takes_value(word) && i + 1 < arguments.size()) words.options.push_back(arguments[++i]);
    } else if (!words.data_command.empty()) {
      if (!options_over && word == "--") {
        options_over = true;
      } else {
        words.data_command.push_back(word);
      }
    } else if (is_data_command(word)) {
      words.data_command.push_back(word);
    } else {
      return {arguments, {}};
    }
  }
  return words;
}

Result<std::vector<Bytes>> split_line(BytesView line) {
  std::vector<Bytes> words;
  for (;;) {
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    if (line.empty()) return words;
    const char first = line.front();
    if (first == '"' || first == '\'') {
      line.remove_prefix(1);
      CW_TRY(Bytes word, take_quoted(line, first));
      words.push_back(std::move(word));
      continue;
    }
    const auto end = std::find_if(line.begin(), line.end(), is_space);
    words.emplace_back(line.begin(), end);
    line.remove_prefix(static_cast<std::size_t>(end - line.begin()));
  }
}

}  // namespace causeway::cli
